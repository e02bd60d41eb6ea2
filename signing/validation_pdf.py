"""Where the seal is in a PDF and what was done behind it: the one place of validation that parses the document.

pyHanko reads the structure and compares revisions. Behind a certification that permits no changes, ISO 32000-2
§12.8.2.2 allows a document security store and document time-stamps. pyHanko's own policy also waves through new
metadata, unused objects and empty signature fields, so ours is narrower.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
from pyhanko.sign.diff_analysis.rules.file_structure_rules import (
    CatalogModificationRule,
    ObjectStreamRule,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules.form_field_rules import (
    DSSCompareRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
)
from pyhanko.sign.diff_analysis.rules.metadata_rules import DocInfoRule
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing.byte_range import CoverageError, Range, check_range, read_gap, shorten

_PADES: Final = "/ETSI.CAdES.detached"
_CLEAN_END: Final = re.compile(rb"startxref[\r\n ]+\d+[\r\n ]+%%EOF[\r\n]{0,2}\Z")
_TAIL_BYTES: Final = 64
_TOUCHED_BY_EVERY_WRITER: Final = frozenset({"/ModDate", "/Producer"})


class Tail(Enum):
    """What stands behind the signed revision."""

    NOTHING = "nothing"
    EVIDENCE = "long-term-validation evidence"
    CHANGES = "changes"
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

    Raises:
        SealCountError: not exactly one signature.
        CoverageError: the byte range is not what it must be.
        Exception: whatever the parser meets in a malformed file; the caller makes a finding of it.
    """
    short = shorten(pdf)
    reader = PdfFileReader(BytesIO(short.pdf))
    signatures = [
        (name, field, value.get_object()) for name, value, field in enumerate_sig_fields(reader, filled_status=True)
    ]
    seals = [entry for entry in signatures if not _is_document_time_stamp(entry[2])]
    if len(seals) != 1:
        raise SealCountError(len(seals))
    name, field, signature = seals[0]
    found = check_range(pdf, signature["/ByteRange"])
    expected = short.markers.get(found.gap_start) or read_gap(pdf, found.gap_start, found.gap_end)
    if _contents(signature) != expected:
        raise CoverageError("the gap is not the signature's /Contents")
    return LocatedSeal(
        range=found,
        certified=_allows_no_change(reader, field, signature),
        is_pades=signature["/SubFilter"] == _PADES,
        claimed_at=_claimed_time(signature),
        tail=Tail.NOTHING if found.end == len(pdf) else _judge_tail(pdf, name),
    )


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


class _TouchedInfoRule(DocInfoRule):
    """Lets a writer note when and with what it wrote, and nothing else: no title, no author."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        if _told(old) == _told(new):
            yield from super().apply(old, new)


def _told(revision: HistoricalResolver) -> dict[str, str]:
    # Resolved in that revision: the trailer's own look-up would give the newest.
    reference = revision.trailer_view.get_value_as_reference("/Info", optional=True)
    info: Any = revision(reference) if reference is not None else {}
    return {str(key): repr(value) for key, value in info.items() if key not in _TOUCHED_BY_EVERY_WRITER}


_catalog_rule: Any = CatalogModificationRule
_creation_rule: Any = SigFieldCreationRule
_POLICY: Final = StandardDiffPolicy(
    global_rules=[
        _catalog_rule(frozenset({"/AcroForm", "/DSS", "/Extensions", "/Version"})),
        _TouchedInfoRule().as_qualified(ModificationLevel.LTA_UPDATES),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(field_rules=[_creation_rule(), SigFieldModificationRule()]),
    ignore_orphaned_objects=False,
)


def _judge_tail(pdf: bytes, name: str) -> Tail:
    """Tell what the revisions behind the seal, which is in the field of this name, do."""
    if not _CLEAN_END.search(pdf[-_TAIL_BYTES:]):
        return Tail.STRAY
    try:
        return _compare_revisions(PdfFileReader(BytesIO(pdf)), name)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - what cannot be understood is no evidence; the library raises many types
        return Tail.CHANGES


def _compare_revisions(reader: PdfFileReader, name: str) -> Tail:
    fields = {found: (field, value) for found, value, field in enumerate_sig_fields(reader)}
    embedded = EmbeddedPdfSignature(reader, fields[name][0].get_object(), name)
    if embedded.signed_revision == reader.total_revisions - 1:
        return Tail.STRAY
    embedded.compute_integrity_info(diff_policy=_POLICY)  # type: ignore[no-untyped-call]  # pyHanko is typed in part
    coverage: SignatureCoverageLevel | None = embedded.coverage
    difference: Any = embedded.diff_result
    is_evidence = (
        all(value is not None for _field, value in fields.values())
        and coverage is not None
        and coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and isinstance(difference, DiffResult)
        and difference.modification_level is ModificationLevel.LTA_UPDATES
    )
    return Tail.EVIDENCE if is_evidence else Tail.CHANGES
