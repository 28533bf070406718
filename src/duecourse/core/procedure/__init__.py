"""How the law's procedure is written down, judged, recorded as outcomes, and proved.

loading.load(folder) -> definition.Rulebook
engine.take(rulebook, state, attempt) -> outcome.Outcome | refusal.Refusal
state.apply(state, outcome) -> state.MatterState
"""
