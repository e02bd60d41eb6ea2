"""A photograph without what a camera writes beside the picture: place, time, device (ISO/IEC 10918-1 B.1.1)."""

import re

from license_lib.errors import InputError

MAX_PHOTO_BYTES = 5_000_000
"""Larger photographs are refused unread."""

_START, _END = b"\xff\xd8", b"\xff\xd9"
_KEPT_APPLICATION_DATA = frozenset({0xE0, 0xEE})  # JFIF and Adobe: how to read the colours
_APPLICATION_DATA, _COMMENT = range(0xE0, 0xF0), 0xFE
_SCAN = 0xDA
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
        if marker == _SCAN:
            scanned = True
            found = _NEXT_MARKER.search(jpeg, end)
            if found is None:
                raise _invalid()
            end = found.start()
        if marker != _COMMENT and (marker not in _APPLICATION_DATA or marker in _KEPT_APPLICATION_DATA):
            kept += jpeg[position:end]
        position = end
    if not scanned:
        raise _invalid()
    return bytes(kept + _END)


def _invalid() -> InputError:
    return InputError("photo.invalid", "photo: is not a JPEG picture", hint="convert it to JPEG")
