"""What a check, a backup and a restore cost, as a repository grows: seconds, and the most memory that each needs.

    python bench/upkeep.py [--licenses 10000 100000] [--only fsck] [--folder DISK]

Licences are rows as the library writes them, each with its event, leaf, holder, place and a file of 2 KB; they are put
into the tables in one go, without syncing. Each measurement is a process of its own, so that its memory is its own.
"""

import argparse
import hashlib
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection

from license_lib.backups import Backup, make_backup, restore
from license_lib.fsck import Fsck
from license_lib.fsck.checking import Summary
from license_lib.lifecycle import EventKind
from license_lib.log.merkle import Frontier, leaf_hash
from license_lib.repository.commitments import canonical, event_digest
from license_lib.repository.database import Database
from license_lib.repository.entries import Cause, Event
from license_lib.repository.files import FileStore, file_name
from license_lib.repository.leaves import leaf_of_event
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.tables import (
    EVENT,
    HOLDER,
    LEAF,
    LICENSE,
    LOG_HEAD,
    RESERVATION,
    STATUS_LIST,
    SUBJECT_NUMBER,
    TILE_HASH,
)
from license_lib.status import LIST_SIZE, StatusRef, scattered

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
KEY = bytes(32)
"""Of the status lists."""
FILE = b"%PDF-1.7 in place of a sealed file\n" * 60
PAGE = 1000
Rows = dict[str, list[dict[str, object]]]


def main() -> int:
    """Run all measurements and print them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--licenses", type=int, nargs="+", default=[1_000, 10_000])
    options.add_argument("--only", default="", help="only what has this in its name, e.g. fsck")
    options.add_argument("--folder", type=Path, help="where temporary files go; its disk is the one measured")
    chosen = options.parse_args()
    print(f"{'licences':>9}  {'what':36} {'seconds':>8} {'per licence':>12} {'memory':>8}")
    for count in chosen.licenses:
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            measure(Path(folder), count, chosen.only)
    return 0


def measure(folder: Path, count: int, only: str) -> None:
    """All of it for one size."""
    url = f"sqlite:///{folder / 'license.db'}"
    create_or_upgrade(url)
    fill(url, folder / "files", count)
    for name, work in (
        ("fsck", check),
        ("fsck, every file read", check_deep),
        ("backup, the first", back_up),
        ("backup, nothing new", back_up),
        ("restore --check", verify),
        ("restore", restore_elsewhere),
    ):
        if only not in name:
            continue
        seconds, megabytes = alone(work, folder)
        print(f"{count:9,}  {name:36} {seconds:8.1f} {seconds / count * 1e6:9.0f} µs {megabytes:5.0f} MB", flush=True)


def alone(work: Callable[[Path], None], folder: Path) -> tuple[float, float]:
    """Seconds that it takes, and the most megabytes, in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_timed, work, folder).result()


def _timed(work: Callable[[Path], None], folder: Path) -> tuple[float, float]:
    start = time.perf_counter()
    work(folder)
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def check(folder: Path) -> None:
    """A check as it runs every night."""
    _check(folder, folder / "license.db", folder / "files")


def check_deep(folder: Path) -> None:
    """The same, and every file is read; what stands for a record here is none of a real licence."""
    _check(folder, folder / "license.db", folder / "files", deep=True)


def back_up(folder: Path) -> None:
    """One more backup in the same place."""
    database = Database.open(f"sqlite:///{folder / 'license.db'}", read_only=True)
    files = FileStore(folder / "files", read_only=True)
    made = make_backup(database, files, b"", folder / "backups", now=datetime.now(UTC), progress=_quiet)
    database.close()
    assert not made.findings, made.findings[:3]  # noqa: S101 — a bench of what is broken measures nothing


def verify(folder: Path) -> None:
    """Read all of the newest backup."""
    Backup.open(folder / "backups").verify(now=datetime.now(UTC), progress=_quiet)


def restore_elsewhere(folder: Path) -> None:
    """Into a new SQLite file and folder."""
    url = f"sqlite:///{folder / 'restored.db'}"
    create_or_upgrade(url)
    target = Database.open(url)
    files = FileStore(folder / "restored")
    restore(Backup.open(folder / "backups"), target, files, progress=_quiet, randomness=os.urandom)
    target.close()


