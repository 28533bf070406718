"""Migrations of the app `party`."""
