"""What touches the world for both sites: clock, identifiers, sealing, objects, keys, the embedded database."""
