"""Archiving by pyHanko's reader and writer: the other way, beside which ours is held."""

import zlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from signing.sealing import EvidenceSource
from signing.sealing.signatures import read_signatures
from signing.timestamps import Timestamper

_dictionary: Any = generic.DictionaryObject
_document_time_stamp: Any = DocumentTimestamp


class _Writer(IncrementalPdfFileWriter):
    def _update_meta(self) -> None:
        """Leave the metadata alone."""


def archived_by_pyhanko(
    pdf: bytes, *, evidence: EvidenceSource, timestamper: Timestamper, at: datetime, nonce: Callable[[], int]
) -> bytes:
    """The same as `signing.sealing.archive`; `at` is written nowhere."""
    del at
    signatures = read_signatures(pdf)
    proof = evidence(signatures.to_be_proved)
    writer: Any = _Writer(BytesIO(pdf))
    root = writer.root
    if "/DSS" in root:
        store = root["/DSS"]
    else:
        store = _dictionary({generic.pdf_name("/Type"): generic.pdf_name("/DSS")})
        root[generic.pdf_name("/DSS")] = writer.add_object(store)
        writer.mark_update(root.container_ref)
    certificates = [one for one in proof.certificates if one not in signatures.signers]
    for key, items in (("/Certs", certificates), ("/OCSPs", proof.ocsps), ("/CRLs", proof.crls)):
        array = store[key] if key in store else generic.ArrayObject()
        known = {reference.get_object().data for reference in array}
        added = [writer.add_object(_stream(item)) for item in items if item not in known]
        if added:
            array.extend(added)
            store[generic.pdf_name(key)] = array
            if store.container_ref is not None:
                writer.mark_update(store.container_ref)
    name = f"Archive{len(root['/AcroForm']['/Fields'])}"
    place = InvisSigSettings(box_out_of_bounds=True)
    embedder = PdfCMSEmbedder(SigFieldSpec(name, invis_sig_settings=place)).write_cms(name, writer)
    next(embedder)
    placeholder = _document_time_stamp(bytes_reserved=2 * timestamper.token_size_limit)
    embedder.send(SigObjSetup(sig_placeholder=placeholder))
    prepared, output = embedder.send(SigIOSetup(md_algorithm="sha256"))
    embedder.send(timestamper.timestamp(prepared.document_digest, nonce()))
    archived: bytes = output.getvalue()
    return archived


def _stream(item: bytes) -> generic.StreamObject:
    return generic.StreamObject(
        {generic.pdf_name("/Filter"): generic.pdf_name("/FlateDecode")}, encoded_data=zlib.compress(item)
    )
