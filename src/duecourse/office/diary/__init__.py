"""The day of a person of the office: what waits, the queue, what is to be signed, who else has a matter open.

It reads the tables of matters and takes steps by the two actions; of its own it keeps only who has which matter open.
"""
