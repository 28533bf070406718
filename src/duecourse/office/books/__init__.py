"""The office's ledger books (台账): what a year brought, as one table to keep, print and hand on."""
