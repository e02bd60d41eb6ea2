"""Whoever makes a used presentation code usable again, or a use unseen, is found out by the trail."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from databases import unguarded
from recorded import RECORDED_AT, digest_of
from unit.fsck.test_fsck import issue

from license_lib.fsck import Fsck, FsckFinding
from license_lib.repository.database import Database
from license_lib.repository.entries import Use
from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository

END = RECORDED_AT + timedelta(minutes=1)
SOMEBODY = Use(actor="某人")


@pytest.fixture
def repository(database_url: str, tmp_path: Path) -> Iterator[Repository]:
    """Consents 2 and 3: the first code was refused, then used; the second was neither."""
    with Repository.open(database_url, tmp_path / "files") as opened:
        issue(opened, "a", record_digest=digest_of("a"))
        present = opened.presentations
        meant = Use(actor="持证人", audience="某处")
        present.make(bytes(32), "id-a", meant, at=RECORDED_AT, expires_at=END)
        present.make(b"\x01" * 32, "id-a", SOMEBODY, at=RECORDED_AT, expires_at=END)
        present.refuse(bytes(32), SOMEBODY, at=RECORDED_AT)
        assert present.redeem(bytes(32), meant, at=RECORDED_AT, outcome="IN_FORCE", seen=opened.log.head().size)
        yield opened


def found(url: str, files: Path) -> list[tuple[str, dict[str, str]]]:
    database = Database.open(url, read_only=True)
    try:
        findings = list(Fsck(database=database, files=FileStore(files), now=RECORDED_AT).run())
    finally:
        database.close()
    return [(one.code, dict(one.params)) for one in findings if isinstance(one, FsckFinding)]


def test_nothing_is_found_in_a_sound_one(repository: Repository, database_url: str, tmp_path: Path) -> None:
    assert found(database_url, tmp_path / "files") == []
    forgotten = Use(actor="持证人")
    later = END + timedelta(days=2)
    repository.presentations.make(b"\x02" * 32, "id-a", forgotten, at=later, expires_at=later + timedelta(minutes=1))
    assert found(database_url, tmp_path / "files") == []


@pytest.mark.parametrize(
    ("statement", "consent"),
    [
        ("UPDATE presentation SET used_at = NULL", "2"),
        ("UPDATE presentation SET used_at = expires_at WHERE consent = 2", "2"),
        ("UPDATE presentation SET used_at = expires_at WHERE consent = 3", "3"),
        ("UPDATE presentation SET consent = 4 WHERE consent = 3", "4"),
    ],
)
def test_a_code_that_is_not_as_the_trail_says_is_named(
    repository: Repository, database_url: str, tmp_path: Path, statement: str, consent: str
) -> None:
    repository.close()
    with unguarded(database_url) as connection:
        connection.exec_driver_sql(statement)
    differing = [params for code, params in found(database_url, tmp_path / "files") if "presentation" in code]
    assert differing == [{"consent": consent}]


def test_a_code_that_was_used_again_is_named_for_ever(
    repository: Repository, database_url: str, tmp_path: Path
) -> None:
    repository.close()
    with unguarded(database_url) as connection:
        connection.exec_driver_sql("UPDATE presentation SET used_at = NULL")
    with Repository.open(database_url, tmp_path / "files") as again:
        seen = again.log.head().size
        meant = Use(actor="持证人", audience="某处")
        assert again.presentations.redeem(bytes(32), meant, at=RECORDED_AT, outcome="IN_FORCE", seen=seen)
        later = END + timedelta(days=2)
        again.presentations.make(b"\x02" * 32, "id-a", meant, at=later, expires_at=later + timedelta(minutes=1))
    named = [each for each in found(database_url, tmp_path / "files") if "presentation" in each[0]]
    assert named == [("fsck.presentation-twice", {"consent": "2", "count": "2"})]
