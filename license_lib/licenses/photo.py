"""A photograph without what a camera writes beside the picture: place, time, device (ISO/IEC 10918-1 B.1.1)."""

from license_lib.errors import InputError

MAX_PHOTO_BYTES = 5_000_000
"""Larger photographs are refused unread."""

_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
_KEPT_APPLICATION_DATA = frozenset({0xE0, 0xEE})  # JFIF and Adobe: how to read the colours
_COMMENT = 0xFE


def without_metadata(jpeg: bytes) -> bytes:
    """The same picture, bit for bit, without EXIF, XMP, thumbnails, comments and bytes behind its end.

    Raises:
        InputError: `photo.invalid`, not a JPEG.
    """
    kept = bytearray(_START)
    position = len(_START)
    if not jpeg.startswith(_START):
        raise _invalid()
    while True:
        if jpeg[position : position + 1] != b"\xff" or position + 4 > len(jpeg):
            raise _invalid()
        marker = jpeg[position + 1]
        if marker == 0xFF:  # noqa: PLR2004 -- a fill byte
            position += 1
            continue
        if marker == _SCAN:
            break
        end = position + 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
        is_application_data = 0xE0 <= marker <= 0xEF  # noqa: PLR2004 -- APP0 to APP15
        if marker != _COMMENT and (not is_application_data or marker in _KEPT_APPLICATION_DATA):
            kept += jpeg[position:end]
        position = end
    end = jpeg.rfind(_END)
    if end < position:
        raise _invalid()
    return bytes(kept + jpeg[position : end + len(_END)])


def _invalid() -> InputError:
    return InputError("photo.invalid", "photo: is not a JPEG picture", hint="convert it to JPEG")
