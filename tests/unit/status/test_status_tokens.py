"""Status List Tokens: judged by other libraries, and refused for every single thing that is not right."""

import base64
import gzip
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import cbor2
import cwt
import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey
from support import NOON

from license_lib.status import LIST_SIZE, Status, StatusBits, StatusListError
from license_lib.status.tokens import MAX_TOKEN_BYTES, StatusToken, open_token, sign_cwt, sign_jwt
from signing.errors import KeyLoadError
from signing.keys import SealCredential

URI = "https://license.example/status/1"
BITS = StatusBits.of({3: Status.INVALID, 4: Status.SUSPENDED, 5: 3})
SECONDS = int(NOON.timestamp())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
CWT_NAMES = {"sub": 2, "exp": 4, "iat": 6, "ttl": 65534, "status_list": 65533}
Sign = Callable[..., bytes]


def signed(sign: Sign, signer: SealCredential, bits: StatusBits = BITS, **changed: Any) -> bytes:
    arguments = {"uri": URI, "issued_at": NOON, "expires_at": NOON + timedelta(days=1), "ttl_seconds": 3600}
    return sign(bits, **{**arguments, **changed}, signer=signer)


def opened(data: bytes, *signers: SealCredential, **changed: Any) -> StatusToken:
    arguments = {"uri": URI, "now": NOON, "max_staleness": timedelta(hours=12)}
    return open_token(data, signers=[one.certificate_der for one in signers], **{**arguments, **changed})


def refusal(data: bytes, *signers: SealCredential, **changed: Any) -> str:
    with pytest.raises(StatusListError) as caught:
        opened(data, *signers, **changed)
    return caught.value.code


def raw_signature(signer: SealCredential, data: bytes, *, low: bool = True) -> bytes:
    r, s = decode_dss_signature(signer.sign(data))
    s = min(s, ORDER - s) if low else max(s, ORDER - s)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Forge:
    """Makes tokens that are signed rightly, and say anything."""

    signer: SealCredential

    def cwt(self, claims: object, header: object = None, *, unprotected: object = None, low: bool = True) -> bytes:
        certificate = self.signer.certificate_der
        protected = self.bytes_of(header or {1: -7, 16: "application/statuslist+cwt", 33: certificate})
        payload = self.bytes_of(claims)
        signature = raw_signature(self.signer, cbor2.dumps(["Signature1", protected, b"", payload]), low=low)
        return cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected or {}, payload, signature]), canonical=True)

    def jwt(self, claims: object, header: object = None) -> bytes:
        chain = [base64.b64encode(self.signer.certificate_der).decode()]
        top = json.dumps(header or {"alg": "ES256", "typ": "statuslist+jwt", "x5c": chain}, separators=(",", ":"))
        payload = claims if isinstance(claims, bytes) else rfc8785.dumps(claims)  # type: ignore[arg-type]  # any
        text = f"{b64(top.encode())}.{b64(payload)}".encode()
        return text + b"." + b64(raw_signature(self.signer, text)).encode()

    @staticmethod
    def bytes_of(value: object) -> bytes:
        return value if isinstance(value, bytes) else cbor2.dumps(value, canonical=True)


def claims_of() -> dict[str, Any]:
    """The claims of a right token by their JWT names."""
    return {
        "sub": URI,
        "iat": SECONDS,
        "exp": SECONDS + 86400,
        "ttl": 3600,
        "status_list": {"bits": 2, "lst": BITS.compressed()},
    }


def as_cwt(claims: dict[str, Any]) -> dict[Any, Any]:
    return {CWT_NAMES.get(name, name): value for name, value in claims.items()}


def as_jwt(claims: dict[str, Any]) -> dict[str, Any]:
    listed = claims.get("status_list")
    if isinstance(listed, dict) and isinstance(listed.get("lst"), bytes):
        return {**claims, "status_list": {**listed, "lst": b64(listed["lst"])}}
    return claims


