"""Behind the door: matters, reports, documents, the ledger, people."""
