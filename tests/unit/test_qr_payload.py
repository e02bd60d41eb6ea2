"""The proof in the QR: one encoding, strict decoding, judged by an independent COSE library."""

import base64
import hashlib
from datetime import date

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier
from license_lib.qr import QrError, QrProof, decode, encode, is_proof
from license_lib.status import LIST_SIZE, LONGEST, StatusRef

KEY = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
IDENTIFIER = LicenseIdentifier.build("11100000MB0143028R001", "11620400000000102W", "2026112200000001")
DIGEST = bytes(range(32))


def sign(data: bytes) -> bytes:
    return KEY.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def make(**changed: object) -> str:
    arguments: dict[str, object] = {
        "identifier": IDENTIFIER,
        "issued_on": date(2026, 11, 22),
        "valid_from": date(2026, 11, 22),
        "valid_until": date(2031, 11, 21),
        "digest": DIGEST,
        "public": {"CZZT": "白银市样例商贸有限公司", "ZZBH": "91620100719023721L"},
        "key_id": b"12345678",
        "sign": sign,
        "base_url": "https://license.example",
    }
    return encode(**{**arguments, **changed})  # type: ignore[arg-type]  # one place builds all variants


def token_of(text: str) -> bytes:
    fragment = text.split("#")[1]
    return base64.b32decode(fragment + "=" * (-len(fragment) % 8))


def text_of(token: bytes) -> str:
    return "HTTPS://LICENSE.EXAMPLE/V#" + base64.b32encode(token).decode().rstrip("=")


