"""The two readers, zxing-cpp and zbar. A text counts only if its reader's error correction found it whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from license_lib.qr.places import Code, Corners, in_order

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_CORNERS = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader saw.

    Args:
        codes: read. unread: places of codes that were found and could not be read.
    """

    codes: tuple[Code, ...]
    unread: tuple[Corners, ...] = ()


def ask_zxing(picture: "Picture", *, one_threshold: bool = False, alone: bool = False) -> Seen:
    """Ask zxing-cpp: 1 ms per megapixel; it looks for light codes on dark, turned ones and smaller scales by itself.

    Args:
        picture: greyscale. one_threshold: between black and white for the whole picture, and not from place to place.
        alone: the picture is a symbol and nothing else, each module a square of pixels.
    """
    import zxingcpp

    binarizer = zxingcpp.Binarizer.GlobalHistogram if one_threshold else zxingcpp.Binarizer.LocalAverage
    codes: list[Code] = []
    unread: list[Corners] = []
    for found in zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        binarizer=binarizer,
        is_pure=alone,
        text_mode=zxingcpp.TextMode.Plain,  # others write "<SOH>" where a code holds a control character
        return_errors=True,
    ):
        place = found.position
        edges = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        corners = in_order((float(edge.x), float(edge.y)) for edge in edges)
        if not found.valid:
            unread.append(corners)
        elif found.text:
            codes.append(Code(found.text, corners))
    return Seen(tuple(codes), tuple(unread))


def ask_zbar(picture: "Picture") -> Seen:
    """Ask zbar: some 20 ms per megapixel; it reads some blurred codes that zxing-cpp does not.

    It guesses the character set, often wrongly, and does not tell the bytes: other texts than ASCII count as unread.
    """
    from pyzbar import pyzbar

    codes: list[Code] = []
    unread: list[Corners] = []
    for found in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE]):
        points = [(float(x), float(y)) for x, y in found.polygon]
        if len(points) != _CORNERS:
            left, top, width, height = found.rect
            right, bottom = left + width, top + height
            points = [(left, top), (right, top), (right, bottom), (left, bottom)]
        if not found.data.isascii():
            unread.append(in_order(points))
        elif found.data:
            codes.append(Code(found.data.decode("ascii"), in_order(points)))
    return Seen(tuple(codes), tuple(unread))
