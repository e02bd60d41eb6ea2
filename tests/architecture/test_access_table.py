"""docs/access.md tells who may do what as the code has it."""

from pathlib import Path

from license_lib.accounts import Role
from verify_api.access import PERMISSIONS, Permission

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
ROLES = (Role.STAFF, Role.AUDITOR, Role.ADMINISTRATOR)


def row(name: str, permission: Permission) -> str:
    people = ["yes" if permission.anonymous or permission.role in {None, role} else "" for role in ROLES]
    program = "yes" if permission.anonymous else f"`{permission.action}`" if permission.action else ""
    cells = [f"`{name}`", permission.en, "yes" if permission.anonymous else "", *people, program]
    return "| " + " | ".join(cells).replace("|  |", "| |").replace("|  |", "| |") + " |"


def test_the_table_is_what_the_code_does() -> None:
    rows = [line.replace("  ", " ") for line in TEXT.splitlines() if line.startswith("| `")]
    assert rows == [row(name, one).replace("  ", " ") for name, one in PERMISSIONS.items()]
