"""The file that a licence rests in: as it was sealed, then with what followed its seal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from databases import ONLY_SQLITE, execute, unguarded
from older import make_older, migrate
from sqlalchemy.exc import IntegrityError

from license_lib.errors import InputError, MachineError
from license_lib.repository.files import file_name
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import ArchiveEntry, CurrentFile, IssuedLicense, StoredLicense

Prepare = Callable[..., IssuedLicense]
Issue = Callable[..., StoredLicense]
YEAR = timedelta(days=365)


def entry(repository: Repository, content: bytes, at: datetime, *, years: int) -> ArchiveEntry:
    return ArchiveEntry(repository.files.put(content), at + years * YEAR, at)


def test_a_licence_rests_in_the_file_that_was_sealed_until_it_is_archived(
    repository: Repository, issue: Issue, at: datetime
) -> None:
    stored = issue("a")
    assert repository.newest_file(stored) == b"file a%%EOF"
    (sealed,) = repository.current_files()
    assert sealed == CurrentFile(stored.position, "id-a", stored.file_digest, None)
    assert repository.archive(sealed, entry(repository, b"file a%%EOF+", at, years=9))
    (archived,) = repository.current_files()
    assert repository.archive(archived, entry(repository, b"file a%%EOF++", at, years=18))
    assert repository.newest_file(stored) == b"file a%%EOF++"
    assert [one.until for one in repository.current_files()] == [at + 18 * YEAR]
    assert repository.by_identifier("id-a") == stored, "the licence itself is as it was"
    assert len(repository.events("id-a")) == 1
    assert repository.files.get(archived.digest) == b"file a%%EOF+", "nothing is deleted"


def test_a_licence_may_be_archived_as_it_is_issued(
    repository: Repository, prepare: Prepare, at: datetime, tmp_path: Path
) -> None:
    issued = prepare("a")
    archived = entry(repository, b"file a%%EOF and evidence", at, years=9)
    (tmp_path / "files" / file_name(issued.file_digest)).unlink()
    with pytest.raises(MachineError) as missing:
        repository.commit(issued)
    assert missing.value.code == "storage.file-missing"
    stored = repository.commit(replace(issued, archive=archived))
    assert repository.newest_file(stored) == b"file a%%EOF and evidence"
    assert repository.commit(replace(issued, archive=archived)) == stored
    assert repository.current_files() == (CurrentFile(stored.position, "id-a", archived.digest, archived.until),)


def test_who_archives_a_file_that_is_no_longer_the_newest_comes_too_late(
    repository: Repository, issue: Issue, at: datetime
) -> None:
    stored = issue("a")
    (seen_by_both,) = repository.current_files()
    assert repository.archive(seen_by_both, entry(repository, b"file a%%EOFfast", at, years=9))
    assert not repository.archive(seen_by_both, entry(repository, b"file a%%EOFslow", at, years=9))
    assert repository.newest_file(stored) == b"file a%%EOFfast"


def test_the_file_of_another_licence_is_not_handed_out(
    repository: Repository, issue: Issue, at: datetime, database_url: str
) -> None:
    stored, other = issue("a"), issue("b")
    (current, _) = repository.current_files()
    repository.archive(current, entry(repository, b"file a%%EOF+", at, years=9))
    with unguarded(database_url) as connection:
        connection.exec_driver_sql("UPDATE archive SET digest = file_digest FROM license WHERE identifier = 'id-b'")
    assert repository.current_files(identifier="id-a")[0].digest == other.file_digest
    with pytest.raises(MachineError) as refused:
        repository.newest_file(stored)
    assert refused.value.code == "storage.corrupt"


def test_a_file_must_be_there_before_it_is_put_on_record(repository: Repository, issue: Issue, at: datetime) -> None:
    stored = issue("a")
    (current,) = repository.current_files()
    with pytest.raises(MachineError) as missing:
        repository.archive(current, ArchiveEntry(bytes(32), at, at))
    assert missing.value.code == "storage.file-missing"
    assert repository.newest_file(stored) == b"file a%%EOF"


def test_those_that_end_soon_are_found_page_by_page(repository: Repository, issue: Issue, at: datetime) -> None:
    for key in "abcd":
        issue(key)
    for current, years in zip(repository.current_files(), (1, 9, 2), strict=False):
        assert repository.archive(current, entry(repository, current.identifier.encode(), at, years=years))
    due = repository.current_files(ending=at + 2 * YEAR)
    assert [one.identifier for one in due] == ["id-a", "id-c", "id-d"]
    first = repository.current_files(ending=at + 2 * YEAR, limit=1)
    assert repository.current_files(ending=at + 2 * YEAR, after=first[0].position) == due[1:]
    assert [one.identifier for one in repository.current_files(identifier="id-b")] == ["id-b"]
    assert repository.current_files(ending=at + 2 * YEAR, identifier="id-b") == ()


@pytest.mark.parametrize(
    ("digest", "zoned"), [(b"short", True), (bytes(32), False)], ids=["digest", "time without zone"]
)
def test_what_could_not_be_found_again_is_refused(at: datetime, digest: bytes, *, zoned: bool) -> None:
    with pytest.raises(InputError) as refused:
        ArchiveEntry(digest, at if zoned else at.replace(tzinfo=None), at)
    assert refused.value.code == "repository.value"


def test_the_row_of_files_cannot_be_rewritten(
    repository: Repository, issue: Issue, at: datetime, database_url: str
) -> None:
    issue("a")
    (current,) = repository.current_files()
    repository.archive(current, entry(repository, b"file a%%EOF+", at, years=9))
    for statement in ("UPDATE archive SET until = '2099-01-01'", "DELETE FROM archive"):
        with pytest.raises(IntegrityError, match="append-only"):
            execute(database_url, statement)


@ONLY_SQLITE
def test_nor_replaced(repository: Repository, issue: Issue, at: datetime, database_url: str) -> None:
    issue("a")
    (current,) = repository.current_files()
    repository.archive(current, entry(repository, b"file a%%EOF+", at, years=9))
    with pytest.raises(IntegrityError, match="append-only"):
        execute(database_url, "INSERT OR REPLACE INTO archive SELECT * FROM archive")


def test_a_repository_of_before_archives_takes_them(database_url: str, tmp_path: Path, at: datetime) -> None:
    make_older(database_url, "0001")
    assert create_or_upgrade(database_url)
    with Repository.open(database_url, tmp_path / "files") as again:
        again.files.put(b"file a%%EOF")
        (current,) = again.current_files(identifier="id-a")
        assert again.archive(current, entry(again, b"file a%%EOF+", at, years=9))
        stored = again.by_identifier("id-a")
        assert stored is not None
        assert again.newest_file(stored) == b"file a%%EOF+"


def test_what_is_archived_keeps_older_software_out(database_url: str, tmp_path: Path, at: datetime) -> None:
    make_older(database_url, "0002")
    create_or_upgrade(database_url)
    with Repository.open(database_url, tmp_path / "files") as repository:
        (current,) = repository.current_files(identifier="id-a")
        repository.archive(current, entry(repository, b"file a%%EOF+", at, years=9))
    with pytest.raises(RuntimeError, match="1 licences are archived"):
        migrate(database_url, "0001")
    with Repository.open(database_url, tmp_path / "files") as again:
        assert again.files.get(again.current_files(identifier="id-a")[0].digest) == b"file a%%EOF+"
