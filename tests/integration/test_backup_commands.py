"""`license backup` and `license restore`, as a clerk types them."""

from pathlib import Path
from typing import Any

import pytest
from support import Done, license_command

from license_lib.settings import Settings


def command(*arguments: object, home: Path) -> Done:
    done = license_command(*arguments, "--home", home, "--json")
    assert done.err == "", done.err
    return done


def issue(home: Path, kind: str, issuer: str) -> str:
    request = Path("templates") / kind / "example.toml"
    return str(command("issue", request, "--type", kind, "--issuer", issuer, home=home).value["identifier"])


@pytest.fixture
def issued(city: Path) -> Path:
    """A home with a licence."""
    issue(city, "business-license", "market")
    return city


def summary(done: Done) -> dict[str, Any]:
    found: dict[str, Any] = done.values[-1]["summary"]
    return found


def test_a_backup_comes_back_into_a_new_home(issued: Path, tmp_path: Path) -> None:
    backups, elsewhere = tmp_path / "backups", tmp_path / "elsewhere"
    made = command("backup", backups, home=issued)
    assert (made.code, made.value["licenses"], made.value["new_files"], made.value["missing"]) == (0, 1, 1, [])
    assert license_command("restore", backups, "--check", "--json").value["restored"] is False
    if not Settings.load(issued).database_url.startswith("sqlite"):
        pytest.skip("its configuration names a database that holds the original")
    back = command("restore", backups, home=elsewhere)
    assert (back.code, summary(back)["root"], summary(back)["damage"]) == (0, made.value["root"], 0)
    assert (elsewhere / "license.toml").read_bytes() == (issued / "license.toml").read_bytes()
    assert not (elsewhere / "keys").exists(), "keys are backed up apart"
    again = license_command("restore", backups, "--home", elsewhere, "--json")
    assert (again.code, again.error["code"]) == (3, "backup.not-empty")


def test_an_old_backup_under_a_newer_published_head_is_told(issued: Path, tmp_path: Path) -> None:
    if not Settings.load(issued).database_url.startswith("sqlite"):
        pytest.skip("its database is a file that is lost here")
    backups = tmp_path / "backups"
    command("backup", backups, home=issued)
    issue(issued, "food-business-permit", "market")
    assert command("publish", home=issued).code == 0
    for path in (issued / "data").glob("license.db*"):
        path.unlink()
    back = command("restore", backups, home=issued)
    assert back.code == 1
    (told,) = [value for value in back.values if "code" in value]
    assert told["code"] == "fsck.published-ahead"
    assert told["params"] == {"published": "2", "size": "1"}
    assert "docs/operations.md" in told["remedy_zh"]
    refused = license_command("publish", "--home", issued, "--json")
    assert (refused.code, refused.error["code"]) == (3, "publishing.rolled-back")


def test_a_cut_backup_is_refused_before_anything_is_made(issued: Path, tmp_path: Path) -> None:
    made = command("backup", tmp_path / "backups", home=issued).value
    database = Path(made["backup"]) / "database.sqlite"
    database.write_bytes(database.read_bytes()[:-1])
    refused = license_command("restore", tmp_path / "backups", "--home", tmp_path / "elsewhere", "--json")
    assert (refused.code, refused.error["code"]) == (3, "backup.altered")
    assert refused.error["title_zh"] == "备份不完整或被改动"
    assert not (tmp_path / "elsewhere").exists()


def test_where_there_is_no_backup_it_is_said(tmp_path: Path) -> None:
    refused = license_command("restore", tmp_path, "--check", "--json")
    assert (refused.code, refused.error["code"]) == (3, "backup.missing")
