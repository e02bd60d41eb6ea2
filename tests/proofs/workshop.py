"""Codes of licences taken apart and put together, right and wrong: by cbor2, and not by the library that is judged."""

import base64
from datetime import date
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from license_lib.identifiers import LicenseIdentifier
from license_lib.qr import encode
from license_lib.status import StatusRef

HEAD = "HTTPS://LICENSE.EXAMPLE/V#"
KEY = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
KEY_ID = b"12345678"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
IDENTIFIER = LicenseIdentifier.build("11100000MB0143028R001", "11620400000000102W", "2026112200000001")
DIGEST = bytes(range(32))
FIRST, LAST = date(2026, 11, 22), date(2031, 11, 21)
LICENSE = -65537
PUBLIC = {"CZZT": "白银市样例商贸有限公司", "ZZBH": "91620100719023721L"}


def sign(data: bytes) -> bytes:
    return KEY.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def make(**changed: Any) -> str:
    """The code of an ordinary licence, or of one that differs in some arguments of `encode`."""
    arguments: dict[str, Any] = {
        "identifier": IDENTIFIER,
        "issued_on": FIRST,
        "valid_from": FIRST,
        "valid_until": LAST,
        "digest": DIGEST,
        "public": PUBLIC,
        "key_id": KEY_ID,
        "sign": sign,
        "base_url": "https://license.example",
        "status": StatusRef(3, 887307),
    }
    return encode(**{**arguments, **changed})


def token_of(text: str) -> bytes:
    """The token of a code of either spelling."""
    fragment = text.partition("#")[2]
    if fragment.isdecimal():
        number = int(fragment)
        return number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.b32decode(fragment + "=" * (-len(fragment) % 8))


def text_of(token: bytes) -> str:
    """A token as codes are spelt today; of a monstrous one the beginning, which is too long all the same."""
    return HEAD + str(int.from_bytes(token[:1700], "big"))


def old_text_of(token: bytes) -> str:
    """A token as codes of versions 1 and 2 are spelt."""
    return HEAD + base64.b32encode(token).decode().rstrip("=")


def claims_of(text: str) -> dict[Any, Any]:
    read: dict[Any, Any] = cbor2.loads(cbor2.loads(token_of(text)).value[2])
    return read


def old_claims(version: int = 1, *place: object) -> dict[Any, Any]:
    """What a code said before version 3."""
    end = claims_of(make())[4]
    claim = [version, DIGEST, PUBLIC, *place]
    return {2: IDENTIFIER.compact(), 4: end, 5: claims_of(make())[6], 6: claims_of(make())[6], LICENSE: claim}


def canonical(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def token(payload: bytes, protected: bytes | None = None, *, tag: int = 18) -> bytes:
    """A token over any bytes with a right signature: only strict decoding can refuse it."""
    header = canonical({1: -7, 4: KEY_ID}) if protected is None else protected
    return canonical(cbor2.CBORTag(tag, [header, {}, payload, raw_signature(header, payload)]))


def raw_signature(header: bytes, payload: bytes, *, high: bool = False) -> bytes:
    r, s = decode_dss_signature(sign(canonical(["Signature1", header, b"", payload])))
    low = min(s, ORDER - s)
    return r.to_bytes(32, "big") + (ORDER - low if high else low).to_bytes(32, "big")


def changed(change: dict[Any, Any], *without: Any) -> str:
    """The ordinary code with other claims, and without some, signed again."""
    left = {name: value for name, value in claims_of(make()).items() if name not in without}
    return text_of(token(canonical({**left, **change})))
