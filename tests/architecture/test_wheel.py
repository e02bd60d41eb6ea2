"""The wheel: built from a checkout with secrets lying about, it holds what the programs need, and no more."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANTED = ("keys/private/root.pem", "keys/public/tsa.pem", "data/license.db", "license.toml", "build/demo/x.pdf")
SECRET = b"what no archive may hold"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution of a used checkout."""
    checkout = tmp_path_factory.mktemp("checkout")
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(list_files, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in {name for name in listed.stdout.split("\0") if (ROOT / name).is_file()}:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, checkout / name)
    for name in PLANTED:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_bytes(SECRET)
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out)], cwd=checkout, check=True, capture_output=True
    )
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked, as an installer would."""
    place = tmp_path_factory.mktemp("site-packages")
    (wheel,) = built.glob("*.whl")
    shutil.unpack_archive(wheel, place, "zip")
    return place


def test_the_wheel_holds_nothing_but_the_product(installed: Path) -> None:
    assert {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")} == {
        "cli.py", "license_lib", "signing", "verify_api"
    }  # fmt: skip
    files = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    assert [name for name in files if "__pycache__" in name or "test" in name] == []
    keys = {name for name in files if "/keys/" in name}
    assert keys == {"license_lib/_data/keys/development.toml"}


def test_secrets_of_the_checkout_stay_out(built: Path, installed: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        packed = {Path(*Path(member.name).parts[1:]).as_posix(): member for member in archive.getmembers()}
        assert "license_lib/authority.py" in packed
        assert packed.keys() & set(PLANTED) == set()
    assert [path for path in installed.rglob("*") if path.is_file() and path.read_bytes() == SECRET] == []


def test_the_wheel_works_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    def license_command(*arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(installed), "LICENSE_PASSPHRASE": "only for tests"}
        code = f"import cli; assert cli.__file__.startswith({str(installed)!r}); cli.main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    license_command("init", "--home", "city")
    license_command("keys", "init", "--home", "city")
    assert len(json.loads(license_command("catalogue", "check", "--json"))["types"]) >= 1
    example = installed / "license_lib/_data/templates/business-license/example.toml"
    license_command(
        "issue", str(example), "--type", "business-license", "--issuer", "market", "--home", "city", "-o", "x.pdf"
    )
    assert json.loads(license_command("verify", "x.pdf", "--home", "city", "--json"))["outcome"] == "IN_FORCE"
