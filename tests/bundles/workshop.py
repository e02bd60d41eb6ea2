"""Bundles put together right and wrong: by cbor2, and not by the library that is judged."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cbor2
from bundles import town
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from signing.keys import SealCredential

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
TYPE = "application/license-bundle+cose"
Named = tuple[str, str, bytes]

TRUST: Named = ("trust-list", town.LIST_ID, town.trust_list())
STATES: Named = ("status-list", f"{town.URL}/status/1", town.status_list())
CRL: Named = ("crl", "root", town.crl())
HEAD: Named = ("checkpoint", town.LOG, town.checkpoint())
ORDINARY: tuple[Named, ...] = (TRUST, STATES, CRL, HEAD)
SEQUENCE = int(town.NOW.timestamp())


def canonical(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def named(part: Named) -> list[Any]:
    kind, name, data = part
    return [kind, name, hashlib.sha256(data).digest(), len(data)]


def claims(parts: Sequence[Named] = ORDINARY, **changed: object) -> dict[int, object]:
    """What a manifest says; `m3=…` changes member 3, and None drops it."""
    said: dict[int, object] = {
        0: 1,
        1: town.LIST_ID,
        2: SEQUENCE,
        3: SEQUENCE,
        4: SEQUENCE + 23 * 3600,
        5: [named(part) for part in parts],
    }
    said |= {int(key.removeprefix("m")): value for key, value in changed.items()}
    return {key: value for key, value in said.items() if value is not None}


def message(
    payload: bytes,
    signer: SealCredential = town.STATUS,
    *,
    header: Mapping[int, object] | None = None,
    protected: bytes | None = None,
    unprotected: Mapping[int, object] | None = None,
    tag: int = 18,
    high: bool = False,
) -> bytes:
    """A manifest over any bytes with a right signature: nothing but strict reading can refuse it."""
    if protected is None:
        protected = canonical({1: -7, 16: TYPE, 33: signer.certificate_der} if header is None else dict(header))
    r, s = decode_dss_signature(signer.sign(canonical(["Signature1", protected, b"", payload])))
    low = min(s, ORDER - s)
    signature = r.to_bytes(32, "big") + (ORDER - low if high else low).to_bytes(32, "big")
    return canonical(cbor2.CBORTag(tag, [protected, dict(unprotected or {}), payload, signature]))


def file(parts: Sequence[Named] = ORDINARY, signer: SealCredential = town.STATUS, **changed: object) -> bytes:
    """A whole bundle of these parts, whose manifest says something else where `changed` says so."""
    return packed(message(canonical(claims(parts, **changed)), signer), [data for _, _, data in parts])


def packed(signed: bytes, parts: Sequence[bytes], **more: object) -> bytes:
    return canonical({1: signed, 2: list(parts), **{int(key.removeprefix("m")): value for key, value in more.items()}})


def said(change: Callable[[dict[int, Any]], object]) -> bytes:
    """The ordinary bundle with a manifest that somebody changed and its signer signed."""
    made = claims()
    change(made)
    return packed(message(canonical(made)), contents())


def contents(parts: Sequence[Named] = ORDINARY) -> list[bytes]:
    return [data for _, _, data in parts]


def digest(bundle: bytes) -> bytes:
    """The name of a bundle: SHA-256 of its signed manifest."""
    return hashlib.sha256(cbor2.loads(bundle)[1]).digest()


def delta(base: bytes, wanted: bytes, *, parts: Sequence[bytes] | None = None) -> bytes:
    """What leads from one bundle to another; `parts` says otherwise what it brings."""
    had, new = cbor2.loads(base), cbor2.loads(wanted)
    lacking = [data for data in new[2] if data not in had[2]]
    return packed(new[1], lacking if parts is None else parts, m3=digest(base))
