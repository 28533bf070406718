"""How cells of a book are spelled on a page."""