@pytest.fixture
def forge(signer: SealCredential) -> Forge:
    return Forge(signer)


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_what_was_signed_comes_back(sign: Sign, signer: SealCredential, stranger: SealCredential) -> None:
    data = signed(sign, signer)
    token = opened(data, stranger, signer)
    assert (token.uri, token.issued_at, token.expires_at) == (URI, NOON, NOON + timedelta(days=1))
    assert (token.ttl, token.bits, token.signer) == (timedelta(hours=1), BITS, signer.certificate_der)
    assert [token.status(index) for index in (2, 3, 4)] == [Status.VALID, Status.INVALID, Status.SUSPENDED]
    assert signed(sign, signer) == data


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_an_entry_of_no_known_state_says_nothing(sign: Sign, signer: SealCredential) -> None:
    token = opened(signed(sign, signer), signer)
    for index in (5, -1, LIST_SIZE):
        with pytest.raises(StatusListError) as caught:
            token.status(index)
        assert caught.value.code == "status.list-malformed"


def test_the_forge_makes_what_we_make(forge: Forge, signer: SealCredential) -> None:
    assert forge.cwt(as_cwt(claims_of())) == signed(sign_cwt, signer)
    assert opened(forge.jwt(as_jwt(claims_of())), signer).bits == BITS


def test_an_independent_library_accepts_the_cwt(signer: SealCredential) -> None:
    pem = signer.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, _, payload = cwt.COSE.new().decode_with_headers(
        signed(sign_cwt, signer), cwt.COSEKey.from_pem(pem, alg="ES256")
    )
    assert header == {1: -7, 16: "application/statuslist+cwt", 33: signer.certificate_der}
    claims = cbor2.loads(payload)
    assert claims.keys() == {2, 4, 6, 65533, 65534}
    assert (claims[2], claims[6], claims[4] - claims[6], claims[65534]) == (URI, SECONDS, 86400, 3600)
    assert StatusBits.read(claims[65533]["lst"], bits=claims[65533]["bits"]) == BITS


def test_an_independent_library_accepts_the_jwt(signer: SealCredential) -> None:
    pem = signer.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    judge = jws.JWSRegistry(algorithms=["ES256"])
    judge.max_header_length = 4096  # its 512 bytes have no room for a certificate
    token = jws.deserialize_compact(signed(sign_jwt, signer), ECKey.import_key(pem), registry=judge)
    assert token.headers()["typ"] == "statuslist+jwt"
    claims = json.loads(token.payload)
    assert (claims["sub"], claims["iat"], claims["exp"] - claims["iat"]) == (URI, SECONDS, 86400)
    assert claims["ttl"] == 3600
    lst = claims["status_list"]["lst"]
    read = StatusBits.read(base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4)), bits=claims["status_list"]["bits"])
    assert read == BITS


def test_the_jwt_is_checked_with_nothing_but_a_public_key(signer: SealCredential) -> None:
    head, payload, signature = signed(sign_jwt, signer).split(b".")
    raw = base64.urlsafe_b64decode(signature + b"==")
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = signer.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(der, head + b"." + payload, ec.ECDSA(hashes.SHA256()))


