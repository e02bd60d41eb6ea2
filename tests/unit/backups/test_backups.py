"""Backups: one moment of either database, whole or refused, restored into either."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from databases import everything_in, unguarded
from recorded import RECORDED_AT, digest_of, recorded_license, revocation
from sqlalchemy import select

from license_lib.backups import Backup, Made, make_backup, restore
from license_lib.backups.making import Copied
from license_lib.backups.manifests import DATABASE, MANIFEST, SETTINGS
from license_lib.errors import MachineError
from license_lib.fsck import Fsck, FsckFinding
from license_lib.repository.database import Database
from license_lib.repository.entries import UsageKind, Use
from license_lib.repository.files import FileStore, file_name
from license_lib.repository.models import METADATA
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import Reservation, StoredLicense
from license_lib.status import StatusRef, scattered

SETTINGS_TEXT = b'public_url = "https://license.example"\n'


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody is looking."""


def issue(repository: Repository, key: str) -> StoredLicense:
    reserved = repository.reserve(f"id-{key}", request_key=key, request_digest=bytes(32), at=RECORDED_AT)
    assert isinstance(reserved, Reservation)
    file_digest = repository.files.put(f"file {key}".encode())
    changes = {"status": reserved.status, "file_digest": file_digest, "record_digest": digest_of(key)}
    return repository.commit(recorded_license(key, **changes))


HOLDER = Use(actor="持证人", audience="样例诊所")


@dataclass
class Office:
    """A repository, and where its backups go."""

    url: str
    files: Path
    backups: Path
    repository: Repository

    def back_up(self, *, at: datetime = RECORDED_AT, thorough: bool = False) -> Made:
        database = Database.open(self.url, read_only=True)
        try:
            store = FileStore(self.files, read_only=True)
            return make_backup(database, store, SETTINGS_TEXT, self.backups, now=at, thorough=thorough, progress=quiet)
        finally:
            database.close()


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with Repository.open(database_url, tmp_path / "files") as repository:
        for key in "abc":
            issue(repository, key)
        repository.record("id-b", revocation(RECORDED_AT + timedelta(days=1)))
        repository.usage.record(UsageKind.LOOK, ["id-a"] * 300, Use(actor="窗口一号"), at=RECORDED_AT)
        for number in range(2):
            end = RECORDED_AT + timedelta(minutes=1)
            repository.presentations.make(bytes([number]) * 32, "id-a", HOLDER, at=RECORDED_AT, expires_at=end)
        seen = repository.log.head().size
        assert repository.presentations.redeem(bytes(32), HOLDER, at=RECORDED_AT, outcome="IN_FORCE", seen=seen)
        repository.reserve("id-open", request_key="open", request_digest=bytes(32), at=RECORDED_AT)
        yield Office(database_url, tmp_path / "files", tmp_path / "backups", repository)


def restored(backup: Backup, url: str, files: Path) -> list[FsckFinding]:
    """Restore, and say what a check finds then."""
    backup.verify(now=RECORDED_AT, progress=quiet)
    database = Database.open(url)
    try:
        restore(backup, database, FileStore(files), progress=quiet, randomness=os.urandom)
        found = Fsck(database=database, files=FileStore(files), now=RECORDED_AT).run()
        return [one for one in found if isinstance(one, FsckFinding)]
    finally:
        database.close()


