"""Migrations of the document tables."""
