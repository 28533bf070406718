"""Migrations of the matters tables: owned and run by the owner role."""
