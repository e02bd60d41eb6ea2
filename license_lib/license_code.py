"""The text of a licence's QR code: its public face values and the digest of its record, signed."""

from collections.abc import Callable
from dataclasses import replace

from license_lib.catalogue import LicenseType
from license_lib.errors import InputError
from license_lib.licenses import License
from license_lib.licenses.public import public_values
from license_lib.licenses.record import MAX_RECORD_BYTES, canonical_bytes, record_digest
from license_lib.qr import encode
from license_lib.qr.payload import KEY_ID_BYTES, STAND_IN_SIGNATURE
from license_lib.status import LONGEST, StatusRef


def license_code(
    kind: LicenseType, document: License, *, key_id: bytes, sign: Callable[[bytes], bytes], base_url: str
) -> str:
    """What the QR of a licence says.

    Args:
        kind: the type, which says what is public.
        document: the licence.
        key_id: of the seal's certificate, `KEY_ID_BYTES` long.
        sign: data → DER ECDSA signature.
        base_url: where the page behind the code is.

    Raises:
        InputError: `qr.id-number`, a public value is a person's number; `qr.unencodable`, there are too many;
            `record.too-large`, nobody would read the record that the code commits to.
    """
    record = canonical_bytes(document)
    if len(record) > MAX_RECORD_BYTES:
        problem = f"the record would have {len(record)} bytes, at most {MAX_RECORD_BYTES} are allowed"
        raise InputError("record.too-large", problem, hint="shorten its texts, or give fewer rows")
    return encode(
        identifier=document.identifier,
        issued_on=document.issued_on,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        digest=record_digest(record),
        public=public_values(kind, document),
        key_id=key_id,
        sign=sign,
        base_url=base_url,
        status=document.status.ref if document.status else None,
    )


def stand_in_code(kind: LicenseType, document: License, base_url: str, place: StatusRef = LONGEST) -> str:
    """A code as long as the licence's own would be at a place of a status list: it signs nothing.

    The last of all places, which is taken if none is named, makes the longest. `license_code` says what it raises.
    """
    return license_code(
        kind,
        replace(document, status=place.claim(base_url)),
        key_id=bytes(KEY_ID_BYTES),
        sign=lambda _: STAND_IN_SIGNATURE,
        base_url=base_url,
    )
