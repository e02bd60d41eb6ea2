"""Pictures of a department's own: which files a template takes, and which it refuses.

Only their structure is judged here, without a picture library: a PNG is whole (every chunk's CRC, ISO/IEC 15948), an
SVG is well-formed XML that needs nothing from outside itself. Drawing may ask for more, and `license template check`
says so.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from license_lib.catalogue.faults import said
from license_lib.links import leads_outside
from license_lib.toml_files import TomlFault, bounded_bytes, reasons

MAX_BYTES = 512 * 1024
MAX_PIXELS = 4000
MAX_ELEMENTS = 5000
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER = 13  # bytes of IHDR
_SVG = "http://www.w3.org/2000/svg"
_ACTIVE = frozenset(("script", "foreignObject", "image", "iframe", "animate", "animateTransform", "set", "style"))


class ArtworkError(Exception):
    """A file that is no artwork; `fault` says why, in both languages."""

    def __init__(self, fault: TomlFault) -> None:
        super().__init__(fault.problem)
        self.fault = fault


def read_artwork(path: Path) -> bytes:
    """A picture's bytes, within bounds and whole.

    Raises:
        ArtworkError: it is missing, too large, not what its name says, or a link that leads outside the templates.
    """
    if leads_outside(path):
        raise ArtworkError(said("file.outside"))
    try:
        data = bounded_bytes(path, MAX_BYTES)
    except FileNotFoundError:
        raise ArtworkError(said("artwork.missing", name=path.name)) from None
    except OSError as error:
        raise ArtworkError(said("artwork.unreadable", **reasons(error))) from None
    if len(data) > MAX_BYTES:
        raise ArtworkError(said("artwork.large", most=MAX_BYTES // 1024))
    check = _check_png if path.suffix == ".png" else _check_svg
    check(data)
    return data


def artwork_digest(data: bytes) -> str:
    """SHA-256 (hex): how layouts and releases name a picture."""
    return hashlib.sha256(data).hexdigest()


def _check_png(data: bytes) -> None:
    chunks = list(_chunks(data))
    begins_well = data.startswith(_PNG) and chunks and chunks[0][0] == b"IHDR" and len(chunks[0][1]) == _HEADER
    if not begins_well or chunks[-1][0] != b"IEND":
        raise ArtworkError(said("artwork.png"))
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if not (0 < width <= MAX_PIXELS and 0 < height <= MAX_PIXELS):
        raise ArtworkError(said("artwork.pixels", width=width, height=height, most=MAX_PIXELS))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of each chunk up to the first that is not whole."""
    at = len(_PNG)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, content, check = data[at + 4 : at + 8], data[at + 8 : at + 8 + length], data[at + 8 + length :][:4]
        if len(check) < 4 or zlib.crc32(kind + content) != int.from_bytes(check, "big"):  # noqa: PLR2004 -- CRC-32
            return
        yield kind, content
        at += 12 + length


def _check_svg(data: bytes) -> None:
    """Well-formed, its root is `svg`, and nothing in it acts or points outside."""
    seen: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if not seen and (space, local) != (_SVG, "svg"):
            raise ArtworkError(said("artwork.svg"))
        seen.append(local)
        if local in _ACTIVE:
            raise ArtworkError(said("artwork.active", element=local))
        for attribute, value in attributes.items():
            key = attribute.rpartition(" ")[2]
            if key.startswith("on") or (key == "href" and not value.startswith("#")) or _points_outside(value):
                raise ArtworkError(said("artwork.outside", element=local))
        if len(seen) > MAX_ELEMENTS:
            raise ArtworkError(said("artwork.elements", most=MAX_ELEMENTS))

    def declaration(*_: object) -> None:
        raise ArtworkError(said("artwork.doctype"))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = declaration
    try:
        parser.Parse(data, True)  # noqa: FBT003 -- expat's own signature: this is the whole file
    except (expat.ExpatError, ValueError, LookupError):  # the latter two for an encoding that Python has not
        raise ArtworkError(said("artwork.xml", line=parser.CurrentLineNumber)) from None


def _points_outside(value: str) -> bool:
    return any(not part.lstrip(" '\"").startswith("#") for part in value.split("url(")[1:])
