"""The proof in the QR: one encoding, strict decoding. Single spellings, right and wrong, are in tests/vectors/codes."""

import hashlib
from datetime import date, timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from proofs.workshop import (
    DIGEST,
    FIRST,
    HEAD,
    IDENTIFIER,
    KEY,
    KEY_ID,
    LAST,
    LICENSE,
    PUBLIC,
    canonical,
    changed,
    claims_of,
    make,
    old_claims,
    old_text_of,
    sign,
    text_of,
    token,
    token_of,
)

from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier
from license_lib.qr import QrError, QrProof, decode, is_proof, proofs_among
from license_lib.status import LIST_SIZE, LONGEST, StatusRef

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
DAYS = st.dates(date(1949, 10, 1), date(9999, 12, 30))


def test_what_goes_in_comes_out() -> None:
    proof = decode(make())
    assert (proof.identifier, proof.digest, proof.key_id) == (IDENTIFIER, DIGEST, KEY_ID)
    assert (proof.issued_on, proof.valid_from, proof.valid_until) == (FIRST, FIRST, LAST)
    assert proof.public == PUBLIC
    KEY.public_key().verify(proof.signature, proof.signed, ec.ECDSA(hashes.SHA256()))


@given(
    issued_on=DAYS,
    valid_from=DAYS,
    valid_until=st.none() | DAYS,
    digest=st.binary(min_size=32, max_size=32),
    public=st.dictionaries(st.text("ABCXYZ_09", min_size=1, max_size=24), TEXTS, max_size=4),
    key_id=st.binary(min_size=8, max_size=8),
    status=st.none() | st.builds(StatusRef, st.integers(1, 999_999), st.integers(0, LIST_SIZE - 1)),
    serial=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=7, max_size=32),
)
def test_whatever_goes_in_comes_out(serial: str, **said: object) -> None:
    said["identifier"] = LicenseIdentifier.build(IDENTIFIER.type_code, IDENTIFIER.issuer, serial)
    try:
        text = make(**said)
    except InputError as error:
        assert error.code == "qr.id-number"  # noqa: PT017 -- chance may write one
        return
    proof = decode(text)
    assert {name: getattr(proof, name) for name in said} == said


def test_the_same_licence_has_the_same_code() -> None:
    assert make() == make()


def test_a_key_without_deterministic_nonces_gives_codes_in_the_low_form_too() -> None:
    """A hardware key draws a nonce for each signature, and takes the high form every other time."""

    def drawing(data: bytes) -> bytes:
        return KEY.sign(data, ec.ECDSA(hashes.SHA256()))

    for _ in range(24):  # all in the low form by chance: once in 16 million
        proof = decode(make(sign=drawing))
        KEY.public_key().verify(proof.signature, proof.signed, ec.ECDSA(hashes.SHA256()))


def test_a_licence_without_end_has_no_expiry_claim() -> None:
    assert decode(make(valid_until=None)).valid_until is None
    assert set(claims_of(make())) - set(claims_of(make(valid_until=None))) == {4}


def test_a_beginning_is_said_only_where_it_is_not_the_day_of_issue() -> None:
    assert 5 not in claims_of(make())
    assert decode(make(valid_from=FIRST + timedelta(days=1))).valid_from == FIRST + timedelta(days=1)


@pytest.mark.parametrize("place", [StatusRef(1, 0), StatusRef(7, 5), LONGEST])
def test_a_place_in_a_status_list_comes_out_again(place: StatusRef) -> None:
    assert decode(make(status=place)).status == place
    assert len(make(status=place)) - len(make(status=None)) <= 28


def test_a_text_takes_the_shorter_of_two_encodings() -> None:
    written = claims_of(
        make(public={"CZZT": "样例·甲", "ZZBH": "字〔2026〕1号", "KZ_A": "é", "KZ_B": "", "KZ_C": "𠮷样"})
    )
    assert written[LICENSE][2] == {
        "CZZT": "样例·甲".encode("gbk"),
        "ZZBH": "字〔2026〕1号".encode("gbk"),
        "KZ_A": "é",
        "KZ_B": "",
        "KZ_C": "𠮷样",
    }


def test_the_text_is_a_url_whose_fragment_is_one_number() -> None:
    head, fragment = make().split("#")
    assert head == "HTTPS://LICENSE.EXAMPLE/V"
    assert set(fragment) <= set("0123456789")


