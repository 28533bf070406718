"""What must be true: plain Python, without Django, clock, network or randomness."""
