"""Where the seal is in a PDF and what stands behind it: the one place of validation that parses the document.

Nothing may stand behind a sealed revision. ISO 32000-2 §12.8.2.2 would allow a document security store and document
time-stamps there, but to tell these from a forgery one would have to read the file as every viewer does: parsers
disagree about cross-references, and what one ignores another shows. Nothing behind the seal is therefore parsed.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.parser_bounds import BoundsError, check_bounds
from signing.validation.byte_range import CoverageError, Range, check_range, read_gap, scan, shorten

_PADES: Final = "/ETSI.CAdES.detached"
_REVISION_END: Final = re.compile(rb"startxref[\r\n ]+([0-9]{1,10})[\r\n ]+%%EOF[\r\n]{0,2}\Z")
_TAIL_BYTES: Final = 64
_MOST_FIELDS: Final = 4096

# What the parser has to say of a stranger's file quotes the file, which may hold anybody's name and number.
_parser_log = logging.getLogger("pyhanko")
_parser_log.addHandler(logging.NullHandler())
_parser_log.propagate = False


class Tail(Enum):
    """What stands behind the signed revision."""

    NOTHING = "nothing"
    CHANGES = "a further revision"
    STRAY = "bytes that belong to no revision"


@dataclass(frozen=True, slots=True)
class LocatedSeal:
    """The one signature of a document.

    Attributes:
        range: what it covers.
        certified: it is a certification signature that allows no changes (DocMDP P=1).
        is_pades: its sub-filter is ETSI.CAdES.detached.
        claimed_at: `/M`, if it can be read.
        tail: what stands behind the signed revision.
    """

    range: Range
    certified: bool
    is_pades: bool
    claimed_at: datetime | None
    tail: Tail


class SealCountError(ValueError):
    """There is no signature, or more than one.

    Args:
        count: how many there are.
    """

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} signatures")
        self.count = count


def locate(pdf: bytes) -> LocatedSeal:
    """Find the seal and check what it covers.

    The parser is given the file up to the furthest end of a byte range: a revision without a signature cannot hide
    the seal before it.

    Raises:
        SealCountError: not exactly one signature.
        CoverageError: the byte range is not what it must be.
        Exception: whatever the parser meets in a malformed file; the caller makes a finding of it.
    """
    signed = pdf[: max((found.end for found in scan(pdf)), default=len(pdf))]
    check_bounds(signed)
    short = shorten(signed)
    reader = PdfFileReader(BytesIO(short.pdf))
    if reader.encrypted:
        raise ValueError("encrypted: what it shows depends on who opens it")
    seals = [entry for entry in _signatures(reader) if not _is_document_time_stamp(entry[1])]
    if len(seals) != 1:
        raise SealCountError(len(seals))
    field, signature = seals[0]
    found = check_range(signed, signature["/ByteRange"])
    expected = short.markers.get(found.gap_start) or read_gap(signed, found.gap_start, found.gap_end)
    if _contents(signature) != expected:
        raise CoverageError("the gap is not the signature's /Contents")
    return LocatedSeal(
        range=found,
        certified=_allows_no_change(reader, field, signature),
        is_pades=signature["/SubFilter"] == _PADES,
        claimed_at=_claimed_time(signature),
        tail=_judge_tail(pdf[found.end :], found.end),
    )


def _signatures(reader: PdfFileReader) -> list[tuple[Any, Any]]:
    """Return the form's signature fields that are filled, with their values.

    The parser's own walk follows every path through the form: an exponential number in a file of a thousand bytes.
    """
    form = _entry(reader.root, "/AcroForm")
    pending = [(_entry(form or {}, "/Fields") or (), None)]
    visited = 0
    found = []
    while pending:
        fields, inherited = pending.pop()
        visited += len(fields)
        if visited > _MOST_FIELDS:
            raise BoundsError("too many form fields")
        for entry in fields:
            field: Any = entry.get_object()
            if not isinstance(field, generic.DictionaryObject):
                continue
            kind, value = _entry(field, "/FT") or inherited, _entry(field, "/V")
            if kind == "/Sig" and value:
                found.append((field, value))
            pending.append((_entry(field, "/Kids") or (), kind))
    return found


def _entry(dictionary: Any, key: str) -> Any:
    """Return what a key stands for, through references; None if there is no such key."""
    try:
        return dictionary[key]
    except KeyError:
        return None


def _contents(signature: generic.DictionaryObject) -> bytes:
    value = signature.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    if not isinstance(value, generic.TextStringObject | generic.ByteStringObject):
        raise CoverageError("/Contents is not a string of its own")
    return bytes(value.original_bytes)


def _is_document_time_stamp(signature: generic.DictionaryObject) -> bool:
    return signature.get("/SubFilter") == "/ETSI.RFC3161" and signature.get("/Type") == "/DocTimeStamp"


def _allows_no_change(reader: PdfFileReader, field: Any, signature: generic.DictionaryObject) -> bool:
    """Tell whether this is the document's certification signature with DocMDP P=1 (ISO 32000-2 §12.8.2.2)."""
    permissions = _entry(reader.root, "/Perms")
    certification = permissions.raw_get("/DocMDP") if permissions and "/DocMDP" in permissions else None
    value = field.raw_get("/V")
    if not isinstance(certification, generic.IndirectObject) or not isinstance(value, generic.IndirectObject):
        return False
    if certification.reference != value.reference:
        return False
    references = [entry.get_object() for entry in signature.get("/Reference", ())]
    rules = [entry["/TransformParams"].get("/P") for entry in references if entry["/TransformMethod"] == "/DocMDP"]
    return rules == [1]


def _claimed_time(signature: generic.DictionaryObject) -> datetime | None:
    try:
        moment: datetime = generic.parse_pdf_date(str(signature["/M"]), strict=True)
    except Exception:  # noqa: BLE001 - a claim proves nothing: an unreadable one is as good as none
        return None
    return moment if moment.tzinfo else None


def _judge_tail(tail: bytes, start: int) -> Tail:
    """Tell by its last lines what stands behind the signed revision, which ends at `start`."""
    end = _REVISION_END.search(tail[-_TAIL_BYTES:])
    if not tail:
        return Tail.NOTHING
    return Tail.STRAY if end is None or int(end[1]) < start else Tail.CHANGES
