"""What it looks like: base templates, styles, words shared by both sites."""
