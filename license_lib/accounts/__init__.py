"""Accounts: the people of departments, and their programs; who they are, what proves it, and what they may do."""

from license_lib.accounts.values import EVERY_TYPE, Action, Department, Grant, Role

__all__ = ["EVERY_TYPE", "Action", "Department", "Grant", "Role"]
