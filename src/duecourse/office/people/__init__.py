"""The office's people: accounts, the roles they are appointed to, their law-enforcement certificates, signing in.

Not here: what a role may do (the rulebook), two-person steps (the engine).
"""
