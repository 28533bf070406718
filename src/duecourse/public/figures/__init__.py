"""The office's work in numbers, as it publishes them. Not here: the counting (`office.figures`)."""
