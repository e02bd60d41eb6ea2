"""The machine fails under each thing that writes: a clear error, nothing half-written, and it works again afterwards.

What one transaction meets is in `test_repository_refusals.py`; here it is issue, event, use and backup, one after the
other, on a disk that is really full, really read-only, a server that is really gone.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from object_store import ObjectStore
from postgres import PostgresServer
from recorded import RECORDED_AT, change, digest_of, recorded_license

from license_lib.backups import Backup, make_backup
from license_lib.errors import MachineError
from license_lib.fsck import Fsck, FsckFinding
from license_lib.lifecycle import EventKind
from license_lib.repository.database import Database
from license_lib.repository.entries import UsageKind, Use
from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import Reservation

DISK = "48m"


@dataclass
class Office:
    """A repository, and where its backups go."""

    url: str
    files: Path | str
    backups: Path
    repository: Repository
    issued: int = 0

    def issue(self) -> None:
        """Issue a licence whose file takes some room; the same request again, until it is fulfilled."""
        key = f"k{self.issued}"
        reserved = self.repository.reserve(f"id-{key}", request_key=key, request_digest=bytes(32), at=RECORDED_AT)
        assert isinstance(reserved, Reservation)
        digest = self.repository.files.put(f"file {key}".encode() * 20_000)
        changes = {"status": reserved.status, "file_digest": digest, "record_digest": digest_of(key)}
        self.repository.commit(recorded_license(key, **changes))
        self.issued += 1

    def event(self) -> None:
        """Suspend the first licence, or give it back."""
        suspended = self.repository.events("id-k0")[-1].kind is EventKind.SUSPEND
        kind = EventKind.REINSTATE if suspended else EventKind.SUSPEND
        self.repository.record("id-k0", change(kind, RECORDED_AT + timedelta(days=1)))

    def use(self) -> None:
        """Look at it, many times over: enough for a page of the log that is not there yet."""
        self.repository.usage.record(UsageKind.LOOK, ["id-k0"] * 300, Use(actor="窗口" * 200), at=RECORDED_AT)

    def back_up(self) -> None:
        """Back all of it up."""
        self.make_backup(self.backups)

    def make_backup(self, where: Path) -> None:
        database = Database.open(self.url, read_only=True)
        try:
            files = FileStore(self.files, read_only=True)
            make_backup(database, files, b"", where, now=datetime.now(UTC), progress=lambda *_: None)
        finally:
            database.close()

    def damage(self) -> list[str]:
        """What a check finds that is not harmless."""
        database = Database.open(self.url, read_only=True)
        try:
            found = Fsck(database=database, files=FileStore(self.files), now=datetime.now(UTC)).run()
            return [one.code for one in found if isinstance(one, FsckFinding) and not one.harmless]
        finally:
            database.close()


WORK: dict[str, Callable[[Office], None]] = {
    "issue": Office.issue,
    "event": Office.event,
    "use": Office.use,
    "backup": Office.back_up,
}


def fails(office: Office, code: str, *, but: tuple[str, ...] = ()) -> None:
    """Everything that writes is refused with one code; nothing of it happened."""
    before = (office.repository.count(), office.repository.log.head()) if code != "storage.unreachable" else None
    for name, work in WORK.items():
        if name in but:
            continue
        with pytest.raises(MachineError) as refused:
            work(office)
        assert (name, refused.value.code) == (name, code)
        assert refused.value.hint
    if before is not None:
        assert (office.repository.count(), office.repository.log.head()) == before


def works(office: Office) -> None:
    """Everything does, and whatever was tried before left nothing that is half there."""
    before = office.repository.log.head().size
    assert office.damage() == []
    for work in WORK.values():
        work(office)
    assert office.repository.log.head().size == before + 302
    assert office.damage() == []
    Backup.open(office.backups).verify(now=datetime.now(UTC), progress=lambda *_: None)


def mount(*arguments: object) -> bool:
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of a few megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or not mount("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", disk):
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.fixture
def small_office(small_disk: Path, tmp_path: Path) -> Iterator[Office]:
    """All of it on that disk, the backups too."""
    url, files = f"sqlite:///{small_disk / 'license.db'}", small_disk / "files"
    create_or_upgrade(url)
    with Repository.open(url, files) as repository:
        office = Office(url, files, small_disk / "backups", repository)
        works_first(office)
        yield office
    assert tmp_path.exists()


def works_first(office: Office) -> None:
    """A licence, so that there is something to look at."""
    office.issue()
    works(office)


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def test_a_full_disk(small_disk: Path, small_office: Office) -> None:
    filler = fill(small_disk)
    fails(small_office, "storage.full")
    filler.unlink()
    works(small_office)


def test_a_disk_that_may_only_be_read(small_disk: Path, small_office: Office) -> None:
    small_office.repository.close()  # what is open for writing keeps a disk from being made read-only
    assert mount("-o", "remount,ro", small_disk)
    with pytest.raises(MachineError) as refused:
        small_office.event()
    assert refused.value.code == "storage.read-only"
    for attempt in (small_office.issue, small_office.use, small_office.back_up):
        with pytest.raises(MachineError) as refused:
            attempt()
        assert refused.value.code == "storage.read-only"
    assert mount("-o", "remount,rw", small_disk)
    works(small_office)


def test_a_backup_place_that_is_full_or_may_only_be_read(small_disk: Path, tmp_path: Path) -> None:
    url, files = f"sqlite:///{tmp_path / 'license.db'}", tmp_path / "files"
    create_or_upgrade(url)
    with Repository.open(url, files) as repository:
        office = Office(url, files, small_disk / "backups", repository)
        works_first(office)
        filler = fill(small_disk)
        office.issue()
        with pytest.raises(MachineError) as refused:
            office.back_up()
        assert refused.value.code == "storage.full"
        finished = len(list((office.backups / "snapshots").glob("*Z")))
        filler.unlink()
        assert mount("-o", "remount,ro", small_disk)
        with pytest.raises(MachineError) as refused:
            office.back_up()
        assert refused.value.code == "storage.read-only"
        Backup.open(office.backups).verify(now=datetime.now(UTC), progress=lambda *_: None)
        assert mount("-o", "remount,rw", small_disk)
        works(office)
        assert len(list((office.backups / "snapshots").glob("*Z"))) == finished + 1


def test_a_database_server_that_is_gone(tmp_path: Path) -> None:
    with PostgresServer() as server:
        url = server.create_database()
        create_or_upgrade(url)
        with Repository.open(url, tmp_path / "files") as repository:
            office = Office(url, tmp_path / "files", tmp_path / "backups", repository)
            works_first(office)
            server.kill()
            fails(office, "storage.unreachable")
            server.start()
            works(office)


def test_an_object_store_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").mkdir()
    with ObjectStore(tmp_path / "store") as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        store.make_bucket("licences")
        url = f"sqlite:///{tmp_path / 'license.db'}"
        create_or_upgrade(url)
        with Repository.open(url, "s3://licences/sealed") as repository:
            office = Office(url, "s3://licences/sealed", tmp_path / "backups", repository)
            works_first(office)
            office.issue()
            store.kill()
            for attempt in (office.issue, partial(office.make_backup, tmp_path / "other")):
                with pytest.raises(MachineError) as refused:
                    attempt()
                assert refused.value.code == "storage.unreachable"
            office.event()  # needs no file
            store.start()
            works(office)
