"""A font file put together from its tables (ISO/IEC 14496-22, 4.3 and 4.4)."""

import struct
from collections.abc import Mapping

_MAGIC = 0xB1B0AFBA
Summed = tuple[bytes, int]
"""A table, and the sum of its 32-bit words."""


def assembled(tables: Mapping[str, Summed]) -> bytes:
    """The file of these tables.

    Args:
        tables: by tag, with their sums; `head` with zeros for the sum of the whole file.
    """
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = [struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)]
    body: list[bytes] = []
    at, head, whole = 12 + 16 * count, 0, 0
    for tag, (data, words) in sorted(tables.items()):
        head = at if tag == "head" else head
        directory.append(struct.pack(">4sLLL", tag.encode(), words & 0xFFFFFFFF, at, len(data)))
        body += [data, bytes(-len(data) % 4)]
        whole += words
        at += len(data) + -len(data) % 4
    begin = b"".join(directory)
    font = bytearray(b"".join([begin, *body]))
    struct.pack_into(">L", font, head + 8, (_MAGIC - whole - word_sum(begin)) & 0xFFFFFFFF)
    return bytes(font)


def summed(table: bytes) -> Summed:
    """A table with its sum."""
    return table, word_sum(table + bytes(-len(table) % 4))


def word_sum(data: bytes) -> int:
    """The sum of whole 32-bit words."""
    return sum(struct.unpack(f">{len(data) // 4}L", data))
