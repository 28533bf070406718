"""举报: submissions as they arrive, sealed; opening them; letters to their reporters."""
