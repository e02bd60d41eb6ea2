"""Licence ⇄ record: JSON with the GB/T 36903 metadata codes 元数据, its canonical bytes (RFC 8785) and its digest.

The record is the machine-readable licence: it is attached to the PDF, stored in the repository, and its digest stands
in the QR. Canonical bytes are unique: `parse_record` accepts no other spelling of the same record.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from license_lib import canonical_json
from license_lib.errors import InputError
from license_lib.identifiers import HOLDER_NUMBER_KINDS, LicenseIdentifier, NumberError
from license_lib.licenses.model import Holder, Issuer, License, Photo, Rows, TemplateRef
from license_lib.status import StatusClaim

FORMAT = "license-record/1"
RECORD_NAME = "license-record.json"
"""Name of the record as an attachment of the PDF."""
MAX_RECORD_BYTES = 256 * 1024
SALT_BYTES = 16


class RecordError(InputError):
    """Bytes that are not a record; `path` is the place in it (`metadata.CZZT[0].CZZTDM`)."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__("record.invalid", f"licence record, {path or 'document'}: {problem}")
        self.path = path


def to_record(document: License) -> dict[str, Any]:
    """The licence as its JSON record. A licence without end 长期 has no `ZZYXQJZRQ`.

    `status` is the claim of that name of the Token Status List (IETF OAuth, §6.2).
    """
    metadata: dict[str, Any] = {
        "ZZMC": document.type_name,
        "ZZLXDM": document.type_code,
        "ZZBH": document.number,
        "ZZBS": str(document.identifier),
        "ZZBFJG": document.issuer.name,
        "ZZBFJGDM": document.issuer.code,
        "ZZBFJGJB": str(document.issuer.level),
        "ZZBFRQ": document.issued_on.isoformat(),
        "ZZYXQQSRQ": document.valid_from.isoformat(),
        "CZZT": [
            {
                "CZZT": holder.name,
                "CZZTDM": holder.number,
                "CZZTDMLX": HOLDER_NUMBER_KINDS[holder.number_kind],
                "CZZTDMLXDM": holder.number_kind,
            }
            for holder in document.holders
        ],
        **document.fields,
        **{code: [dict(row) for row in rows] for code, rows in document.tables.items()},
    }
    if document.valid_until is not None:
        metadata["ZZYXQJZRQ"] = document.valid_until.isoformat()
    record: dict[str, Any] = {
        "format": FORMAT,
        "template": f"{document.template.key}@{document.template.version}+{document.template.digest}",
        "salt": document.salt.hex(),
        "metadata": metadata,
    }
    if document.photo is not None:
        record["photo"] = {"media_type": document.photo.media_type, "sha256": document.photo.sha256}
    if document.status is not None:
        record["status"] = {"status_list": {"idx": document.status.index, "uri": document.status.uri}}
    return record


def canonical_bytes(document: License) -> bytes:
    """The record's one spelling: JSON Canonicalization Scheme (RFC 8785), UTF-8."""
    return canonical_json.dumps(to_record(document))


def record_digest(canonical: bytes) -> bytes:
    """SHA-256 of a record's canonical bytes: what the QR, the repository and the log commit to."""
    return hashlib.sha256(canonical).digest()


def parse_record(data: bytes) -> License:
    """Read a record strictly.

    Raises:
        RecordError: not JSON, not canonical, too large, or a value that is missing, unknown or malformed.
    """
    if len(data) > MAX_RECORD_BYTES:
        raise RecordError("", f"larger than {MAX_RECORD_BYTES} bytes")
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise RecordError("", "not JSON") from None
    document = _license(_Reader(raw, ""))
    if canonical_bytes(document) != data:
        raise RecordError("", "not in canonical form")
    return document


