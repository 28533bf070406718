"""Formats that Django lacks or has wrong, one package a language."""
