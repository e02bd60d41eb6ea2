"""DER is written in its one form and nothing else is read."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import der


@given(st.integers(min_value=-(2**200), max_value=2**200))
def test_integers_survive(value: int) -> None:
    assert der.read(der.integer(value)).as_integer() == value


@pytest.mark.parametrize(
    ("value", "encoded"), [(0, "020100"), (127, "02017f"), (128, "02020080"), (-1, "0201ff"), (-128, "020180")]
)
def test_integers_take_the_fewest_octets(value: int, encoded: str) -> None:
    assert der.integer(value).hex() == encoded


@pytest.mark.parametrize(
    ("dotted", "encoded"),
    [
        ("1.2.840.113549.1.7.2", "06092a864886f70d010702"),
        ("2.5.4.97", "0603550461"),
        ("2.999.3", "0603883703"),
        ("1.2.840.10045.4.3.2", "06082a8648ce3d040302"),
    ],
)
def test_identifiers_known_from_standards(dotted: str, encoded: str) -> None:
    assert der.oid(dotted).hex() == encoded
    assert der.read(bytes.fromhex(encoded)).as_oid() == dotted


def test_identifiers_with_a_uuid_survive() -> None:
    dotted = "2.25.222766772181016861005316981116750895874"
    assert der.read(der.oid(dotted)).as_oid() == dotted


@given(st.datetimes(min_value=datetime(1951, 1, 1), max_value=datetime(2999, 1, 1)))  # noqa: DTZ001 - the strategy adds UTC
def test_times_are_cut_to_seconds(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    assert der.read(der.generalized_time(moment)).as_time() == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    "text", ["20260301000000", "20260301000000+0800", "20260301000000.Z", "20260301000000.50Z", "20261301000000Z"]
)
def test_times_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(der.DerError):
        der.read(der.tlv(der.GENERALIZED_TIME, text.encode("ascii"))).as_time()


def test_times_with_a_fraction_are_read() -> None:
    node = der.read(der.tlv(der.GENERALIZED_TIME, b"20260301000000.25Z"))
    assert node.as_time() == datetime(2026, 3, 1, 0, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "30",
        "3080020100 0000".replace(" ", ""),
        "30810302 0100".replace(" ", ""),
        "3082000302 0100".replace(" ", ""),
        "300302010000",
        "3003020100ff",
        "30040201",
        "1f8101 00".replace(" ", ""),
        "30850000000000",
        "04820080" + 128 * "00",
    ],
    ids=[
        "empty",
        "cut",
        "indefinite",
        "long-form",
        "padded-length",
        "tail",
        "tail-2",
        "short",
        "high-tag",
        "huge",
        "padded-octets",
    ],
)
def test_other_encodings_are_refused(encoded: str) -> None:
    with pytest.raises(der.DerError):
        der.read(bytes.fromhex(encoded))


@pytest.mark.parametrize("encoded", ["0200", "02020001", "0202ff80"])
def test_padded_integers_are_refused(encoded: str) -> None:
    with pytest.raises(der.DerError):
        der.read(bytes.fromhex(encoded)).as_integer()


@pytest.mark.parametrize("encoded", ["0600", "060180", "06032a8680", "06048001f70d", "06032a8001"])
def test_padded_identifiers_are_refused(encoded: str) -> None:
    with pytest.raises(der.DerError):
        der.read(bytes.fromhex(encoded)).as_oid()


def test_identifiers_have_an_end() -> None:
    """Arithmetic on one arc grows with its square: 700,000 octets would take minutes."""
    longest = "2.25." + str(2**128 - 1)
    assert der.read(der.oid(longest)).as_oid() == longest
    with pytest.raises(der.DerError, match="too long"):
        der.read(der.tlv(der.OBJECT_IDENTIFIER, b"\x2a" + b"\x81" * 64 + b"\x01")).as_oid()


def test_sets_are_ordered_by_encoding() -> None:
    assert der.set_of(b"\x02\x01\x05", b"\x01\x01\xff").hex() == "31060101ff020105"


@given(st.binary(max_size=70_000))
def test_any_content_survives(content: bytes) -> None:
    assert der.read(der.tlv(der.OCTET_STRING, content)).content == content


@given(st.binary(max_size=64))
def test_random_bytes_are_refused_or_have_this_one_encoding(data: bytes) -> None:
    try:
        node = der.read(data)
    except der.DerError:
        return
    assert der.tlv(node.tag, node.content) == data
    for look in (lambda: node.members(node.tag), node.as_oid):
        with suppress(der.DerError):
            look()
