"""Where issued licences 电子证照 rest: a database for what is looked up, a folder for the sealed files."""

from license_lib.repository.case_reports import CaseReport
from license_lib.repository.entries import (
    Cause,
    Change,
    Correction,
    Event,
    HolderNumber,
    Usage,
    UsageKind,
    Use,
)
from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import (
    AlreadyIssued,
    ArchiveEntry,
    CurrentFile,
    HolderEntry,
    IssuedLicense,
    NumberClaim,
    Override,
    Proposal,
    Reservation,
    Selection,
    StoredLicense,
)

__all__ = [
    "AlreadyIssued",
    "ArchiveEntry",
    "CaseReport",
    "Cause",
    "Change",
    "Correction",
    "CurrentFile",
    "Event",
    "FileStore",
    "HolderEntry",
    "HolderNumber",
    "IssuedLicense",
    "NumberClaim",
    "Override",
    "Proposal",
    "Repository",
    "Reservation",
    "Selection",
    "StoredLicense",
    "Usage",
    "UsageKind",
    "Use",
    "create_or_upgrade",
]
