"""The record of the office: entries, their numbers, the signed tree, its publication, its backup and its audit.

Responsible for every table and file of the log. Not responsible for what a step means (`office.matters`) nor for the
formats themselves (`core.ledger`).
"""