def test_a_million_licences_fit_into_small_tokens(signer: SealCredential) -> None:
    chance = random.Random(20261122)  # noqa: S311 -- a sample that is the same each time
    revoked = StatusBits.of(dict.fromkeys(chance.sample(range(LIST_SIZE), 10_000), Status.INVALID))
    assert len(signed(sign_cwt, signer, revoked)) < 16_000
    # A JWT has base64 in base64: 16/9 of the size, of which a server's gzip takes most away again.
    assert len(signed(sign_jwt, signer, revoked)) < 28_000
    assert len(gzip.compress(signed(sign_jwt, signer, revoked), 9)) < 20_000


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_only_its_signers_sign_a_list(sign: Sign, signer: SealCredential, stranger: SealCredential) -> None:
    assert refusal(signed(sign, stranger), signer) == "status.list-signature"
    assert refusal(signed(sign, signer)) == "status.list-signature"


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_a_signature_of_another_key_is_refused(sign: Sign, signer: SealCredential, stranger: SealCredential) -> None:
    """The certificate of the signer in the header does not help who has not its key."""
    class_of_both = SealCredential.__new__(SealCredential)
    object.__setattr__(class_of_both, "certificate", signer.certificate)
    object.__setattr__(class_of_both, "certificate_der", signer.certificate_der)
    object.__setattr__(class_of_both, "signer", stranger.signer)
    assert refusal(signed(sign, class_of_both), signer) == "status.list-signature"


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
@pytest.mark.parametrize("late", [-2, 400])
def test_a_certificate_counts_only_in_its_time(sign: Sign, late: int, signer: SealCredential) -> None:
    data = signed(sign, signer, expires_at=NOON + timedelta(days=500))
    changed = {"now": NOON + timedelta(days=late), "max_staleness": timedelta(days=600)}
    assert refusal(data, signer, **changed) == "status.list-signature"


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_a_list_that_was_not_asked_for_is_refused(sign: Sign, signer: SealCredential) -> None:
    for other in (URI + "0", URI + "/", URI.replace("https", "http"), URI.upper(), ""):
        assert refusal(signed(sign, signer), signer, uri=other) == "status.list-other"


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (-6, "status.list-future"),
        (-5, None),
        (0, None),
        (12 * 60, None),
        (12 * 60 + 1, "status.list-stale"),
        (24 * 60, "status.list-stale"),
    ],
)
def test_a_list_counts_for_as_long_as_the_verifier_says(
    sign: Sign, signer: SealCredential, minutes: int, code: str | None
) -> None:
    data, now = signed(sign, signer), NOON + timedelta(minutes=minutes)
    if code is None:
        assert opened(data, signer, now=now).bits == BITS
    else:
        assert refusal(data, signer, now=now) == code


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_an_expired_list_is_stale_however_patient_the_verifier_is(sign: Sign, signer: SealCredential) -> None:
    data, patient = signed(sign, signer), timedelta(days=100)
    last = NOON + timedelta(days=1, seconds=-1)
    assert opened(data, signer, now=last, max_staleness=patient).bits == BITS
    assert refusal(data, signer, now=NOON + timedelta(days=1), max_staleness=patient) == "status.list-stale"


WRONG_CLAIMS: list[tuple[str, dict[str, Any]]] = [
    ("a number for the list", {"sub": 5}),
    ("a text for a time", {"iat": str(SECONDS)}),
    ("true for a time", {"iat": True}),
    ("a time with a fraction", {"iat": SECONDS + 0.5}),
    ("a time before 1970", {"iat": -1}),
    ("a time that no calendar has", {"exp": 2**53 - 1}),
    ("a list that expires before it is issued", {"exp": SECONDS - 1}),
    ("no time to live", {"ttl": 0}),
    ("less than no time to live", {"ttl": -5}),
    ("a time to live beyond the list's life", {"ttl": 86401}),
    ("true for the time to live", {"ttl": True}),
    ("no list", {"status_list": None}),
    ("a list without width", {"status_list": {"lst": BITS.compressed()}}),
    ("a list without entries", {"status_list": {"bits": 2}}),
    ("another width", {"status_list": {"bits": 3, "lst": BITS.compressed()}}),
    ("true for the width", {"status_list": {"bits": True, "lst": StatusBits.of({}, bits=1).compressed()}}),
    ("entries for another width", {"status_list": {"bits": 4, "lst": BITS.compressed()}}),
    ("no entries", {"status_list": {"bits": 2, "lst": b""}}),
    ("an aggregation", {"status_list": {"bits": 2, "lst": BITS.compressed(), "aggregation_uri": URI}}),
    ("another claim", {"iss": "https://license.example"}),
]


@pytest.mark.parametrize(("name", "change"), WRONG_CLAIMS)
def test_wrong_claims_are_refused_even_with_a_right_signature(
    name: str, change: dict[str, Any], forge: Forge, signer: SealCredential
) -> None:
    claims = claims_of() | change
    assert refusal(forge.cwt(as_cwt(claims)), signer) == "status.list-malformed", name
    assert refusal(forge.jwt(as_jwt(claims)), signer) == "status.list-malformed", name


