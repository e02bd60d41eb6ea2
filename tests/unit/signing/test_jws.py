"""Compact JSON Web Signatures: judged by joserfc, and every other spelling refused."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey

from signing.jws import JwsError, open_compact, sign_compact

PAYLOAD = b'{"a":1}'


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def header_of(document: bytes) -> dict[str, Any]:
    text = document.split(b".")[0]
    header: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
    return header


def resigned(pki: Any, header: bytes, payload: bytes = PAYLOAD) -> bytes:
    """A document with any header, rightly signed by another library."""
    signed = encoded(header) + b"." + encoded(payload)
    numbers = decode_dss_signature(pki.credential("trust-list").sign(signed))
    return signed + b"." + encoded(b"".join(number.to_bytes(32, "big") for number in numbers))


@pytest.fixture
def document(pki: Any) -> bytes:
    return sign_compact(PAYLOAD, pki.credential("trust-list"), typ="a+jws")


def test_another_library_agrees(pki: Any, document: bytes) -> None:
    credential = pki.credential("trust-list")
    pem = credential.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    judge = jws.JWSRegistry(algorithms=["ES256"])
    judge.max_header_length = 4096  # its 512 bytes have no room for a certificate
    opened = jws.deserialize_compact(document, ECKey.import_key(pem), registry=judge)
    assert opened.payload == PAYLOAD
    assert opened.headers()["x5c"] == [base64.b64encode(credential.certificate_der).decode()]


def test_what_was_signed_comes_back_with_its_signer(pki: Any, document: bytes) -> None:
    opened = open_compact(document, typ="a+jws")
    assert (opened.payload, opened.certificate_der) == (PAYLOAD, pki.credential("trust-list").certificate_der)
    assert sign_compact(PAYLOAD, pki.credential("trust-list"), typ="a+jws") == document


def test_a_changed_character_anywhere_is_refused(document: bytes) -> None:
    for position in range(0, len(document), 7):
        other = b"A" if document[position : position + 1] != b"A" else b"B"
        with pytest.raises(JwsError):
            open_compact(document[:position] + other + document[position + 1 :], typ="a+jws")


def test_nothing_signed_for_one_purpose_serves_another(document: bytes) -> None:
    with pytest.raises(JwsError) as caught:
        open_compact(document, typ="b+jws")
    assert caught.value.code == "jws.type"


@pytest.mark.parametrize(
    "change",
    [{"crit": ["exp"], "exp": 1}, {"kid": "a"}, {"alg": "none"}, {"alg": "HS256"}, {"x5c": []}, {"x5c": "AAAA"}],
    ids=str,
)
def test_a_header_that_says_more_or_otherwise_is_refused(pki: Any, document: bytes, change: dict[str, Any]) -> None:
    header = header_of(document)
    assert open_compact(resigned(pki, json.dumps(header).encode()), typ="a+jws").payload == PAYLOAD
    with pytest.raises(JwsError):
        open_compact(resigned(pki, json.dumps(header | change).encode()), typ="a+jws")


def test_a_member_that_stands_twice_is_refused(pki: Any, document: bytes) -> None:
    twice = json.dumps(header_of(document)).encode().replace(b"{", b'{"typ": "b+jws", ', 1)
    with pytest.raises(JwsError):
        open_compact(resigned(pki, twice), typ="a+jws")


@pytest.mark.parametrize("hostile", [b"", b"a.b", b"." * 1000, b"[" * 100_000, b"{}", bytes(range(256))])
def test_no_bytes_do_more_than_be_refused(pki: Any, hostile: bytes, document: bytes) -> None:
    for text in (hostile, resigned(pki, hostile), document + b"\n", document + b"=", hostile + document):
        if text != document:
            with pytest.raises(JwsError):
                open_compact(text, typ="a+jws")


def test_a_second_spelling_of_the_same_bytes_is_refused(document: bytes) -> None:
    last = document[-1:]
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = alphabet[alphabet.index(last) ^ 1 :][:1]
    with pytest.raises(JwsError):
        open_compact(document[:-1] + other, typ="a+jws")
