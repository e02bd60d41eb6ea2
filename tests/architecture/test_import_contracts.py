"""Who may import whom: the contracts of pyproject.toml, and what the linter of contracts cannot see."""

import ast
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

HEAVY = {
    "PIL", "alembic", "cbor2", "cryptography", "fastapi", "fontTools", "jinja2", "numpy", "pikepdf", "pydantic",
    "pyhanko", "pypdfium2", "pyzbar", "qrcode", "reportlab", "rich", "sqlalchemy", "sqlmodel", "typer", "uvicorn",
    "zxingcpp",
}  # fmt: skip


def test_contracts_are_kept() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_line_imports_license_lib_and_verify_api_only() -> None:
    tree = ast.parse((ROOT / "cli.py").read_text(encoding="utf-8"))
    assert _imported(ast.walk(tree)) & {"license_lib", "verify_api", "signing"} <= {"license_lib", "verify_api"}
    assert "verify_api" not in _imported(tree.body), "verify_api is imported where it is used"


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("license_lib.identifiers", set()),
        ("license_lib.errors", set()),
        ("license_lib.findings", set()),
        ("signing.reports", set()),
        ("cli", {"rich", "typer"}),
    ],
)
def test_a_cold_start_loads_nothing_heavy(module: str, allowed: set[str]) -> None:
    report = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY <= allowed


def _imported(nodes: Iterable[ast.AST]) -> set[str]:
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
