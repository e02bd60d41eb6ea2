"""BER made DER: the examples of ITU-T X.690 §8, and whatever asn1crypto packs loosely."""

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from signing import ber, der
from signing.der import DerError

SAME_STRING = der.tlv(der.OCTET_STRING, b"abcdef")
EXAMPLES = {
    # X.690 §8.1.3.5: the length of 201 octets in its long form, and longer than it need be
    "long length": (b"\x04\x81\x06abcdef", SAME_STRING),
    "longer length": (b"\x04\x84\0\0\0\x06abcdef", SAME_STRING),
    # §8.1.3.6, §8.7.3: parts, of definite and of indefinite length, one within the other
    "parts": (b"\x24\x0a\x04\x02ab\x04\x04cdef", SAME_STRING),
    "parts without a length": (b"\x24\x80\x04\x03abc\x04\x03def\0\0", SAME_STRING),
    "parts of parts": (b"\x24\x80\x24\x80\x04\x03abc\0\0\x04\x03def\0\0", SAME_STRING),
    "a sequence without a length": (b"\x30\x80\x02\x01\x05\x01\x01\xff\0\0", b"\x30\x06\x02\x01\x05\x01\x01\xff"),
    "tagged": (b"\xa0\x80\x02\x01\x05\0\0", b"\xa0\x03\x02\x01\x05"),
    "a set keeps its order": (b"\x31\x80\x02\x01\x09\x02\x01\x01\0\0", b"\x31\x06\x02\x01\x09\x02\x01\x01"),
    "nothing": (b"\x30\x80\0\0", b"\x30\0"),
}


@pytest.mark.parametrize(("loose", "strict"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_one_value_has_one_encoding(loose: bytes, strict: bytes) -> None:
    assert ber.to_der(loose) == (strict, len(loose))
    assert ber.to_der(loose + bytes(7)) == (strict, len(loose)), "what follows is not part of it"
    assert ber.to_der(strict) == (strict, len(strict))


def test_an_outside_reader_reads_the_same() -> None:
    loose = core.load(EXAMPLES["parts without a length"][0])
    assert loose.native == core.load(SAME_STRING).native == b"abcdef"


WRONG = {
    "nothing": b"",
    "half a header": b"\x30",
    "cut short": b"\x04\x05abc",
    "no end": b"\x30\x80\x02\x01\x05",
    "an end too early": b"\x30\x04\0\0\x02",
    "longer than the one around it": b"\x30\x03\x04\x05abc",
    "a length of nine octets": b"\x04\x89" + bytes(8) + b"\x01a",
    "a length that is cut short": b"\x04\x84\0\0",
    "a high tag": b"\x1f\x1f\x01a",
    "a plain value without a length": b"\x04\x80ab\0\0",
    "a bit string in parts": b"\x23\x80\x03\x02\0a\0\0",
    "nested without end": b"\x30\x80" * 40 + bytes(80),
}


@pytest.mark.parametrize("loose", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_value_is_refused(loose: bytes) -> None:
    with pytest.raises(DerError):
        ber.to_der(loose)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_value_or_none(data: bytes) -> None:
    try:
        value, used = ber.to_der(data)
    except DerError:
        return
    assert used <= len(data)
    assert ber.to_der(value) == (value, len(value))