@pytest.mark.parametrize("missing", ["sub", "iat", "exp", "ttl", "status_list"])
def test_no_claim_may_be_missing(missing: str, forge: Forge, signer: SealCredential) -> None:
    claims = {name: value for name, value in claims_of().items() if name != missing}
    assert refusal(forge.cwt(as_cwt(claims)), signer) == "status.list-malformed"
    assert refusal(forge.jwt(as_jwt(claims)), signer) == "status.list-malformed"


@pytest.mark.parametrize("bits", [1, 4, 8])
def test_lists_of_other_widths_are_read_too(bits: int, forge: Forge, signer: SealCredential) -> None:
    listed = StatusBits.of({7: 1}, bits=bits)
    claims = claims_of() | {"status_list": {"bits": bits, "lst": listed.compressed()}}
    for data in (forge.cwt(as_cwt(claims)), forge.jwt(as_jwt(claims))):
        assert [opened(data, signer).status(index) for index in (6, 7)] == [Status.VALID, Status.INVALID]


def cwt_spellings(forge: Forge) -> Iterator[tuple[str, bytes]]:
    """Other spellings of a right CWT, each with a right signature wherever that can be."""
    certificate, kind = forge.signer.certificate_der, "application/statuslist+cwt"
    claims = as_cwt(claims_of())
    right, payload = forge.cwt(claims), cbor2.dumps(claims, canonical=True)
    yield "trailing byte", right + b"\x00"
    yield "cut", right[:-1]
    yield "tag of a CWT", cbor2.dumps(cbor2.CBORTag(61, cbor2.loads(right)))
    yield "no tag", right[1:]
    yield "high s", forge.cwt(claims, low=False)
    yield "unprotected header", forge.cwt(claims, unprotected={4: b"12"})
    yield "other order of claims", forge.cwt(cbor2.dumps(dict(reversed(claims.items()))))
    yield "a claim twice", forge.cwt(bytes([payload[0] + 1]) + payload[1:] + cbor2.dumps(2) + cbor2.dumps(URI))
    yield "claims that are a list", forge.cwt([1])
    yield "a real number for a claim", forge.cwt({float(name): value for name, value in claims.items()})
    yield "other algorithm", forge.cwt(claims, {1: -35, 16: kind, 33: certificate})
    yield "MAC", forge.cwt(claims, {1: 5, 16: kind, 33: certificate})
    yield "no algorithm", forge.cwt(claims, {16: kind, 33: certificate})
    yield "other type", forge.cwt(claims, {1: -7, 16: "application/cwt", 33: certificate})
    yield "type of the JWT", forge.cwt(claims, {1: -7, 16: "application/statuslist+jwt", 33: certificate})
    yield "no type", forge.cwt(claims, {1: -7, 33: certificate})
    yield "no certificate", forge.cwt(claims, {1: -7, 16: kind})
    yield "two certificates", forge.cwt(claims, {1: -7, 16: kind, 33: [certificate, certificate]})
    yield "key id", forge.cwt(claims, {1: -7, 16: kind, 33: certificate, 4: b"12"})
    yield "critical", forge.cwt(claims, {1: -7, 16: kind, 33: certificate, 2: [4]})
    yield "deep nesting", b"\xd2" + b"\x81" * 5000
    yield "a huge array", b"\xd2\x9b\x00\x00\x00\x00\x40\x00\x00\x00"
    yield "large", b"\xd2" + bytes(MAX_TOKEN_BYTES)