def _check(folder: Path, database: Path, files: Path, *, deep: bool = False) -> None:
    opened = Database.open(f"sqlite:///{database}", read_only=True)
    fsck = Fsck(database=opened, files=FileStore(files, read_only=True), now=datetime.now(UTC))
    found = list((replace(fsck, record_of=lambda pdf: pdf[len(FILE) :]) if deep else fsck).run())
    opened.close()
    assert isinstance(found[-1], Summary), folder  # noqa: S101 — a bench of what is broken measures nothing
    assert len(found) == 1, found[:3]  # noqa: S101 — the same


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody is looking."""


def fill(url: str, files: Path, count: int) -> None:
    """Put licences into the tables, a page at a time."""
    database, grown = Database.open(url), Frontier.empty()
    for first in range(1, count + 1, PAGE):
        rows: Rows = {}
        for position in range(first, min(first + PAGE, count + 1)):
            grown = _license(rows, files, position, grown)
        database.write(lambda connection: _insert(connection, rows, grown))  # noqa: B023 — called at once
    database.close()


def _insert(connection: Connection, rows: Rows, grown: Frontier) -> None:
    for table in (RESERVATION, LICENSE, HOLDER, SUBJECT_NUMBER, LEAF, TILE_HASH, EVENT):
        if table.name in rows:
            connection.execute(table.insert(), rows[table.name])
    connection.execute(LOG_HEAD.update(), {"size": grown.size, "frontier": grown.packed()})
    given = grown.size - 1
    connection.execute(STATUS_LIST.delete())
    full, rest = divmod(given + 1, LIST_SIZE)
    lists = [(number, LIST_SIZE) for number in range(1, full + 1)] + ([(full + 1, rest)] if rest else [])
    connection.execute(STATUS_LIST.insert(), [{"number": one, "used": used, "key": KEY} for one, used in lists])


def _license(rows: Rows, files: Path, position: int, grown: Frontier) -> Frontier:
    identifier, record = f"id-{position}", f'{{"n":{position}}}'.encode()
    content = FILE + record
    file_digest, record_digest = hashlib.sha256(content).digest(), hashlib.sha256(record).digest()
    path = files / file_name(file_digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    details = {"file_digest": file_digest.hex(), "key_id": "00", "record_digest": record_digest.hex()}
    event = Event(
        sequence=position,
        identifier=identifier,
        kind=EventKind.ISSUE,
        effective_at=AT,
        recorded_at=AT,
        cause=Cause(actor="窗口一号"),
        details=details,
        salt=position.to_bytes(16, "big"),
        digest=b"",
    )
    event = replace(event, digest=event_digest(event))
    status = StatusRef((position - 1) // LIST_SIZE + 1, scattered((position - 1) % LIST_SIZE, KEY))
    leaf = leaf_of_event(event, record_digest=record_digest, file_digest=file_digest, status=status)
    grown, completed = grown.append(leaf_hash(leaf))
    placed = {"status_list": status.list_number, "status_index": status.index}
    kept = {"identifier": identifier, "request_key": identifier, "request_digest": bytes(32)}
    of_issue = {"position": position, "identifier": identifier, "recorded_at": AT, "issued_on": date(2026, 11, 22)}
    texts = dict.fromkeys(("type_code", "type_key", "type_name", "issuer_code", "issuer_name"), "x")
    digests = {"record": record, "record_digest": record_digest, "file_digest": file_digest, "key_id": b"\x00"}
    more = {"type_version": 1, "number": identifier, "valid_from": date(2026, 11, 22), "state": "issued"}
    holder = {"ordinal": 0, "name": "x", "number": identifier, "number_kind": "001", "subject": position}
    cause = {"actor": "窗口一号", "body": "", "reason": "", "legal_basis": "", "paper": ""}
    kind = {"kind": "issue", "effective_at": AT, "recorded_at": AT, "details": canonical(details)}
    of_event = {"sequence": position, "identifier": identifier, "salt": event.salt, "digest": event.digest}
    made: dict[str, dict[str, object]] = {
        "reservation": {**kept, **placed, "reserved_at": AT, "committed_at": AT},
        "license": {**of_issue, **texts, **digests, **more, **placed},
        "holder": {"position": position, **holder},
        "subject_number": {"number": identifier, "number_kind": "001", "subject": position},
        "leaf": {"sequence": position, "data": leaf, "hash": leaf_hash(leaf)},
        "event": {**of_event, **kind, **cause},
    }
    for table, row in made.items():
        rows.setdefault(table, []).append(row)
    for level, place, root in completed:
        rows.setdefault("tile_hash", []).append({"level": level, "position": place, "hash": root})
    return grown


if __name__ == "__main__":
    raise SystemExit(main())
