"""Template tags of the party's part of a matter."""
