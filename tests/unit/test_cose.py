"""COSE_Sign1 beside the examples of the COSE working group (RFC 9052 and RFC 8392)."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from proofs.workshop import ORDER

from license_lib.cose import CoseError, Parts, decoded, open_sign1, opened, parts_of

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpora" / "cose"
EXAMPLES = {path.stem: path for path in sorted(CORPUS.glob("*/*.json"))}
pytestmark = pytest.mark.skipif(not EXAMPLES, reason="needs shared/corpora/cose beside the project")
OTHERS = {"A_4": "a MAC", "A_5": "encrypted", "A_6": "encrypted", "A_7": "a MAC"}
"""No COSE_Sign1."""
REFUSED = {
    "ecdsa-sig-02": "P-384",
    "ecdsa-sig-03": "P-521",
    "sign-fail-01": "another tag",
    "sign-fail-03": "another algorithm",
    "sign-fail-04": "another algorithm",
    "sign-pass-01": "an algorithm that is not protected: right there, and refused here",
}
"""Messages whose form is refused whatever stands in the unprotected header."""


def example(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(EXAMPLES[name].read_text(encoding="utf-8"))
    return read


def message(name: str) -> bytes:
    return bytes.fromhex(example(name)["output"]["cbor"])


def as_we_spell(parts: Parts) -> Parts:
    """Without the key id beside the signed part, and with the low form of the signature."""
    if len(parts.raw) != 64:
        return replace(parts, unprotected={})
    r, s = parts.raw[:32], int.from_bytes(parts.raw[32:], "big")
    return replace(parts, unprotected={}, raw=r + min(s, ORDER - s).to_bytes(32, "big"))


def key_of(name: str) -> ec.EllipticCurvePublicKey:
    said = example(name)["input"]["sign0"]["key"]

    def number(which: str) -> int:
        if f"{which}_hex" in said:
            return int(said[f"{which}_hex"], 16)
        return int.from_bytes(base64.urlsafe_b64decode(said[which] + "=="), "big")

    return ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP256R1()).public_key()


def is_signed(name: str) -> bool:
    read = opened(as_we_spell(parts_of(message(name))))
    try:
        key_of(name).verify(read.signature, read.signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def test_the_corpus_is_all_there() -> None:
    assert len(EXAMPLES) == 15


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - REFUSED.keys() - OTHERS.keys()))
def test_signatures_are_over_what_the_standard_says(name: str) -> None:
    told = example(name)
    if not told.get("fail"):
        read = opened(as_we_spell(parts_of(message(name))))
        assert read.signed == bytes.fromhex(told["intermediates"]["ToBeSign_hex"])
    assert is_signed(name) == (not told.get("fail"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_message_of_ours_is_refused(name: str) -> None:
    with pytest.raises(CoseError):
        opened(as_we_spell(parts_of(message(name))))


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_signature_is_refused(name: str) -> None:
    with pytest.raises(CoseError, match="not COSE_Sign1"):
        parts_of(message(name))


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - {"A_3"}))
def test_nothing_may_stand_beside_what_is_signed(name: str) -> None:
    with pytest.raises(CoseError):
        open_sign1(message(name))


def test_the_web_token_of_the_standard_is_read() -> None:
    """RFC 8392 A.3."""
    claims = decoded(open_sign1(message("A_3")).payload)
    assert claims == {
        1: "coap://as.example.com",
        2: "erikw",
        3: "coap://light.example.com",
        4: 1444064944,
        5: 1443944944,
        6: 1443944944,
        7: b"\x0bq",
    }
