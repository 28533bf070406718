"""Duecourse: casework of a public office that protects people online."""
