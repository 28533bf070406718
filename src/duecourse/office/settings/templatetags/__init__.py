"""How settings are spelled on a page."""
