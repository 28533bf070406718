"""The pages of the office: each translates a request into one action, or shows what stands in the record."""
