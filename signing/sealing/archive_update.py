"""Long-term evidence behind a seal: PAdES B-LT and B-LTA in one incremental update (ETSI EN 319 142-1 §5.4, §5.5).

The update adds a document security store (ISO 32000-2 §12.8.4.3) and, over the whole file, a document time-stamp
(§12.8.5). Archived again, the store gets new entries behind its old ones, and the file a further time-stamp: the chain
of them reaches as far as the newest one's certificate. docs/seals.md has the grammar of what is written.
"""

import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from signing.errors import SealingError, TimestampError
from signing.evidence import Evidence
from signing.pages import MAX_BYTES
from signing.sealing.document import RepeatableWriter, entry
from signing.sealing.safety import read_strictly
from signing.sealing.signatures import read_signatures
from signing.timestamps import Timestamper

FIELD_PREFIX: Final = "Archive"
_BESIDE_THE_PAGE: Final = InvisSigSettings(box_out_of_bounds=True)
"""No extent, so PDF/A asks for no appearance; beside the page, so PDF/UA asks for no tag. PDF/A forbids `Hidden`."""
# pyHanko leaves these without annotations.
_dictionary: Any = generic.DictionaryObject
_document_time_stamp: Any = DocumentTimestamp
_LARGEST_ENTRY: Final = 16 * 1024 * 1024
"""Bytes of one entry of a store, unpacked."""


def archive(
    pdf: bytes, *, evidence: Evidence, timestamper: Timestamper, at: datetime, nonce: Callable[[], int]
) -> bytes:
    """Put evidence and an archive time-stamp behind a sealed file, or behind one that was archived before.

    The result is a function of the arguments alone, as far as the time-stamp authority is deterministic.

    Args:
        pdf: the sealed file; its newest signature covers all of it.
        evidence: what proves the newest signature. What the file holds already is not written again.
        timestamper: time-stamp authority.
        at: now; part of the file's new identifier.
        nonce: gives the time-stamp request's nonce; called once.

    Returns:
        The archived file; its beginning is the given one, unchanged.

    Raises:
        SealingError: `archive.not-sealed`, `archive.changed-after`, `seal.too-large`, `seal.not-a-pdf`.
        TimestampError: `timestamp.failed`.
    """
    if len(pdf) > MAX_BYTES:
        raise SealingError("seal.too-large", f"The document has more than {MAX_BYTES // 1024**2} MiB")
    signers = read_signatures(pdf).signers
    try:
        read_strictly(pdf)
        writer = RepeatableWriter(pdf, at)
        _add_store(writer, evidence, signers)
        embedder, prepared, output = _prepare(writer, 2 * timestamper.token_size_limit)
    except SealingError:
        raise
    except Exception as error:  # pyHanko meets malformed files with many exception types
        raise SealingError("seal.not-a-pdf", "The document's structure cannot take an archive time-stamp") from error
    token = timestamper.timestamp(prepared.document_digest, nonce())
    if len(token) > timestamper.token_size_limit:
        raise TimestampError("timestamp.failed", "The time-stamp token is larger than its authority announced")
    embedder.send(token)
    archived: bytes = output.getvalue()
    return archived


def _prepare(writer: RepeatableWriter, reserved: int) -> tuple[Any, Any, Any]:
    """Add the time-stamp's field to form and first page, and write the file with a gap for the token."""
    names = {str(field.get_object()["/T"]) for field in writer.root["/AcroForm"]["/Fields"]}
    name = next(name for number in range(1, len(names) + 2) if (name := f"{FIELD_PREFIX}{number}") not in names)
    embedder = PdfCMSEmbedder(SigFieldSpec(name, invis_sig_settings=_BESIDE_THE_PAGE)).write_cms(name, writer)
    next(embedder)
    embedder.send(SigObjSetup(sig_placeholder=_document_time_stamp(bytes_reserved=reserved)))
    return embedder, *embedder.send(SigIOSetup(md_algorithm="sha256"))


def _add_store(writer: RepeatableWriter, evidence: Evidence, signers: frozenset[bytes]) -> None:
    """Add to the store what is not in it; the first time, make one. What was there stays, in its objects.

    Who signed is not repeated. Issuers are, though the seal carries its own: judges look for those of a time-stamp in
    the store and nowhere else.
    """
    store = entry(writer.root, "/DSS")
    if store is None:
        store = _dictionary({generic.pdf_name("/Type"): generic.pdf_name("/DSS")})
        root: Any = writer.root
        root[generic.pdf_name("/DSS")] = writer.add_object(store)
        writer.mark_update(root.container_ref)
    certificates = [one for one in evidence.certificates if one not in signers]
    for key, items in (("/Certs", certificates), ("/OCSPs", evidence.ocsps), ("/CRLs", evidence.crls)):
        array = entry(store, key)
        known = {_unpacked(reference.get_object()) for reference in array or ()}
        added = [writer.add_object(_stream(item)) for item in dict.fromkeys(items) if item not in known]
        if added and array is None:
            store[generic.pdf_name(key)] = generic.ArrayObject(added)
        elif added:
            array.extend(added)
        holder = (store if array is None else array).container_ref
        if added and holder is not None:  # a new store is written anyway
            writer.mark_update(holder)


def _stream(item: bytes) -> generic.StreamObject:
    packed = zlib.compress(item, 9)
    if len(packed) + len("/Filter /FlateDecode ") >= len(item):
        return generic.StreamObject(stream_data=item)
    return generic.StreamObject({generic.pdf_name("/Filter"): generic.pdf_name("/FlateDecode")}, encoded_data=packed)


def _unpacked(stream: Any) -> bytes:
    if "/Filter" not in stream:
        return bytes(stream.encoded_data)
    if stream["/Filter"] != "/FlateDecode" or "/DecodeParms" in stream:
        return b""  # of another writer: kept, and not compared
    return zlib.decompressobj().decompress(stream.encoded_data, _LARGEST_ENTRY)
