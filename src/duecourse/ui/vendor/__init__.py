"""Other people's style sheet and scripts as this interface uses them, and how their committed files are made."""