def resigned(payload: bytes, protected: bytes | None = None) -> str:
    """A proof over other bytes with a right signature: only strict decoding can refuse it."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    header = protected if protected is not None else cbor2.dumps({1: -7, 4: b"12345678"}, canonical=True)
    r, s = decode_dss_signature(sign(cbor2.dumps(["Signature1", header, b"", payload], canonical=True)))
    raw = r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")
    return text_of(cbor2.dumps(cbor2.CBORTag(18, [header, {}, payload, raw]), canonical=True))


def claims() -> dict[object, object]:
    read: dict[object, object] = cbor2.loads(cbor2.loads(token_of(make())).value[2])
    return read


def test_what_goes_in_comes_out() -> None:
    proof = decode(make())
    assert (proof.identifier, proof.digest, proof.key_id) == (IDENTIFIER, DIGEST, b"12345678")
    assert (proof.issued_on, proof.valid_from, proof.valid_until) == (
        date(2026, 11, 22),
        date(2026, 11, 22),
        date(2031, 11, 21),
    )
    assert proof.public == {"CZZT": "白银市样例商贸有限公司", "ZZBH": "91620100719023721L"}
    KEY.public_key().verify(proof.signature, proof.signed, ec.ECDSA(hashes.SHA256()))


def test_a_licence_without_end_has_no_expiry_claim() -> None:
    assert decode(make(valid_until=None)).valid_until is None


@pytest.mark.parametrize("place", [StatusRef(1, 0), StatusRef(7, 5), LONGEST])
def test_a_place_in_a_status_list_comes_out_again(place: StatusRef) -> None:
    assert decode(make(status=place)).status == place
    assert len(make(status=place)) - len(make()) <= 18


def test_without_a_place_the_proof_is_spelt_as_ever() -> None:
    assert decode(make()).status is None
    assert cbor2.loads(cbor2.loads(token_of(make())).value[2])[-65537][0] == 1
    assert (
        hashlib.sha256(make().encode()).hexdigest()
        == "8e74a44d198eb8cfcb4154276b7448d8a58efce6bf5a9319f87631da6e8098aa"
    )


def test_the_text_is_a_url_of_qr_alphanumeric_characters_but_for_the_fragment_mark() -> None:
    text = make()
    assert text.startswith("HTTPS://LICENSE.EXAMPLE/V#")
    assert set(text.replace("#", "")) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_an_independent_cose_library_accepts_it() -> None:
    key = cwt.COSEKey.from_pem(
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), alg="ES256", kid=b"12345678"
    )
    payload = cbor2.loads(cwt.COSE.new().decode(token_of(make()), key))
    assert payload[2] == IDENTIFIER.compact()


def test_an_id_number_never_stands_in_a_code() -> None:
    for number in ("11010519491231002X", "440524188001010014", "911398199012310021", "KAZ110090123105"):
        with pytest.raises(InputError) as caught:
            make(public={"ZZBH": number})
        assert caught.value.code == "qr.id-number"
        assert number not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "https://example.com", "HTTPS://LICENSE.EXAMPLE/V#", "WIFI:S:x;;", "#ABC", "x" * 5000]
)
def test_other_texts_are_foreign(text: str) -> None:
    assert not is_proof(text)
    with pytest.raises(QrError) as caught:
        decode(text)
    assert caught.value.code == "qr.foreign"


def test_every_changed_character_is_refused_or_breaks_the_signature() -> None:
    text = make()
    start = text.index("#") + 1
    for position in range(start, len(text)):
        for replacement in "A7":
            if text[position] == replacement:
                continue
            changed = text[:position] + replacement + text[position + 1 :]
            assert not is_sound(changed), f"position {position}"


def is_sound(text: str) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        proof = decode(text)
        KEY.public_key().verify(proof.signature, proof.signed, ec.ECDSA(hashes.SHA256()))
    except (QrError, InvalidSignature):
        return False
    return True


def test_the_other_form_of_the_same_signature_is_refused() -> None:
    tagged = cbor2.loads(token_of(make()))
    raw = tagged.value[3]
    high = raw[:32] + (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    changed = cbor2.dumps(cbor2.CBORTag(18, [*tagged.value[:3], high]), canonical=True)
    with pytest.raises(QrError, match="low-s"):
        decode(text_of(changed))


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("trailing byte", token_of(make()) + b"\x00"),
        ("indefinite length", b"\xd2\x9f" + token_of(make())[2:] + b"\xff"),
        ("other tag", b"\xd1" + token_of(make())[1:]),
        ("no tag", token_of(make())[1:]),
        ("empty", b""),
        ("deep nesting", b"\x81" * 900),
        ("truncated", token_of(make())[:-1]),
    ],
)
def test_another_spelling_is_refused(name: str, token: bytes) -> None:
    with pytest.raises(QrError) as caught:
        decode(text_of(token))
    assert caught.value.code in {"qr.malformed", "qr.foreign"}, name


def test_lower_case_and_padding_are_refused() -> None:
    text = make()
    head, fragment = text.split("#")
    for changed in (f"{head}#{fragment.lower()}", f"{head}#{fragment}=", f"{head}#{fragment[:-1]}"):
        with pytest.raises(QrError):
            decode(changed)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("float date", {5: 1.5}),
        ("boolean date", {6: True}),
        ("date inside a day", {5: 1}),
        ("date out of range", {6: 2**62}),
        ("other claim", {7: b"x"}),
        ("text for the identifier", {2: "nonsense"}),
        ("number for the identifier", {2: 5}),
        ("short digest", {-65537: [1, b"x", {}]}),
        ("number as public value", {-65537: [1, DIGEST, {"CZZT": 5}]}),
        ("number as public key", {-65537: [1, DIGEST, {5: "x"}]}),
        ("no list", {-65537: 7}),
        ("true for the version", {-65537: [True, DIGEST, {}]}),
        ("a real number for the version", {-65537: [1.0, DIGEST, {}]}),
        ("a place, and the version that has none", {-65537: [1, DIGEST, {}, [1, 5]]}),
        ("no place, and the version that has one", {-65537: [2, DIGEST, {}]}),
        ("two places", {-65537: [2, DIGEST, {}, [1, 5], [1, 6]]}),
        ("a place that is none", {-65537: [2, DIGEST, {}, None]}),
        ("half a place", {-65537: [2, DIGEST, {}, [1]]}),
        ("true for a list", {-65537: [2, DIGEST, {}, [True, 5]]}),
        ("a real number for an index", {-65537: [2, DIGEST, {}, [1, 5.0]]}),
        ("list 0", {-65537: [2, DIGEST, {}, [0, 5]]}),
        ("an index behind the list", {-65537: [2, DIGEST, {}, [1, LIST_SIZE]]}),
    ],
)
def test_wrong_claims_are_refused_even_with_a_right_signature(name: str, change: dict[object, object]) -> None:
    payload = cbor2.dumps({**claims(), **change}, canonical=True)
    with pytest.raises(QrError) as caught:
        decode(resigned(payload))
    assert caught.value.code == "qr.malformed", name


@pytest.mark.parametrize("key", [2.0, 4.0, 5.0, 6.0])
def test_a_key_that_is_only_equal_to_a_number_is_refused(key: float) -> None:
    """Python takes 2.0 for 2 and true for 1, but a proof has one spelling."""
    respelt = {float(name) if name == key else name: value for name, value in claims().items()}
    with pytest.raises(QrError, match="claims"):
        decode(resigned(cbor2.dumps(respelt, canonical=True)))


def test_a_duplicate_key_is_refused_even_with_a_right_signature() -> None:
    body = cbor2.dumps(claims(), canonical=True)
    doubled = bytes([body[0] + 1]) + body[1:] + cbor2.dumps(2) + cbor2.dumps(IDENTIFIER.compact())
    with pytest.raises(QrError, match="deterministic"):
        decode(resigned(doubled))


def test_a_newer_version_is_told_apart_from_a_broken_one() -> None:
    payload = cbor2.dumps({**claims(), -65537: [3, {}, {}, {}]}, canonical=True)
    with pytest.raises(QrError) as caught:
        decode(resigned(payload))
    assert caught.value.code == "qr.version"


@pytest.mark.parametrize(
    "header",
    [
        {1: -8, 4: b"12345678"},
        {1: -7},
        {1: -7, 4: b"1"},
        {1: -7, 4: b"12345678", 2: [1]},
        {},
        {True: -7, 4: b"12345678"},
        {1: -7, 4.0: b"12345678"},
    ],
)
def test_other_protected_headers_are_refused(header: dict[object, object]) -> None:
    payload = cbor2.dumps(claims(), canonical=True)
    with pytest.raises(QrError):
        decode(resigned(payload, cbor2.dumps(header, canonical=True)))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_our_own_words(token: bytes) -> None:
    with pytest.raises(QrError):
        decode(text_of(token))


@given(st.text(max_size=300))
def test_any_text_is_refused_in_our_own_words(text: str) -> None:
    with pytest.raises(QrError):
        decode(text)


def test_a_proof_is_a_frozen_value() -> None:
    proof = decode(make())
    assert isinstance(proof, QrProof)
    with pytest.raises(AttributeError):
        proof.digest = b""  # type: ignore[misc]  # that it cannot be done is the test
