"""The signatures of a document: found in its form, and what each covers (ISO 32000-2 §12.7.5.5, §12.8.1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from signing.pdf_reading import FileMap, HexString, Name, PdfError, Ref, Revision, Stream, Value
from signing.validation.byte_range import CoverageError, Range, check_range
from signing.validation.pdf_dates import read_date

_MOST_FIELDS: Final = 4096
_TIME_STAMP: Final = Name("ETSI.RFC3161")
PADES: Final = "ETSI.CAdES.detached"


@dataclass(frozen=True, slots=True)
class FormField:
    """A terminal or inner field of the form.

    Attributes:
        name: fully qualified (§12.7.4.2).
        kind: `/FT`, its own or inherited.
        ref: its object, if it is one.
        dictionary: its entries.
    """

    name: str
    kind: str
    ref: Ref | None
    dictionary: dict[str, Value] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature field that is filled.

    Attributes:
        place: the field that it fills.
        value: the signature dictionary. ref: its object, if it is one.
        range: what it covers, or why that is not what it must be.
    """

    place: FormField
    value: dict[str, Value] = field(repr=False)
    ref: Ref | None
    range: Range | CoverageError

    @property
    def is_time_stamp(self) -> bool:
        """It is a document time-stamp 文档时间戳 (§12.8.5)."""
        return self.value.get("SubFilter") == _TIME_STAMP

    @property
    def sub_filter(self) -> str:
        """How the signature is packed; empty if it does not say."""
        return str(self.value.get("SubFilter") or "")

    @property
    def end(self) -> int:
        """Where the signed revision ends; 0 if nobody can tell."""
        return self.range.end if isinstance(self.range, Range) else 0


def form_fields(revision: Revision) -> Iterator[FormField]:
    """All fields of the form, each once.

    Raises:
        PdfError: there are more than any honest form has.
    """
    form = revision.entry(revision.entry(revision.trailer, "Root"), "AcroForm")
    pending: list[tuple[Value, str, str]] = [(one, "", "") for one in reversed(_list(revision.entry(form, "Fields")))]
    seen: set[Ref] = set()
    count = 0
    while pending:
        entry, above, kind = pending.pop()
        count += 1
        if count > _MOST_FIELDS:
            raise PdfError("too many form fields")
        ref = entry if isinstance(entry, Ref) else None
        if ref is not None:
            if ref in seen:
                continue
            seen.add(ref)
        own = revision.resolve(entry)
        if not isinstance(own, dict):
            continue
        name = ".".join(part for part in (above, text_of(revision.entry(own, "T"))) if part)
        kind = str(revision.entry(own, "FT") or kind)
        yield FormField(name, kind, ref, own)
        pending += [(kid, name, kind) for kid in reversed(_list(revision.entry(own, "Kids")))]


def signatures(file: FileMap) -> list[Signature]:
    """All filled signature fields of a file as it is, in the order in which they were signed."""
    revision = file.last
    found = []
    for one in form_fields(revision):
        if one.kind != "Sig" or one.dictionary.get("V") is None:
            continue
        value = one.dictionary["V"]
        ref = value if isinstance(value, Ref) else None
        content = revision.resolve(value)
        if isinstance(content, Stream):
            content = content.dictionary
        if content is None:
            continue
        if not isinstance(content, dict):
            raise PdfError("the value of a signature field is no dictionary")
        found.append(Signature(one, content, ref, _range(file, content)))
    return sorted(found, key=lambda signature: signature.end)


def _range(file: FileMap, value: dict[str, Value]) -> Range | CoverageError:
    """Check that the signature covers all but its own `/Contents`, up to the end of a revision."""
    numbers, contents = value.get("ByteRange"), value.get("Contents")
    try:
        if not isinstance(numbers, list) or not isinstance(contents, HexString):
            return CoverageError("the signature has no /ByteRange, or no /Contents of its own")
        found = check_range(file.data, numbers)
        if contents.span != (found.gap_start, found.gap_end):
            return CoverageError("the gap is not the signature's /Contents")
        if not set(file.revision(found.end).sections) <= set(file.last.sections):
            return CoverageError("the signed revision is not one of the document's")
    except CoverageError as error:
        return error
    except PdfError:
        return CoverageError("the signature does not end where a revision does")
    return found


def claimed_time(signature: Signature) -> datetime | None:
    """`/M`, if it can be read: a claim proves nothing."""
    return read_date(signature.value.get("M"))


def text_of(value: Value) -> str:
    """A text string (§7.9.2.2) as text."""
    if not isinstance(value, bytes):
        return ""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
