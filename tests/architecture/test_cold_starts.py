"""What a single command may load: a budget of modules, because a budget of time depends on the machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import ISSUERS, PASSPHRASE

from license_lib.issuing import Issued
from license_lib.resources import resource_folder

ROOT = Path(__file__).resolve().parents[2]
TYPE = "food-business-permit"
NEEDED = {"cryptography", "pydantic", "sqlalchemy", "sqlmodel", "typer"}
"""By every command that looks into a repository."""
READING = {"PIL", "cbor2", "pikepdf", "pypdfium2", "zxingcpp"}
"""By who judges a page."""
HEAVY = NEEDED | READING | {
    "alembic", "asn1crypto", "authlib", "cwt", "fastapi", "fontTools", "httpx", "jinja2", "lxml", "numpy", "obstore",
    "pyhanko", "pyzbar", "qrcode", "reportlab", "requests", "rich", "starlette", "tomlkit", "uvicorn",
}  # fmt: skip
UNUSED_BY_VERIFY = {
    "license_lib.authority", "license_lib.counter", "license_lib.issuing", "license_lib.paper",
    "license_lib.publishing.publisher", "license_lib.rendering.press.binding", "signing.sealing", "verify_api",
}  # fmt: skip
PRINTING = {"cbor2", "fontTools", "pikepdf"}
UNUSED_BY_ISSUE = {"license_lib.counter", "license_lib.paper", "verify_api"}
COMMAND = """
import sys, cli
try:
    cli.main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
JUDGE = """
import sys
from pathlib import Path
from license_lib.calendar import now
from license_lib.judges import open_verifier
from license_lib.settings import Settings
with open_verifier(Settings.load(Path(sys.argv[1]))) as verifier:
    print(verifier.verify(Path(sys.argv[2]).read_bytes(), at=now()).outcome)
print(*sys.modules, file=sys.stderr)
"""


def loaded(script: str, *arguments: object) -> set[str]:
    """The modules of a fresh process when it has done its work."""
    known = {"LICENSE_PASSPHRASE": PASSPHRASE.decode()}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=known, cwd=ROOT)
    assert done.returncode in {0, 1, 2}, done.stderr
    return set(done.stderr.split())


@pytest.fixture
def licence(issued_licenses: dict[str, Issued], tmp_path: Path) -> Path:
    file = tmp_path / "licence.pdf"
    file.write_bytes(issued_licenses[TYPE].pdf)
    return file


def heavy(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} & HEAVY


def test_verify_loads_what_it_uses(home: Path, licence: Path) -> None:
    modules = loaded(COMMAND, "verify", licence, "--home", home)
    assert heavy(modules) <= NEEDED
    assert not modules & UNUSED_BY_VERIFY


def test_a_worker_that_judges_loads_what_it_uses(home: Path, licence: Path) -> None:
    modules = loaded(JUDGE, home, licence)
    assert {"pypdfium2", "pikepdf"} <= heavy(modules) <= NEEDED | READING
    assert not modules & UNUSED_BY_VERIFY


def test_issue_loads_what_it_uses(home: Path) -> None:
    request = resource_folder("templates") / TYPE / "example.toml"
    modules = loaded(COMMAND, "issue", request, "--type", TYPE, "--issuer", ISSUERS[TYPE], "--home", home)
    assert heavy(modules) <= NEEDED | PRINTING
    assert not modules & UNUSED_BY_ISSUE


def test_issuing_again_needs_no_other_writer(home: Path) -> None:
    """What was drawn for the template and the seal is kept; seal and archive are written by ourselves."""
    example = (resource_folder("templates") / TYPE / "example.toml").read_text(encoding="utf-8")
    for number in ("JY16204020000001", "JY16204020000002"):
        request = home / f"{number}.toml"
        request.write_text(re.sub(r'number = "JY\w+"', f'number = "{number}"', example), encoding="utf-8")
        arguments = ("issue", request, "--type", TYPE, "--issuer", ISSUERS[TYPE], "--home", home)
        modules = loaded(COMMAND, *arguments)
    assert heavy(modules) <= NEEDED | {"cbor2"}
