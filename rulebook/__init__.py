"""The law as data. This line only lets Python find the folder; there is no code here."""
