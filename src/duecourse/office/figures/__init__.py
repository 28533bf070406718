"""What the office publishes of its work in numbers. Not here: the pages that show them (`public.figures`)."""
