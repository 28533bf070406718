"""The procedures the office works by, as the rulebook has them."""
