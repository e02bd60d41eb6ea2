"""DER (ITU-T X.690 §10) written and read strictly: one value has one encoding, and any other encoding is refused.

Small on purpose. Signature containers come from strangers; a reader that accepts BER lets one signature be written in
many ways, and general-purpose readers are also the slowest part of signing and validation.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31
_SHORT: Final = 0x80
_LONGEST_IDENTIFIER: Final = 64
"""Octets. An arc of a whole UUID (ITU-T X.667) takes 19."""


class DerError(ValueError):
    """The bytes are not DER, or not of the expected shape."""


def tlv(tag: int, *parts: bytes) -> bytes:
    """Encode one value: tag, minimal definite length, content.

    Args:
        tag: the identifier octet (low tag numbers only).
        parts: the content octets, joined in the given order.

    Returns:
        The DER encoding.
    """
    content = b"".join(parts)
    size = len(content)
    if size < _SHORT:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(octets))) + octets + content


def set_of(*members: bytes, tag: int = SET) -> bytes:
    """Encode a SET OF: members in the order of their encodings (X.690 §11.6)."""
    return tlv(tag, *sorted(members))


def integer(value: int) -> bytes:
    """Encode an INTEGER in the fewest octets."""
    return tlv(INTEGER, value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True))


@lru_cache(maxsize=256)
def oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER from its dotted form; arcs may be of any size (`2.25.` + a UUID)."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        remaining = arc >> 7
        while remaining:
            groups.append(0x80 | remaining & 0x7F)
            remaining >>= 7
        content.extend(reversed(groups))
    return tlv(OBJECT_IDENTIFIER, bytes(content))


def generalized_time(moment: datetime) -> bytes:
    """Encode a moment as GeneralizedTime in UTC, whole seconds (later digits are cut, never rounded up)."""
    return tlv(GENERALIZED_TIME, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode("ascii"))


class Node(NamedTuple):
    """One decoded value. Its members are decoded when asked for.

    Attributes:
        tag: identifier octet.
        content: content octets.
        raw: the whole encoding, header included.
    """

    tag: int
    content: bytes
    raw: bytes

    def expect(self, tag: int) -> "Node":
        """Return self, or refuse if the tag differs."""
        if self.tag != tag:
            raise DerError(f"expected tag {tag:#04x}, found {self.tag:#04x}")
        return self

    def members(self, tag: int, *counts: int) -> tuple["Node", ...]:
        """Decode the members of a constructed value of this tag; `counts` are the allowed numbers of them."""
        self.expect(tag)
        content, found, position = self.content, [], 0
        while position < len(content):
            start, end, kind = _header(content, position)
            found.append(Node(kind, content[start:end], content[position:end]))
            position = end
        if counts and len(found) not in counts:
            raise DerError(f"expected {counts} members, found {len(found)}")
        return tuple(found)

    def as_integer(self) -> int:
        """Read an INTEGER; a padded one is refused."""
        content = self.expect(INTEGER).content
        if not content or (len(content) > 1 and (content[0], content[1] & _SHORT) in {(0x00, 0x00), (0xFF, _SHORT)}):
            raise DerError("INTEGER is not minimal")
        return int.from_bytes(content, "big", signed=True)

    def as_oid(self) -> str:
        """Read an OBJECT IDENTIFIER as dotted text."""
        content = self.expect(OBJECT_IDENTIFIER).content
        if len(content) > _LONGEST_IDENTIFIER and not content[-1] & 0x80:
            raise DerError("OBJECT IDENTIFIER is too long")
        return _dotted(content)

    def as_time(self) -> datetime:
        """Read a GeneralizedTime in UTC, with or without a fraction (X.690 §11.7)."""
        text = self.expect(GENERALIZED_TIME).content.decode("ascii", "replace")
        whole, _, fraction = text.removesuffix("Z").partition(".")
        digits = whole + fraction
        if not text.endswith("Z") or not (digits.isascii() and digits.isdigit()) or len(whole) != len("YYYYMMDDHHMMSS"):
            raise DerError("GeneralizedTime is not in UTC form")
        if text.removesuffix("Z") != whole and (not fraction or fraction.endswith("0")):
            raise DerError("GeneralizedTime has a padded fraction")
        try:
            date = (int(whole[:4]), int(whole[4:6]), int(whole[6:8]))
            moment = datetime(*date, int(whole[8:10]), int(whole[10:12]), int(whole[12:14]), tzinfo=UTC)
        except ValueError as error:
            raise DerError("GeneralizedTime is no date") from error
        return moment.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else moment


def read(data: bytes) -> Node:
    """Decode exactly one DER value that fills `data`.

    Raises:
        DerError: BER instead of DER, a cut value, something behind it.
    """
    start, end, tag = _header(data, 0)
    if end != len(data):
        raise DerError("bytes follow the value")
    return Node(tag, data[start:end], data)


def encoded_length(data: bytes) -> int:
    """Tell how many octets the first value in `data` occupies, header included."""
    return _header(data, 0)[1]


def _header(data: bytes, offset: int) -> tuple[int, int, int]:
    """Read tag and length; return where the content starts and ends, and the tag."""
    if len(data) - offset < 2:  # noqa: PLR2004 - a header is at least two octets
        raise DerError("value is cut short")
    tag, first = data[offset], data[offset + 1]
    if tag & 0x1F == 0x1F:  # noqa: PLR2004 - the escape for high tag numbers, which nothing here uses
        raise DerError("high tag number")
    start = offset + 2
    size = first
    if first & _SHORT:
        count = first & 0x7F
        octets = data[start : start + count]
        start += count
        size = int.from_bytes(octets, "big")
        if not 1 <= count <= 4 or len(octets) < count or not octets[0] or size < _SHORT:  # noqa: PLR2004 - 4 octets reach 4 GiB
            raise DerError("length is not minimal and definite")
    if start + size > len(data):
        raise DerError("value is cut short")
    return start, start + size, tag


@lru_cache(maxsize=256)
def _dotted(content: bytes) -> str:
    if not content or content[-1] & 0x80:
        raise DerError("OBJECT IDENTIFIER is cut short")
    arcs: list[int] = []
    arc = 0
    fresh = True
    for octet in content:
        if fresh and octet == _SHORT:
            raise DerError("OBJECT IDENTIFIER is not minimal")
        arc = arc << 7 | octet & 0x7F
        fresh = not octet & 0x80
        if fresh:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(number) for number in (first, arcs[0] - 40 * first, *arcs[1:]))
