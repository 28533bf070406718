"""What a stranger runs: offline checks of a receipt or of the whole log."""
