"""Where issued licences 电子证照 rest: a database for what is looked up, a folder for the sealed files."""

from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import (
    AlreadyIssued,
    ArchiveEntry,
    CurrentFile,
    Event,
    EventKind,
    HolderEntry,
    IssuedLicense,
    LicenseState,
    Override,
    Reservation,
    StoredLicense,
)

__all__ = [
    "AlreadyIssued",
    "ArchiveEntry",
    "CurrentFile",
    "Event",
    "EventKind",
    "FileStore",
    "HolderEntry",
    "IssuedLicense",
    "LicenseState",
    "Override",
    "Repository",
    "Reservation",
    "StoredLicense",
    "create_or_upgrade",
]
