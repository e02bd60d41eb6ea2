"""Where the seal is in a PDF and what it covers: the one place of validation that parses the document.

pyHanko reads the structure. The arithmetic of `/ByteRange` is ours and strict: exactly one gap, exactly the
`/Contents` string of this signature, and behind the signed revision nothing but long-term-validation updates.
"""

import hashlib
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing import der

_CLEAN_END: Final = re.compile(rb"startxref[\r\n ]+\d+[\r\n ]+%%EOF[\r\n]{0,2}\Z")
_TAIL_BYTES: Final = 64
_HEX: Final = re.compile(rb"(?:[0-9A-F]*|[0-9a-f]*)\Z")
_BYTE_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}0\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{0,64}\]"
)
_RANGES_LOOKED_AT: Final = 8
_LARGEST_GAP: Final = 4 * 1024 * 1024
_PADES: Final = "/ETSI.CAdES.detached"


class Tail(Enum):
    """What stands behind the signed revision."""

    NOTHING = "nothing"
    EVIDENCE = "long-term-validation evidence"
    CHANGES = "changes"
    STRAY = "bytes that belong to no revision"


class CoverageError(ValueError):
    """The signature does not cover what it must cover."""


@dataclass(frozen=True, slots=True)
class Range:
    """A checked `/ByteRange`: everything from the start of the file to `end`, but for one gap.

    Attributes:
        gap_start: offset of the gap's `<`.
        gap_end: offset behind the gap's `>`.
        end: offset behind the signed revision.
        container: the DER value in the gap.
    """

    gap_start: int
    gap_end: int
    end: int
    container: bytes

    def signed_parts(self, pdf: bytes) -> tuple[memoryview, memoryview]:
        """Return what was hashed, without copying."""
        view = memoryview(pdf)
        return view[: self.gap_start], view[self.gap_end : self.end]


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

    Raises:
        SealCountError: not exactly one signature.
        CoverageError: the byte range is not what it must be.
        Exception: whatever the parser meets in a malformed file; the caller makes a finding of it.
    """
    short = _shorten(pdf)
    reader = PdfFileReader(BytesIO(short.pdf))
    signatures = [
        (name, field, value.get_object()) for name, value, field in enumerate_sig_fields(reader, filled_status=True)
    ]
    seals = [entry for entry in signatures if not _is_document_time_stamp(entry[2])]
    if len(seals) != 1:
        raise SealCountError(len(seals))
    name, field, signature = seals[0]
    found = check_range(pdf, signature["/ByteRange"])
    expected = short.markers.get(found.gap_start) or _gap(pdf, found.gap_start, found.gap_end)
    if _contents(signature) != expected:
        raise CoverageError("the gap is not the signature's /Contents")
    return LocatedSeal(
        range=found,
        certified=_allows_no_change(reader, field, signature),
        is_pades=signature["/SubFilter"] == _PADES,
        claimed_at=_claimed_time(signature),
        tail=Tail.NOTHING if found.end == len(pdf) else _judge_tail(pdf, name),
    )


@dataclass(frozen=True, slots=True)
class _Shortened:
    """A document whose gaps hold a short marker each, at the same offsets, and the markers by where the gap starts."""

    pdf: bytes
    markers: Mapping[int, bytes]


def _shorten(pdf: bytes) -> _Shortened:
    """Put a digest and blanks in the place of each signature value.

    The parser reads long hexadecimal strings digit by digit: most of the time of a validation. Everything that
    is signed stays as it is, and a `/Contents` that comes back as the marker proves that it is the gap.
    """
    short = bytearray(pdf)
    markers: dict[int, bytes] = {}
    for match in _last_ranges(pdf):
        try:
            found = check_range(pdf, [0, *map(int, match.groups())])
        except CoverageError:
            continue
        size = found.gap_end - found.gap_start
        marker = hashlib.sha256(pdf[found.gap_start : found.gap_end]).digest()
        text = b"<" + marker.hex().encode("ascii") + b">"
        if len(text) < size:
            short[found.gap_start : found.gap_end] = text.ljust(size)
            markers[found.gap_start] = marker
    return _Shortened(bytes(short), markers)


def locate_by_scan(pdf: bytes) -> Range | None:
    """Find the last byte range of a file that cannot be parsed, to tell an altered seal from any odd file."""
    for match in reversed(_last_ranges(pdf)):
        try:
            return check_range(pdf, [0, *map(int, match.groups())])
        except CoverageError:
            continue
    return None


def _last_ranges(pdf: bytes) -> deque[re.Match[bytes]]:
    """Return the last few byte ranges by their look; a hostile file may hold a million."""
    return deque(_BYTE_RANGE.finditer(pdf), maxlen=_RANGES_LOOKED_AT)


def check_range(pdf: bytes, numbers: Sequence[Any]) -> Range:
    """Check the arithmetic of a `/ByteRange` and read the gap.

    Raises:
        CoverageError: not `[0 a b c]` with a gap of one hexadecimal string that is zero behind its DER value.
    """
    if len(numbers) != 4 or not all(isinstance(number, int) for number in numbers):  # noqa: PLR2004 - two pairs
        raise CoverageError("/ByteRange is not four numbers")
    start, first, second, length = (int(number) for number in numbers)
    end = second + length
    if start != 0 or not 0 < first < second < end <= len(pdf):
        raise CoverageError("/ByteRange does not start at 0, overlaps, or leaves the file")
    if second - first > _LARGEST_GAP:
        raise CoverageError("the gap is larger than any signature")
    content = _gap(pdf, first, second)
    try:
        used = der.encoded_length(content)
    except der.DerError:
        used = len(content)  # not DER: the reader of the container will say so
    if content[used:].strip(b"\0"):
        raise CoverageError("something hides behind the signature value")
    return Range(first, second, end, content[:used])


def _gap(pdf: bytes, start: int, end: int) -> bytes:
    """Decode the gap, which must be one hexadecimal string in one letter case and nothing else."""
    text = pdf[start + 1 : end - 1]
    if pdf[start : start + 1] != b"<" or pdf[end - 1 : end] != b">" or len(text) % 2 or not _HEX.match(text):
        raise CoverageError("the gap is not exactly one hexadecimal string")
    return bytes.fromhex(text.decode("ascii"))


def _contents(signature: generic.DictionaryObject) -> bytes:
    value = signature.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    if not isinstance(value, generic.TextStringObject | generic.ByteStringObject):
        raise CoverageError("/Contents is not a string of its own")
    return bytes(value.original_bytes)


def _is_document_time_stamp(signature: generic.DictionaryObject) -> bool:
    return signature.get("/SubFilter") == "/ETSI.RFC3161" and signature.get("/Type") == "/DocTimeStamp"


def _allows_no_change(reader: PdfFileReader, field: Any, signature: generic.DictionaryObject) -> bool:
    """Tell whether this is the document's certification signature with DocMDP P=1 (ISO 32000-2 §12.8.2.2)."""
    permissions = reader.root.get("/Perms")
    certification = permissions.raw_get("/DocMDP") if permissions and "/DocMDP" in permissions else None
    value = field.get_object().raw_get("/V")
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


def _judge_tail(pdf: bytes, name: str) -> Tail:
    """Tell what the revisions behind the seal do; only a security store and document time-stamps are evidence."""
    if not _CLEAN_END.search(pdf[-_TAIL_BYTES:]):
        return Tail.STRAY
    try:
        return _compare_revisions(PdfFileReader(BytesIO(pdf)), name)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - what cannot be understood is no evidence; the library raises many types
        return Tail.CHANGES


def _compare_revisions(reader: PdfFileReader, name: str) -> Tail:
    fields = {found: field for found, _value, field in enumerate_sig_fields(reader, filled_status=True)}
    embedded = EmbeddedPdfSignature(reader, fields[name].get_object(), name)
    if embedded.signed_revision == reader.total_revisions - 1:
        return Tail.STRAY
    embedded.compute_integrity_info()  # type: ignore[no-untyped-call]  # pyHanko is typed in part
    coverage: SignatureCoverageLevel | None = embedded.coverage
    difference: Any = embedded.diff_result
    is_evidence = (
        coverage is not None
        and coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and isinstance(difference, DiffResult)
        and difference.modification_level is ModificationLevel.LTA_UPDATES
    )
    return Tail.EVIDENCE if is_evidence else Tail.CHANGES
