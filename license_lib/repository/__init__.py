"""Where issued licences 电子证照 rest: a database for what is looked up, a folder for the sealed files.

Nothing is imported here: who keeps files (`files.py`), as worker processes do, loads no database.
"""
