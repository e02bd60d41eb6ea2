"""What keeps a city's records safe, put together from one configuration: checking them, backing them up, restoring."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from license_lib.errors import InputError
from license_lib.fsck import Fsck, Published
from license_lib.fsck.checking import Progress
from license_lib.health import notes
from license_lib.health.facts import Done
from license_lib.log.checkpoints import LogPolicy
from license_lib.repository.database import Database
from license_lib.repository.files import FileStore
from license_lib.repository.schema import require_current
from license_lib.settings import FILE_NAME, Settings
from license_lib.whole_files import write_whole

if TYPE_CHECKING:
    from license_lib.backups import Backup, Made


@contextmanager
def open_fsck(
    settings: Settings,
    *,
    now: datetime,
    repair: bool = False,
    deep: bool = False,
    progress: Progress = lambda _what, _done, _total: None,
) -> Iterator[Fsck]:
    """A check of the repository of a configuration, open as long as the block.

    Args:
        now: the time.
        repair: open it so that it can be mended.
        deep: read every file, too.
        progress: is told how far it is.

    Raises:
        MachineError: the repository cannot be opened; keys that cannot be read.
    """
    database = Database.open(settings.database_url, read_only=not repair)
    try:
        database.read(require_current)
        fsck = Fsck(
            database=database,
            files=FileStore(settings.files, read_only=not repair),
            now=now,
            published=published(settings),
            facts=_facts,
            progress=progress,
        )
        yield replace(fsck, record_of=_record_of) if deep else fsck
    finally:
        database.close()


def back_up(settings: Settings, where: Path, *, now: datetime, thorough: bool = False, progress: Progress) -> "Made":
    """Back up a repository while it is used; see `license_lib.backups.make_backup`."""
    from license_lib.backups import make_backup

    database = Database.open(settings.database_url, read_only=True)
    try:
        database.read(require_current)
        content = (settings.home / FILE_NAME).read_bytes()
        files = FileStore(settings.files, read_only=True)
        made = make_backup(database, files, content, where, now=now, thorough=thorough, progress=progress)
        notes.note(settings.home, notes.BACKUP, Done(now, sound=not made.findings and not made.manifest.missing))
        return made
    finally:
        database.close()


def restore_backup(source: Path, home: Path, *, now: datetime, progress: Progress) -> "tuple[Backup, Settings]":
    """Verify a backup and restore it into a home.

    `license.toml` of the home is kept if there is one (it may name another database), else the one of the backup comes.

    Raises:
        InputError: a configuration is wrong.
        MachineError: `backup.…`, `storage.…`; nothing is on record in the home then.
    """
    from license_lib.backups import Backup, restore
    from license_lib.setting_up import initialise

    backup = Backup.open(source)
    backup.verify(now=now, progress=progress)
    if not (home / FILE_NAME).exists():
        home.mkdir(parents=True, exist_ok=True)
        write_whole(home / FILE_NAME, backup.settings())
    settings = initialise(home)
    database = Database.open(settings.database_url)
    try:
        restore(backup, database, FileStore(settings.files), progress=progress, randomness=os.urandom)
    finally:
        database.close()
    return backup, settings


def published(settings: Settings) -> Published:
    """What a configuration publishes, and who signs it.

    Raises:
        MachineError: keys that cannot be read.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from license_lib.key_folder import signing_errors
    from signing.log_keys import load_log_vkey

    public = settings.keys_folder / "public"
    policy, signers = None, list[bytes]()
    with signing_errors():
        if (public / "log.vkey").exists():
            key = load_log_vkey(settings.keys_folder)
            policy = LogPolicy(key.name, key)
    if (public / "status.pem").exists():
        certificate = x509.load_pem_x509_certificate((public / "status.pem").read_bytes())
        signers.append(certificate.public_bytes(Encoding.DER))
    return Published(settings.public_folder, policy, signers, settings.public_url)


def _record_of(pdf: bytes) -> bytes | None:
    from license_lib.verification.reading import UnreadableError, attached_record

    try:
        return attached_record(pdf)
    except UnreadableError:
        return None


def _facts(record: bytes) -> Mapping[str, object]:
    """What a record says of the columns beside it."""
    from license_lib.licenses.record import parse_record

    try:
        document = parse_record(record)
    except InputError as error:
        raise ValueError(error.code) from None
    return {
        "identifier": str(document.identifier),
        "type_code": document.type_code,
        "type_name": document.type_name,
        "type_key": document.template.key,
        "type_version": document.template.version,
        "number": document.number,
        "issuer_code": document.issuer.code,
        "issuer_name": document.issuer.name,
        "issued_on": document.issued_on,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "holders": tuple((holder.name, holder.number, holder.number_kind) for holder in document.holders),
    }
