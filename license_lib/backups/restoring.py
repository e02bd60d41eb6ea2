"""Restoring a backup: read all of it before anything is written, and refuse what is not what was written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from license_lib.backups.copying import Progress, copy_to_database, require_empty
from license_lib.backups.making import FILES, SNAPSHOTS, digest_of, look_at, refusing
from license_lib.backups.manifests import DATABASE, MANIFEST, SETTINGS, Manifest, altered
from license_lib.errors import MachineError
from license_lib.fsck.files import needed_files
from license_lib.repository.database import Database
from license_lib.repository.files import FileStore
from license_lib.repository.schema import SCHEMA_REVISION


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that can be read.

    Attributes:
        folder: of the snapshot.
    """

    folder: Path
    manifest: Manifest

    @staticmethod
    def open(where: Path) -> "Backup":
        """Open a snapshot, or the newest of a folder of backups.

        Raises:
            MachineError: `backup.missing`, `backup.altered`, `backup.version`, `storage.…`.
        """
        folder = where
        if not refusing((where / MANIFEST).is_file):
            snapshots = where / SNAPSHOTS
            finished = refusing(lambda: sorted(path.parent for path in snapshots.glob(f"*Z/{MANIFEST}")))
            if not finished:
                raise MachineError("backup.missing", "There is no backup here", hint="give the folder of backups")
            folder = finished[-1]
        manifest = Manifest.parse(refusing((folder / MANIFEST).read_bytes))
        if manifest.schema != SCHEMA_REVISION:
            raise MachineError(
                "backup.version",
                f"The backup has tables of version {manifest.schema}, this software {SCHEMA_REVISION}",
                hint="restore it with the version of license-lib that made it, then upgrade and run: license init",
            )
        return Backup(folder, manifest)

    @property
    def files(self) -> FileStore:
        """The sealed files of all snapshots of this place."""
        return FileStore(self.folder.parent.parent / FILES, read_only=True)

    @property
    def database(self) -> Path:
        """The SQLite file of all tables."""
        return self.folder / DATABASE

    def settings(self) -> bytes:
        """The configuration.

        Raises:
            MachineError: `backup.altered`, `storage.…`.
        """
        content = refusing(lambda: _read(self.folder / SETTINGS))
        if sha256(content).hexdigest() != self.manifest.settings:
            raise altered(f"{SETTINGS} was changed")
        return content

    def verify(self, *, now: datetime, progress: Progress) -> None:
        """Read all of it, every file too, and compare it with its manifest.

        Raises:
            MachineError: `backup.altered` with the reason; `storage.…`.
        """
        self.settings()
        if not refusing(self.database.is_file):
            raise altered(f"{DATABASE} is missing")
        if refusing(lambda: digest_of(self.database)) != self.manifest.database:
            raise altered(f"{DATABASE} was changed or cut off")
        database = Database.open(f"sqlite:///{self.database}", read_only=True)
        try:
            self._verify_files(database, progress)
            findings, summary = look_at(database, self.files, now=now, progress=progress)
        finally:
            database.close()
        root = summary.root.hex() if summary.root else ""
        if (summary.entries, root) != (self.manifest.size, self.manifest.root):
            raise altered("the log does not come to the head in its manifest")
        lost = [one for one in findings if one.code.startswith("fsck.file-")]
        if any(one.params["digest"] not in self.manifest.missing for one in lost):
            raise altered(lost[0].text("en"))

    def _verify_files(self, database: Database, progress: Progress) -> None:
        files, missing = self.files, set(self.manifest.missing)
        for done, digests in enumerate(needed_files(database), 1):
            for digest in digests:
                if digest.hex() not in missing:
                    _get(files, digest)
            progress("files", done, self.manifest.tables.get("license", done))


def restore(
    backup: Backup,
    target: Database,
    files: FileStore,
    *,
    progress: Progress,
    randomness: Callable[[int], bytes],
) -> None:
    """Put a verified backup into a database of either kind and a file store; the files first, then all rows at once.

    Broken off, it can be begun again: until the last moment nothing is in the database. It begins a new status list: of
    the newest one, licences that were issued after the backup and lost may have places that nothing here knows of.

    Args:
        target: has up-to-date tables, and no rows.
        files: may hold files already.
        randomness: n → n random bytes, for the key of the new list.

    Raises:
        MachineError: `backup.not-empty`, `backup.altered`, `storage.…`.
    """
    target.read(require_empty)
    source = Database.open(f"sqlite:///{backup.database}", read_only=True)
    missing = set(backup.manifest.missing)
    try:
        for done, digests in enumerate(needed_files(source), 1):
            for digest in digests:
                if digest.hex() not in missing and not files.contains(digest):
                    files.put(_get(backup.files, digest))
            progress("files", done, backup.manifest.tables.get("license", done))
    finally:
        source.close()
    copy_to_database(backup.database, target, progress, randomness)


def _get(files: FileStore, digest: bytes) -> bytes:
    try:
        return files.get(digest)
    except MachineError as error:
        if error.code not in {"storage.file-missing", "storage.corrupt"}:
            raise
        problem = error.message
    raise altered(problem)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    raise altered(f"{path.name} is missing")
