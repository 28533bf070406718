"""Matters: the one write path, the tables that are its projections, and how pages read them.

Not here: what the law allows (core.procedure), the ledger itself (office.ledger), documents, the public site.
"""