def test_codes_from_before_version_3_say_what_they_said() -> None:
    first = old_text_of(token(canonical({**old_claims(), LICENSE: [1, DIGEST, {**PUBLIC}]})))
    assert (
        hashlib.sha256(first.encode()).hexdigest() == "8e74a44d198eb8cfcb4154276b7448d8a58efce6bf5a9319f87631da6e8098aa"
    ), "the code that version 1 made of this licence, to the byte"
    second = old_text_of(token(canonical(old_claims(2, [3, 887307]))))
    assert decode(second).status == StatusRef(3, 887307)
    assert decode(first).status is None
    for text in (first, second):
        old, new = decode(text), decode(make())
        assert (old.identifier, old.public, old.valid_until) == (new.identifier, new.public, new.valid_until)
        KEY.public_key().verify(old.signature, old.signed, ec.ECDSA(hashes.SHA256()))


def test_an_id_number_never_stands_in_a_code() -> None:
    for number in ("11010519491231002X", "440524188001010014", "911398199012310021", "KAZ110090123105"):
        with pytest.raises(InputError) as caught:
            make(public={"ZZBH": number})
        assert caught.value.code == "qr.id-number"
        assert number not in str(caught.value)


def test_what_no_code_could_give_back_is_refused() -> None:
    longest = make(public={"CZZT": "A" * 652})
    assert decode(longest).public == {"CZZT": "A" * 652}
    with pytest.raises(InputError) as caught:
        make(public={"CZZT": "A" * 653})
    assert caught.value.code == "qr.unencodable"


@pytest.mark.parametrize(
    "text",
    ["", "https://example.com", HEAD, "WIFI:S:x;;", "#ABC", "x" * 5000, HEAD + "1" * 2049, f"{HEAD}１２", f"{HEAD}AB1"],
)
def test_other_texts_are_foreign(text: str) -> None:
    assert not is_proof(text)
    with pytest.raises(QrError) as caught:
        decode(text)
    assert caught.value.code == "qr.foreign"


@pytest.mark.parametrize(("fragment", "counts"), [("1" * 228, 0), ("1" * 229, 1), ("K" * 153, 0), ("K" * 154, 1)])
def test_a_text_with_no_room_for_digest_and_signature_is_no_code_of_a_licence(fragment: str, counts: int) -> None:
    """Else a code of 21 modules a side might be one, and those are made of less."""
    assert is_proof(HEAD + fragment)
    assert len(proofs_among([HEAD + fragment, "https://example.com", make()])) == counts + 1


def test_every_changed_character_is_refused_or_breaks_the_signature() -> None:
    text = make()
    start = text.index("#") + 1
    for position in range(start, len(text)):
        for replacement in "07":
            if text[position] == replacement:
                continue
            other = text[:position] + replacement + text[position + 1 :]
            assert not is_sound(other), f"position {position}"


def is_sound(text: str) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        proof = decode(text)
        KEY.public_key().verify(proof.signature, proof.signed, ec.ECDSA(hashes.SHA256()))
    except (QrError, InvalidSignature):
        return False
    return True


@given(st.binary(min_size=45, max_size=400))
def test_any_bytes_are_refused_in_our_own_words(data: bytes) -> None:
    for text in (text_of(data), old_text_of(data)):
        with pytest.raises(QrError):
            decode(text)


@given(st.text(max_size=300))
def test_any_text_is_refused_in_our_own_words(text: str) -> None:
    with pytest.raises(QrError):
        decode(text)


ITEMS = st.recursive(
    st.integers(-(2**70), 2**70)
    | st.binary(max_size=60)
    | st.text(max_size=30)
    | st.none()
    | st.booleans()
    | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-70000, 20) | st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([1, 2, 4, 5, 6, 7, LICENSE]), ITEMS, max_size=7))
def test_any_claims_are_read_in_one_spelling_or_refused(other: dict[object, object]) -> None:
    """What a signer may have signed by mistake: whatever is read, is what the code of the same values says."""
    text = changed(other)
    try:
        proof = decode(text)
    except QrError:
        return
    names = ("identifier", "issued_on", "valid_from", "valid_until", "digest", "public", "key_id", "status")
    assert make(**{name: getattr(proof, name) for name in names}) == text


def test_a_proof_is_a_frozen_value() -> None:
    proof = decode(make())
    assert isinstance(proof, QrProof)
    with pytest.raises(AttributeError):
        proof.digest = b""  # type: ignore[misc]  # that it cannot be done is the test


def test_signed_bytes_are_the_standard_s() -> None:
    """`Sig_structure` (RFC 9052 §4.4) is put together by hand for speed; cbor2 writes the same."""
    for size in (0, 23, 24, 255, 256, 300):
        made = token(bytes(size))
        from license_lib.cose import open_sign1

        parts = cbor2.loads(made).value
        assert open_sign1(made).signed == canonical(["Signature1", parts[0], b"", parts[2]])
    assert token_of(make())[0] == 0xD2
    assert sign(b"x") == sign(b"x")
