"""Making a backup while others go on issuing, and looking at what was written before saying so."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TypeVar

from license_lib.backups.copying import Progress, copy_to_file
from license_lib.backups.manifests import DATABASE, MANIFEST, SETTINGS, Manifest
from license_lib.errors import MachineError
from license_lib.fsck import Fsck, FsckFinding
from license_lib.fsck.checking import Summary
from license_lib.fsck.files import needed_files
from license_lib.repository.database import Database
from license_lib.repository.faults import os_fault
from license_lib.repository.files import FileStore
from license_lib.repository.schema import SCHEMA_REVISION
from license_lib.whole_files import write_whole

SNAPSHOTS = "snapshots"
FILES = "files"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and read again.

    Attributes:
        folder: of the snapshot.
        new_files: files that no backup in this place had yet.
        findings: what is wrong with the repository itself, and so with its backup.
    """

    folder: Path
    manifest: Manifest
    new_files: int
    findings: tuple[FsckFinding, ...]


def make_backup(
    database: Database, files: FileStore, settings: bytes, where: Path, *, now: datetime, progress: Progress
) -> Made:
    """Back a repository up; nobody need stop issuing.

    The database is read first, as it is at one moment, then the files that it names: a file is always put before it is
    named, and none is ever removed.

    Args:
        settings: content of `license.toml`.
        where: folder of backups; files that are there are not copied again.
        now: the time, which names the snapshot.
        progress: is told how far it is.

    Raises:
        MachineError: `storage.…`; the snapshot is then left under a name that ends in `.part`, and is of no use.
    """
    name = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    folder, unfinished = where / SNAPSHOTS / name, where / SNAPSHOTS / f"{name}.part"
    refusing(lambda: unfinished.mkdir(parents=True, mode=0o700))
    refusing(lambda: write_whole(unfinished / SETTINGS, settings))
    tables = copy_to_file(database, unfinished / DATABASE, progress)
    copied = Database.open(f"sqlite:///{unfinished / DATABASE}", read_only=True)
    try:
        kept = FileStore(where / FILES)
        new_files, count, missing = _copy_files(copied, files, kept, tables["license"], progress)
        findings, summary = look_at(copied, kept, now=now, progress=progress)
    finally:
        copied.close()
    if summary.root is None:
        raise MachineError("storage.corrupt", "The log in the database has a gap", hint="run: license fsck")
    manifest = Manifest(
        made_at=now.astimezone(UTC),
        schema=SCHEMA_REVISION,
        size=summary.entries,
        root=summary.root.hex(),
        tables=tables,
        database=refusing(lambda: digest_of(unfinished / DATABASE)),
        settings=sha256(settings).hexdigest(),
        files=count,
        missing=missing,
    )
    refusing(lambda: write_whole(unfinished / MANIFEST, manifest.encoded()))
    refusing(lambda: _finish(unfinished, folder))
    return Made(folder, manifest, new_files, findings)


def look_at(
    database: Database, files: FileStore, *, now: datetime, progress: Progress
) -> tuple[tuple[FsckFinding, ...], Summary]:
    """What is wrong with a copy, and how much there is; files of other snapshots beside it are none of its business."""
    *found, summary = Fsck(database=database, files=files, now=now, guarded=False, progress=progress).run()
    findings = tuple(one for one in found if isinstance(one, FsckFinding) and not one.harmless)
    assert isinstance(summary, Summary)  # noqa: S101 — `Fsck.run` ends with it
    return findings, summary


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def refusing(work: Callable[[], T]) -> T:
    """Do it; a refusal of the operating system becomes one of ours."""
    try:
        return work()
    except OSError as error:
        fault = os_fault(error)
    raise fault


def _copy_files(
    copied: Database, files: FileStore, kept: FileStore, total: int, progress: Progress
) -> tuple[int, int, tuple[str, ...]]:
    """Copy what is not there yet, reading each again; gives how many are new, how many there are, and what is lost."""
    new, count, missing = 0, 0, list[str]()
    for done, digests in enumerate(needed_files(copied), 1):
        for digest in digests:
            try:
                new += _copy_file(digest, files, kept)
                count += 1
            except MachineError as error:
                if error.code not in {"storage.file-missing", "storage.corrupt"}:
                    raise
                missing.append(digest.hex())
        progress("files", done, total)
    return new, count, tuple(sorted(missing))


def _copy_file(digest: bytes, files: FileStore, kept: FileStore) -> bool:
    """Copy a file and read it again; False if an earlier backup has it."""
    if kept.contains(digest):
        return False
    kept.get(kept.put(files.get(digest)))
    return True


def _finish(unfinished: Path, folder: Path) -> None:
    """Give it its name, once all of it is on the disk."""
    for path in (unfinished / DATABASE, unfinished, folder.parent):
        _sync(path)
    unfinished.rename(folder)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
