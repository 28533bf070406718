"""What touches the world for both sites: the clock, random ids, keys, sealing, objects on disk, the database server.

Not here: Django, pages, law. Nothing in this layer knows what a report or a case is.
"""
