"""Templates as a craft: begin a licence type, check it, look at it, compare its versions, release it.

Nothing here seals or issues: a department makes a type with its files alone.
"""
