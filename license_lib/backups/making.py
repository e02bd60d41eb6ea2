"""Making a backup while others go on issuing, and looking at what was written before saying so."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from license_lib.repository.file_faults import os_fault
from license_lib.repository.files import FileStore, file_name
from license_lib.repository.schema import SCHEMA_REVISION
from license_lib.whole_files import write_whole

SNAPSHOTS = "snapshots"
FILES = "files"
_WHENEVER = datetime.max.replace(tzinfo=UTC)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Copied:
    """What was done with the files.

    Attributes:
        new: that no backup in this place had yet. mended: that were damaged here and copied again.
        unread: taken over as they are; they have the right size.
    """

    new: int
    mended: int
    unread: int


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and read again.

    Attributes:
        folder: of the snapshot.
        copied: what was done with the files.
        findings: what is wrong with the repository itself, and so with its backup.
    """

    folder: Path
    manifest: Manifest
    copied: Copied
    findings: tuple[FsckFinding, ...]


def make_backup(
    database: Database,
    files: FileStore,
    settings: bytes,
    where: Path,
    *,
    now: datetime,
    thorough: bool = False,
    progress: Progress,
) -> Made:
    """Back a repository up; nobody need stop issuing.

    The database is read first, as it is at one moment, then the files that it names: a file is always put before it is
    named, and none is ever removed.

    Args:
        settings: content of `license.toml`.
        where: folder of backups; files that are there are not copied again.
        now: the time, which names the snapshot.
        thorough: read the files that are there, too, and copy those again that were damaged.
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
        copier = _Copier(files, kept, thorough=thorough)
        copier.copy(copied, tables["license"], progress)
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
        files=copier.count,
        missing=tuple(sorted(copier.missing)),
    )
    refusing(lambda: write_whole(unfinished / MANIFEST, manifest.encoded()))
    refusing(lambda: _finish(unfinished, folder))
    return Made(folder, manifest, copier.done, findings)


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


class _Copier:
    """Copies files beside those that earlier backups in this place have.

    Attributes:
        done: what was done. count: files that belong to this backup. missing: those that are lost, hex.
    """

    def __init__(self, files: FileStore, kept: FileStore, *, thorough: bool) -> None:
        self._files, self._kept, self._thorough = files, kept, thorough
        self.done, self.count, self.missing = Copied(0, 0, 0), 0, set[str]()

    def copy(self, database: Database, total: int, progress: Progress) -> None:
        """Copy what is needed; each file that is written is read again."""
        for done, digests in enumerate(needed_files(database), 1):
            for digest in digests:
                try:
                    self._copy(digest)
                    self.count += 1
                except MachineError as error:
                    if error.code not in {"storage.file-missing", "storage.corrupt"}:
                        raise
                    self.missing.add(digest.hex())
            progress("files", done, total)

    def _copy(self, digest: bytes) -> None:
        done, size = self.done, self._kept.size(digest)
        if size is None:
            self._kept.get(self._kept.put(self._files.get(digest)))
            self.done = replace(done, new=done.new + 1)
        elif not self._thorough and size == self._files.size(digest):
            self.done = replace(done, unread=done.unread + 1)
        elif not _is_intact(self._kept, digest):
            content = self._files.get(digest)
            self._kept.set_aside(file_name(digest), before=_WHENEVER)
            self._kept.get(self._kept.put(content))
            self.done = replace(done, mended=done.mended + 1)


def _is_intact(files: FileStore, digest: bytes) -> bool:
    try:
        files.get(digest)
    except MachineError as error:
        if error.code != "storage.corrupt":
            raise
        return False
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
