"""A photograph without what a camera writes beside the picture: place, time, device (ISO/IEC 10918-1 B.1.1)."""

import re
from collections.abc import Iterator

from license_lib.errors import InputError

MAX_PHOTO_BYTES = 5_000_000
"""Larger photographs are refused unread."""

_START, _END = b"\xff\xd8", b"\xff\xd9"
_METADATA = frozenset({*range(0xE0, 0xF0), 0xFE})  # application data, comments
_JFIF, _ADOBE = b"\xff\xe0\x00\x10JFIF\0", b"\xff\xee\x00\x0eAdobe"
"""How to read the colours: the beginnings of segments without thumbnail, and without anything behind."""
_SCAN = 0xDA
_CODED_OTHERWISE = frozenset({0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
"""Frames without loss, in layers, or of arithmetic coding (table B.1): readers of a PDF need not know them."""
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""What ends a scan's data (B.1.1.2, B.1.1.5); `FF 00` and restart markers stand within it."""


def without_metadata(jpeg: bytes) -> bytes:
    """The same picture, bit for bit, without EXIF, XMP, thumbnails, comments and what stands behind its end.

    Telephones put whole pictures and films there, each with its own metadata.

    Raises:
        InputError: `photo.invalid`, not a JPEG.
    """
    if not jpeg.startswith(_START):
        raise _invalid()
    segments = list(_segments(jpeg))
    markers = [segment[1] for segment in segments]
    if _SCAN not in markers or not _CODED_OTHERWISE.isdisjoint(markers):
        raise _invalid()
    return b"".join([_START, *(_kept(segment) for segment in segments), _END])


def _segments(jpeg: bytes) -> Iterator[bytes]:
    """All segments between start and end, a scan with its data."""
    position = len(_START)
    while not jpeg.startswith(_END, position):
        if jpeg[position : position + 1] != b"\xff" or position + 4 > len(jpeg):
            raise _invalid()
        if jpeg[position + 1] == 0xFF:  # noqa: PLR2004 -- a fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
        if jpeg[position + 1] == _SCAN:
            found = _NEXT_MARKER.search(jpeg, end)
            end = found.start() if found else len(jpeg)
        yield jpeg[position:end]
        position = end


def _kept(segment: bytes) -> bytes:
    """A segment; of application data and comments, what says how to read the colours."""
    if segment[1] not in _METADATA:
        return segment
    if segment.startswith(_JFIF[4:], 4):
        return _JFIF + segment[len(_JFIF) : 16].ljust(7, b"\0") + b"\0\0"  # a thumbnail of no rows and columns
    if segment.startswith(_ADOBE[4:], 4):
        return _ADOBE + segment[len(_ADOBE) : 16]
    return b""


def _invalid() -> InputError:
    return InputError("photo.invalid", "photo: is not a usual JPEG picture", hint="convert it to JPEG")
