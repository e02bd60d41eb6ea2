"""What a single command may load: a budget of modules, because a budget of time depends on the machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import ISSUERS, PASSPHRASE, sealed_revision

from license_lib.issuing import Issued
from license_lib.resources import resource_folder

ROOT = Path(__file__).resolve().parents[2]
TYPE = "food-business-permit"
NEEDED = {"cryptography", "pydantic", "sqlalchemy", "typer"}
"""By every command that looks into a repository."""
READING = {"PIL", "cbor2", "pypdfium2", "zxingcpp"}
"""By who judges a page of ours."""
HEAVY = NEEDED | READING | {
    "aiohttp", "alembic", "asn1crypto", "authlib", "cwt", "fastapi", "fontTools", "httpx", "jinja2", "lxml", "numpy",
    "obstore", "pikepdf", "pyhanko", "pyhanko_certvalidator", "pyzbar", "qrcode", "reportlab", "requests", "rich",
    "sqlmodel", "starlette", "tomlkit", "uvicorn",
}  # fmt: skip
UNUSED = {
    "license_lib.bundle", "license_lib.counter", "license_lib.offline", "license_lib.paper", "license_lib.records",
    "license_lib.trust_list", "sqlalchemy.orm", "verify_api",
}  # fmt: skip
"""By either command, where nobody's trust list was accepted."""
UNUSED_BY_VERIFY = UNUSED | {
    "license_lib.authority", "license_lib.issuing", "license_lib.publishing.publisher",
    "license_lib.rendering.press.binding", "signing.sealing",
}  # fmt: skip
PRINTING = {"cbor2", "fontTools", "pikepdf"}
UNUSED_BY_ISSUE = UNUSED | {"license_lib.judges", "license_lib.publishing", "license_lib.verification"}
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

PRESS_ROOM = """
import os, sys
from pathlib import Path
from license_lib.calendar import now
from license_lib.press_rooms import RoomOpener
from license_lib.settings import Settings
RoomOpener(Settings.load(Path(sys.argv[1])), os.environ["LICENSE_PASSPHRASE"].encode(), now, os.urandom)()
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
    sealed = home / "sealed.pdf"
    sealed.write_bytes(sealed_revision(licence.read_bytes()))
    for file, readers in ((sealed, READING), (licence, READING | {"pikepdf"})):  # an archived one has several revisions
        modules = loaded(JUDGE, home, file)
        assert {"pypdfium2"} <= heavy(modules) <= NEEDED | readers
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


def test_a_worker_that_seals_knows_no_database(home: Path) -> None:
    modules = loaded(PRESS_ROOM, home)
    assert heavy(modules) <= {"cryptography", "pydantic"}
    assert not modules & UNUSED_BY_ISSUE
