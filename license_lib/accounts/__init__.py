"""Accounts: the people of departments, and their programs; who they are, what proves it, and what they may do.

`opening.Accounts` is the room put together. It knows no web: `verify_api.access` asks it, and `license department`,
`license staff` and `license client` keep it.
"""

from license_lib.accounts.values import EVERY_TYPE, Action, Department, Grant, Role

__all__ = ["EVERY_TYPE", "Action", "Department", "Grant", "Role"]
