"""The ledger's mathematics and texts: what an entry is, how entries become a tree, and how a stranger checks it.

Responsible for every frozen format (docs/formats/): entry, tree, tiles, notes, checkpoints, proofs, policies, receipts.
Not responsible for storing, numbering, publishing or asking witnesses (`office.ledger`), nor for any key at rest.
"""
