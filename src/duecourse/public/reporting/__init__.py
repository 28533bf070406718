"""The report form, the receipt, and the way back with a code."""