class _Reader:
    """Takes values out of untrusted JSON one by one; whatever is not taken is unknown, and refused by `end`."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise RecordError(path, "must be an object")
        self._rest: dict[str, object] = dict(value)
        self.path = path

    def place(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str) -> object:
        if name not in self._rest:
            raise RecordError(self.place(name), "is missing")
        return self._rest.pop(name)

    def has(self, name: str) -> bool:
        return name in self._rest

    def text(self, name: str, pattern: str = r"[\s\S]+") -> str:
        value = self.take(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise RecordError(self.place(name), "is not a text of the required form")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise RecordError(self.place(name), "holds half a surrogate pair") from None
        return value

    def whole(self, name: str) -> int:
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise RecordError(self.place(name), "is not a whole number")
        return value

    def inner(self, name: str) -> "_Reader":
        return _Reader(self.take(name), self.place(name))

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name, r"\d{4}-\d{2}-\d{2}"))
        except ValueError:
            raise RecordError(self.place(name), "is not a date YYYY-MM-DD") from None

    def extensions(self) -> dict[str, str]:
        """The face extension fields that are texts; those that are rows are left for `tables`."""
        return {code: self.text(code) for code in self._codes() if not isinstance(self._rest[code], list)}

    def tables(self) -> dict[str, Rows]:
        """The face extension fields that are rows."""
        return {code: tuple(self._rows(code)) for code in self._codes()}

    def _codes(self) -> list[str]:
        return [name for name in sorted(self._rest) if re.fullmatch(r"KZ_[A-Z0-9]{1,20}", name)]

    def _rows(self, code: str) -> Iterator[dict[str, str]]:
        rows = self.take(code)
        if not isinstance(rows, list) or not rows:
            raise RecordError(self.place(code), "must list at least one row")
        for index, row in enumerate(rows):
            reader = _Reader(row, f"{self.place(code)}[{index}]")
            yield reader.extensions()
            reader.end()

    def end(self) -> None:
        if self._rest:
            raise RecordError(self.place(min(self._rest)[:40]), "is not known")


def _license(reader: _Reader) -> License:
    if reader.take("format") != FORMAT:
        raise RecordError("format", f"is not {FORMAT}")
    key, version, digest = re.split(
        "[@+]", reader.text("template", r"[a-z][a-z0-9-]{1,39}@[1-9][0-9]{0,2}\+[0-9a-f]{16}")
    )
    template = TemplateRef(key, int(version), digest)
    salt = bytes.fromhex(reader.text("salt", rf"[0-9a-f]{{{2 * SALT_BYTES}}}"))
    photo = _photo(reader.inner("photo")) if reader.has("photo") else None
    status = _status(reader.inner("status")) if reader.has("status") else None
    metadata = reader.inner("metadata")
    reader.end()
    try:
        identifier = LicenseIdentifier.parse(metadata.text("ZZBS"))
    except NumberError as error:
        raise RecordError("metadata.ZZBS", error.message) from None
    document = License(
        identifier=identifier,
        type_name=metadata.text("ZZMC"),
        type_code=metadata.text("ZZLXDM"),
        template=template,
        number=metadata.text("ZZBH"),
        holders=tuple(_holders(metadata.take("CZZT"))),
        issuer=Issuer(metadata.text("ZZBFJG"), metadata.text("ZZBFJGDM"), int(metadata.text("ZZBFJGJB", r"[1-5]"))),
        issued_on=metadata.day("ZZBFRQ"),
        valid_from=metadata.day("ZZYXQQSRQ"),
        valid_until=metadata.day("ZZYXQJZRQ") if metadata.has("ZZYXQJZRQ") else None,
        fields=metadata.extensions(),
        photo=photo,
        salt=salt,
        tables=metadata.tables(),
        status=status,
    )
    metadata.end()
    if str(identifier.type_code) != document.type_code or str(identifier.issuer) != document.issuer.code:
        raise RecordError("metadata.ZZBS", "names another type or issuing body than the record")
    return document


def _photo(reader: _Reader) -> Photo:
    photo = Photo(reader.text("media_type", "image/jpeg"), reader.text("sha256", r"[0-9a-f]{64}"))
    reader.end()
    return photo


def _status(reader: _Reader) -> StatusClaim:
    listed = reader.inner("status_list")
    reader.end()
    index, uri = listed.whole("idx"), listed.text("uri")
    listed.end()
    try:
        return StatusClaim(uri, index)
    except ValueError as error:
        raise RecordError(listed.path, f"is {error}") from None


def _holders(value: object) -> list[Holder]:
    if not isinstance(value, list) or not value:
        raise RecordError("metadata.CZZT", "must list at least one holder")
    holders = []
    for index, item in enumerate(value):
        reader = _Reader(item, f"metadata.CZZT[{index}]")
        holder = Holder(reader.text("CZZT"), reader.text("CZZTDM"), reader.text("CZZTDMLXDM", r"\d{3}"))
        if reader.text("CZZTDMLX") != HOLDER_NUMBER_KINDS.get(holder.number_kind):
            raise RecordError(reader.place("CZZTDMLX"), "does not name the code type")
        reader.end()
        holders.append(holder)
    return holders