def comparable(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Rows as both kinds of database give them to us, not as they keep them."""
    database = Database.open(url, read_only=True)
    try:
        return {
            name: sorted(
                database.read(lambda connection: [tuple(row) for row in connection.execute(select(table))]),  # noqa: B023
                key=repr,
            )
            for name, table in METADATA.tables.items()
        }
    finally:
        database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind, to restore into."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'other.db')}"
        return
    server = request.getfixturevalue("postgres")
    url = server.create_database(template=request.getfixturevalue("postgres_template"))
    yield url
    server.drop_database(url)


def test_a_backup_is_restored_into_either_database(office: Office, other_url: str, tmp_path: Path) -> None:
    made = office.back_up()
    assert (made.copied.new, made.findings, made.manifest.files, made.manifest.size) == (3, (), 3, 307)
    backup = Backup.open(office.backups)
    assert backup.settings() == SETTINGS_TEXT
    assert restored(backup, other_url, tmp_path / "elsewhere") == []
    there, here = comparable(other_url), comparable(office.url)
    (begun,) = set(there.pop("status_list")) - set(here.pop("status_list"))
    assert begun[:2] == (2, 0), "lost licences may have places in the first"
    assert there == here
    with Repository.open(other_url, tmp_path / "elsewhere") as copy:
        key = begun[2]
        assert isinstance(key, bytes)
        assert issue(copy, "new").status == StatusRef(2, scattered(0, key))
        assert copy.log.head().size == 308
        assert copy.newest_file(next(copy.iterate())) == b"file a"


def test_the_next_backup_copies_only_what_is_new(office: Office) -> None:
    first = office.back_up()
    issue(office.repository, "d")
    second = office.back_up(at=RECORDED_AT + timedelta(days=1))
    assert (first.copied.new, second.copied.new, second.manifest.files) == (3, 1, 4)
    assert Backup.open(office.backups).folder == second.folder, "the newest"
    assert Backup.open(first.folder).manifest == first.manifest
    for folder in (first.folder, second.folder):
        Backup.open(folder).verify(now=RECORDED_AT, progress=quiet)


@pytest.mark.parametrize(("damage", "thorough"), [(b"file x", True), (b"file", False), (b"", False)])
def test_a_kept_file_that_was_damaged_is_copied_again(office: Office, damage: bytes, *, thorough: bool) -> None:
    office.back_up()
    digest = next(office.repository.iterate()).file_digest
    path = office.backups / "files" / file_name(digest)
    path.write_bytes(damage)
    with pytest.raises(MachineError, match="damaged") as refused:
        Backup.open(office.backups).verify(now=RECORDED_AT, progress=quiet)
    assert "--thorough" in str(refused.value.hint)
    made = office.back_up(at=RECORDED_AT + timedelta(days=1), thorough=thorough)
    assert made.copied == Copied(new=0, mended=1, unread=0 if thorough else 2)
    assert path.read_bytes() == b"file a"
    for folder in (office.backups / "snapshots").iterdir():
        Backup.open(folder).verify(now=RECORDED_AT, progress=quiet)


def test_a_good_copy_is_kept_though_the_original_is_lost(office: Office) -> None:
    office.back_up()
    digest = next(office.repository.iterate()).file_digest
    (office.files / file_name(digest)).write_bytes(b"file x, and more")
    made = office.back_up(at=RECORDED_AT + timedelta(days=1))
    assert (made.copied.mended, made.manifest.missing) == (0, ())


def test_a_backup_shows_one_moment_while_others_issue(office: Office) -> None:
    def work() -> None:
        for number in range(40):
            issue(office.repository, f"n{number}")

    issuing = Thread(target=work)
    issuing.start()
    made = [office.back_up(at=RECORDED_AT + timedelta(seconds=number)) for number in range(4)]
    issuing.join()
    assert {one.findings for one in made} == {()}
    for one in made:
        Backup.open(one.folder).verify(now=RECORDED_AT, progress=quiet)
    assert made[0].manifest.size < office.repository.log.head().size


def test_nothing_is_overwritten(office: Office, tmp_path: Path) -> None:
    office.back_up()
    before = everything_in(office.url)
    with pytest.raises(MachineError) as refused:
        restored(Backup.open(office.backups), office.url, tmp_path / "elsewhere")
    assert refused.value.code == "backup.not-empty"
    assert everything_in(office.url) == before
    assert not (tmp_path / "elsewhere").exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def claim(name: str, value: object) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        said = json.loads(path.read_bytes()) | {name: value}
        path.write_text(json.dumps(said, sort_keys=True, separators=(",", ":")))

    return change


def a_file(made: Made) -> Path:
    return next((made.folder.parent.parent / "files").rglob("*.pdf"))


@pytest.mark.parametrize(
    ("path", "how", "reason"),
    [
        (lambda made: made.folder / DATABASE, cut, "changed or cut off"),
        (lambda made: made.folder / DATABASE, flip, "changed or cut off"),
        (lambda made: made.folder / DATABASE, Path.unlink, "database.sqlite is missing"),
        (lambda made: made.folder / SETTINGS, flip, "license.toml was changed"),
        (lambda made: made.folder / SETTINGS, Path.unlink, "license.toml is missing"),
        (lambda made: made.folder / MANIFEST, cut, "manifest.json is not what was written"),
        (lambda made: made.folder / MANIFEST, claim("size", 303), "does not come to the head"),
        (lambda made: made.folder / MANIFEST, claim("root", "0" * 64), "does not come to the head"),
        (a_file, cut, "is damaged"),
        (a_file, flip, "is damaged"),
        (a_file, Path.unlink, "is missing"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_is_not_whole_is_refused_with_its_reason(
    office: Office, path: Callable[[Made], Path], how: Callable[[Path], None], reason: str
) -> None:
    how(path(office.back_up()))
    with pytest.raises(MachineError, match=reason) as refused:
        Backup.open(office.backups).verify(now=RECORDED_AT, progress=quiet)
    assert refused.value.code == "backup.altered"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_was_not_finished_is_no_backup(office: Office) -> None:
    made = office.back_up()
    made.folder.rename(made.folder.with_name(f"{made.folder.name}.part"))
    with pytest.raises(MachineError) as refused:
        Backup.open(office.backups)
    assert refused.value.code == "backup.missing"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_backup_of_other_tables_says_how_to_restore_it(office: Office) -> None:
    claim("schema", "0001")(office.back_up().folder / MANIFEST)
    with pytest.raises(MachineError) as refused:
        Backup.open(office.backups)
    assert refused.value.code == "backup.version"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_damaged_repository_is_backed_up_and_told(office: Office, tmp_path: Path) -> None:
    lost = next(office.files.rglob("*.pdf"))
    lost.unlink()
    with unguarded(office.url) as connection:
        connection.exec_driver_sql("UPDATE event SET actor = '别人' WHERE sequence = 1")
    made = office.back_up()
    assert {one.code for one in made.findings} == {"fsck.entry-changed", "fsck.file-missing"}
    assert made.manifest.missing == (lost.stem,)
    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    create_or_upgrade(fresh)
    found = restored(Backup.open(office.backups), fresh, tmp_path / "elsewhere")
    assert {one.code for one in found} == {"fsck.entry-changed", "fsck.file-missing"}
