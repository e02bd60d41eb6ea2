"""Long-term evidence behind a seal: PAdES B-LT and B-LTA in one incremental update (ETSI EN 319 142-1 §5.4, §5.5).

The update adds a document security store (ISO 32000-2 §12.8.4.3) and, over the whole file, a document time-stamp
(§12.8.5). Archived again, the store gets new entries behind its old ones, and the file a further time-stamp: the chain
of them reaches as far as the newest one's certificate. docs/seals.md has the grammar of what is written.
"""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from signing.cms_reader import UnacceptableAlgorithmError, read_signed_data
from signing.der import DerError
from signing.errors import SealingError, TimestampError
from signing.evidence import Evidence
from signing.pages import MAX_BYTES
from signing.pdf_reading import Name, PdfError, Ref, Stream, Value
from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.on_demand import OnDemandFile
from signing.pdf_reading.pages import leaves
from signing.sealing.prepared import filled
from signing.sealing.signatures import read_signatures
from signing.sealing.update import Update
from signing.timestamps import Timestamper

EvidenceSource = Callable[[tuple[bytes, ...]], Evidence]
"""DER certificates → what proves them now; raises where it cannot."""

FIELD_PREFIX: Final = "Archive"
_STAMP: Final = {
    "Type": Name("DocTimeStamp"),
    "Filter": Name("Adobe.PPKLite"),
    "SubFilter": Name("ETSI.RFC3161"),
}
_FLAGS: Final = 1 << 2 | 1 << 7
"""Print and Locked (Table 167): PDF/A forbids `Hidden`."""
_BESIDE_THE_PAGE: Final = [-9999] * 4
"""No extent, so PDF/A asks for no appearance; beside the page, so PDF/UA asks for no tag."""
_SIGNED_AND_APPENDED: Final = 3
_LARGEST_ENTRY: Final = 16 * 1024 * 1024
"""Bytes of one entry of a store, unpacked."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A file with evidence and an archive time-stamp behind its seal.

    Attributes:
        pdf: the file.
        until: when the certificate of its newest archive time-stamp ends; it is to be archived again before.
    """

    pdf: bytes = field(repr=False)
    until: datetime


def archive(
    pdf: bytes, *, evidence: EvidenceSource, timestamper: Timestamper, at: datetime, nonce: Callable[[], int]
) -> Archived:
    """Put evidence and an archive time-stamp behind a sealed file, or behind one that was archived before.

    The result is a function of the arguments alone, as far as evidence and time-stamp authority are deterministic.

    Args:
        pdf: the sealed file; its newest signature covers all of it. Nothing of it is judged.
        evidence: asked once, for what proves the newest signature. What the file holds already is not written again.
        timestamper: time-stamp authority.
        at: now; part of the file's new identifier.
        nonce: gives the time-stamp request's nonce; called once.

    Returns:
        The archived file; its beginning is the given one, unchanged.

    Raises:
        SealingError: `archive.not-sealed`, `archive.changed-after`, `seal.too-large`, `seal.not-a-pdf`.
        TrustError: `evidence.incomplete`, if the source of evidence says so.
        TimestampError: `timestamp.failed`.
    """
    if len(pdf) > MAX_BYTES:
        raise SealingError("seal.too-large", f"The document has more than {MAX_BYTES // 1024**2} MiB")
    signatures = read_signatures(pdf)
    proof = evidence(signatures.to_be_proved)
    try:
        update = Update(pdf, OnDemandFile(pdf).last, at)
        _add_store(update, proof, signatures.signers)
        _add_time_stamp(update, timestamper.token_size_limit)
        document, digest = update.finish()
    except PdfError as error:
        raise SealingError("seal.not-a-pdf", "The document's structure cannot take an archive time-stamp") from error
    token = timestamper.timestamp(digest, nonce())
    try:
        until = read_signed_data(token).certificate.not_valid_after_utc
    except (DerError, UnacceptableAlgorithmError) as error:
        raise TimestampError("timestamp.failed", "The time-stamp token cannot be read") from error
    return Archived(filled(document, token), until)


def _add_store(update: Update, evidence: Evidence, signers: frozenset[bytes]) -> None:
    """Add to the store what is not in it; the first time, make one. What was there stays, in its objects.

    Who signed is not repeated. Issuers are, though the seal carries its own: judges look for those of a time-stamp in
    the store and nowhere else.
    """
    certificates = [one for one in evidence.certificates if one not in signers]
    is_first = update.value(update.root, "DSS") is None
    store: dict[str, Value] = {"Type": Name("DSS")}
    for key, items in (("Certs", certificates), ("OCSPs", evidence.ocsps), ("CRLs", evidence.crls)):
        listed = _listed(update, "DSS", key)
        known = {_unpacked(update.revision.resolve(one)) for one in listed}
        added: list[Value] = [update.add(_entry(item)) for item in dict.fromkeys(items) if item not in known]
        if added and is_first:
            store[key] = added
        elif added:
            update.set(update.root, ("DSS", key), [*listed, *added])
    if is_first:
        update.set(update.root, ("DSS",), update.add(store))


def _add_time_stamp(update: Update, reserved: int) -> None:
    """Add a time-stamp's field to form and first page."""
    page = next(leaves(update.revision), None)
    fields = _listed(update, "AcroForm", "Fields")
    if not isinstance(page, Ref) or not fields:
        raise PdfError("the document has no page, or no form")
    names = {update.revision.entry(update.revision.resolve(one), "T") for one in fields}
    name = _new_name(names)
    placed = {"FT": Name("Sig"), "T": name, "Type": Name("Annot"), "Subtype": Name("Widget"), "F": _FLAGS}
    field_ref = update.add(None)
    stamp = update.add_signature(_STAMP, reserved)
    update.set(field_ref, (), {**placed, "Rect": _BESIDE_THE_PAGE, "P": page, "V": stamp})
    update.set(update.root, ("AcroForm", "Fields"), [*fields, field_ref])
    if update.value(update.root, "AcroForm", "SigFlags") != _SIGNED_AND_APPENDED:
        update.set(update.root, ("AcroForm", "SigFlags"), _SIGNED_AND_APPENDED)
    annotations = update.value(page, "Annots")
    if not isinstance(annotations, list | None):
        raise PdfError("a page's annotations are no list")
    update.set(page, ("Annots",), [*(annotations or ()), field_ref])


def _listed(update: Update, *keys: str) -> list[Value]:
    value = update.value(update.root, *keys)
    if not isinstance(value, list | None):
        raise PdfError("a list was expected")
    return value or []


def _new_name(names: Iterable[Value]) -> bytes:
    taken = {bytes(one) for one in names if isinstance(one, bytes)}
    numbers = range(1, len(taken) + 2)
    return next(name for number in numbers if (name := b"%b%d" % (FIELD_PREFIX.encode(), number)) not in taken)


@lru_cache(maxsize=64)
def _entry(item: bytes) -> Stream:
    """An entry of a store; packed if it is smaller so. The same issuers and lists prove thousands of seals."""
    packed = zlib.compress(item, 9)
    if len(packed) + len("/Filter/FlateDecode") >= len(item):
        return Stream({}, item)
    return Stream({"Filter": Name("FlateDecode")}, packed)


def _unpacked(stream: Value) -> bytes:
    try:
        return unpacked(stream, _LARGEST_ENTRY) if isinstance(stream, Stream) else b""
    except PdfError:
        return b""  # of another writer: kept, and not compared
