"""A photograph without what a camera writes beside the picture: place, time, device (ISO/IEC 10918-1 B.1.1)."""

import re

from license_lib.errors import InputError

MAX_PHOTO_BYTES = 5_000_000
"""Larger photographs are refused unread."""

_START, _END = b"\xff\xd8", b"\xff\xd9"
_APPLICATION_DATA, _COMMENT = range(0xE0, 0xF0), 0xFE
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
    kept = bytearray(_START)
    position = len(_START)
    scanned = False
    while not jpeg.startswith(_END, position):
        if jpeg[position : position + 1] != b"\xff" or position + 4 > len(jpeg):
            raise _invalid()
        marker = jpeg[position + 1]
        if marker == 0xFF:  # noqa: PLR2004 -- a fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
        if marker in _CODED_OTHERWISE:
            raise _invalid()
        if marker == _SCAN:
            scanned = True
            found = _NEXT_MARKER.search(jpeg, end)
            if found is None:
                raise _invalid()
            end = found.start()
        if marker in _APPLICATION_DATA:
            kept += _how_to_read(jpeg[position:end])
        elif marker != _COMMENT:
            kept += jpeg[position:end]
        position = end
    if not scanned:
        raise _invalid()
    return bytes(kept + _END)


def _how_to_read(segment: bytes) -> bytes:
    """What a segment of application data says of the colours; mostly nothing."""
    if segment.startswith(_JFIF[4:], 4):
        return _JFIF + segment[len(_JFIF) : 16].ljust(7, b"\0") + b"\0\0"  # a thumbnail of no rows and columns
    if segment.startswith(_ADOBE[4:], 4):
        return _ADOBE + segment[len(_ADOBE) : 16]
    return b""


def _invalid() -> InputError:
    return InputError("photo.invalid", "photo: is not a usual JPEG picture", hint="convert it to JPEG")
