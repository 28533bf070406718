"""Migrations of the app `reports`."""
