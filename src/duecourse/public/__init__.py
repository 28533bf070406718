"""The front door: takes reports sealed, shows what is published; opens no report."""
