"""What the office lays down about itself: settings, the calendar of a year, its profile, cases it brings along.

Everything here ends in an entry of the system stream, and what bears on the law in a new rulebook that is kept.
"""