def jwt_spellings(forge: Forge) -> Iterator[tuple[str, bytes]]:
    """Other spellings of a right JWT, each with a right signature wherever that can be."""
    chain = [base64.b64encode(forge.signer.certificate_der).decode()]
    claims = as_jwt(claims_of())
    right, payload = forge.jwt(claims), rfc8785.dumps(claims)
    lst = claims["status_list"]["lst"]
    yield "line's end", right + b"\n"
    yield "cut", right[:-1]
    yield "padding", right.replace(b".", b"=.", 1)
    yield "spaces", forge.jwt(json.dumps(claims).encode())
    yield "a claim twice", forge.jwt(payload[:-1] + b',"ttl":3600}')
    yield "a real number for a time", forge.jwt(payload.replace(b'"ttl":3600', b'"ttl":3600.0'))
    yield "claims that are a list", forge.jwt(b"[]")
    yield "no JSON", forge.jwt(b"{")
    yield "deep nesting", forge.jwt(b"[" * 100_000)
    yield "no number", forge.jwt(payload.replace(b'"ttl":3600', b'"ttl":NaN'))
    yield "half a surrogate pair", forge.jwt(payload.replace(b"https", b"\\ud800"))
    for other in (lst + "=", lst[:-1] + " ", lst[:8] + "+" + lst[9:], lst + "A", lst + "é"):
        yield f"list {other[-3:]}", forge.jwt({**claims, "status_list": {"bits": 2, "lst": other}})
    yield "bytes of another list", forge.jwt({**claims, "status_list": {"bits": 2, "lst": b64(b"nonsense")}})
    yield "other algorithm", forge.jwt(claims, {"alg": "HS256", "typ": "statuslist+jwt", "x5c": chain})
    yield "no algorithm", forge.jwt(claims, {"alg": "none", "typ": "statuslist+jwt", "x5c": chain})
    yield "other type", forge.jwt(claims, {"alg": "ES256", "typ": "JWT", "x5c": chain})
    yield "whole media type", forge.jwt(claims, {"alg": "ES256", "typ": "application/statuslist+jwt", "x5c": chain})
    yield "no certificate", forge.jwt(claims, {"alg": "ES256", "typ": "statuslist+jwt", "kid": "12"})
    yield "empty", b""
    yield "a licence list", forge.jwt(claims, {"alg": "ES256", "typ": "license-trust-list+jws", "x5c": chain})
    yield "large", b"e" * (MAX_TOKEN_BYTES + 1)


@pytest.mark.parametrize("spellings", [cwt_spellings, jwt_spellings])
def test_another_spelling_is_refused(
    spellings: Callable[[Forge], Iterator[tuple[str, bytes]]], forge: Forge, signer: SealCredential
) -> None:
    for name, data in spellings(forge):
        assert refusal(data, signer) == "status.list-malformed", name


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_a_changed_byte_anywhere_is_refused(sign: Sign, signer: SealCredential) -> None:
    data = signed(sign, signer)
    for position in range(0, len(data), 3):
        other = b"A" if data[position : position + 1] != b"A" else b"B"
        code = refusal(data[:position] + other + data[position + 1 :], signer)
        assert code in {"status.list-malformed", "status.list-signature"}, position


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused_in_our_own_words(signer: SealCredential, data: bytes) -> None:
    assert refusal(data, signer) == "status.list-malformed"
    assert refusal(b"\xd2" + data, signer) == "status.list-malformed"


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
@pytest.mark.parametrize(
    "changed", [{"ttl_seconds": 0}, {"ttl_seconds": 86401}, {"expires_at": NOON}, {"expires_at": NOON - timedelta(1)}]
)
def test_a_list_that_nobody_would_accept_is_not_signed(
    sign: Sign, changed: dict[str, Any], signer: SealCredential
) -> None:
    with pytest.raises(ValueError, match="status list"):
        signed(sign, signer, **changed)


@pytest.mark.parametrize("sign", [sign_cwt, sign_jwt])
def test_an_expired_certificate_signs_no_list(sign: Sign, make_signer: Callable[..., SealCredential]) -> None:
    with pytest.raises(KeyLoadError) as caught:
        signed(sign, make_signer(7, begins=NOON - timedelta(days=30), days=29))
    assert caught.value.code == "key.certificate-expired"
