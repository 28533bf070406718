"""Checkpoint, tiles and everything else a stranger needs to verify."""
