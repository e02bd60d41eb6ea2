"""What a code, a record and the repository must agree in, and what a verdict cites."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from license_lib.catalogue import LicenseType
from license_lib.errors import MachineError
from license_lib.findings import Finding
from license_lib.licenses import License
from license_lib.licenses.public import public_values
from license_lib.licenses.record import RecordError, parse_record
from license_lib.qr import QrProof
from license_lib.verification.verdict import TrustListUsed

if TYPE_CHECKING:
    from license_lib.trust_list import Snapshot

_CODE_LABELS = {
    "ZZBS": "证照标识",
    "ZZBFRQ": "颁发日期",
    "ZZYXQQSRQ": "有效期起始",
    "ZZYXQJZRQ": "有效期截止",
    "record": "证照数据",
    "status": "状态名单位置",
    "public": "公开信息",
}


def differences(document: License, digest: bytes, kind: LicenseType | None, proof: QrProof) -> Iterator[Finding]:
    """What a code says otherwise than the record, whose digest is given.

    Without the type, nobody knows what it should publish.
    """
    expected = {
        "ZZBS": (document.identifier, proof.identifier),
        "ZZBFRQ": (document.issued_on, proof.issued_on),
        "ZZYXQQSRQ": (document.valid_from, proof.valid_from),
        "ZZYXQJZRQ": (document.valid_until, proof.valid_until),
        "record": (digest, proof.digest),
        "status": (document.status.ref if document.status else None, proof.status),
    }
    if kind is not None:
        expected["public"] = (public_values(kind, document), dict(proof.public))
    differing = [name for name, (recorded, seen) in expected.items() if recorded != seen]
    if differing:
        labels = [_CODE_LABELS[name] for name in differing]
        yield Finding("qr.mismatch", {"fields": ", ".join(differing), "labels": "、".join(labels)})


def recorded_license(record: bytes, identifier: str) -> License:
    """The licence of a repository's row. One that cannot be read, or is another's, is a broken machine."""
    try:
        document = parse_record(record)
    except RecordError:
        document = None
    if document is None or str(document.identifier) != identifier:
        raise MachineError("storage.corrupt", "The repository's record is damaged", hint="restore it from a backup")
    return document


def list_used(snapshot: "Snapshot | None") -> TrustListUsed | None:
    """A trust list as evidence cites it."""
    if snapshot is None:
        return None
    said = snapshot.list
    return TrustListUsed(said.list_id, said.sequence, snapshot.sha256, said.issued_at, said.next_update)
