"""A licence as the repository takes it, without issuing one: what its rows hold does not matter to it.

Light: processes of their own import it too.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from license_lib.lifecycle import EventKind
from license_lib.log.merkle import Frontier, leaf_hash
from license_lib.repository.entries import Cause, Change
from license_lib.repository.repository import Repository
from license_lib.repository.values import HolderEntry, IssuedLicense

RECORDED_AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def recorded_license(key: str, **changes: Any) -> IssuedLicense:
    """A licence of its own identifier, number, holder and file for every key; the file is still to be stored."""
    example = IssuedLicense(
        identifier=f"id-{key}",
        type_code="11100000MB0143028R001",
        type_key="business-license",
        type_version=1,
        type_name="营业执照",
        number=f"number-{key}",
        issuer_code="11620400013870020M",
        issuer_name="白银市行政审批局",
        holders=(HolderEntry("某某有限公司", f"holder-{key}", "001"),),
        issued_on=date(2026, 11, 22),
        valid_from=date(2026, 11, 22),
        valid_until=None,
        record=f'{{"key":"{key}"}}'.encode(),
        record_digest=hashlib.sha256(key.encode()).digest(),
        file_digest=hashlib.sha256(f"file {key}%%EOF".encode()).digest(),
        key_id=b"key-id",
        request_key=key,
        at=RECORDED_AT,
        cause=Cause(actor="窗口一号", body="白银市行政审批局"),
    )
    return replace(example, **changes)


def change(kind: EventKind, effective_at: datetime, **changes: Any) -> Change:
    """Something that happens to a licence, recorded when the licences here are."""
    cause = Cause(actor="科长", reason="错发")
    example = Change(kind=kind, cause=cause, effective_at=effective_at, recorded_at=RECORDED_AT)
    return replace(example, **changes)


def revocation(effective_at: datetime, **changes: Any) -> Change:
    """A revocation, as `change`."""
    return change(EventKind.REVOKE, effective_at, **changes)


def digest_of(key: str) -> bytes:
    """Of the record that such a licence has: what its digest has to be where somebody checks it."""
    return hashlib.sha256(f'{{"key":"{key}"}}'.encode()).digest()


def log_is_whole(repository: Repository) -> bool:
    """Whether the leaves come to the head of the log, and the hashes beside them are theirs."""
    grown, head = Frontier.empty(), repository.log.head()
    leaves = repository.log.leaves(0, head.size)
    for leaf in leaves:
        grown, _ = grown.append(leaf_hash(leaf))
    return grown == head and list(map(leaf_hash, leaves)) == list(repository.log.hashes(0, 0, head.size))
