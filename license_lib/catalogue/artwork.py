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

from license_lib.toml_files import TomlFault

MAX_BYTES = 512 * 1024
MAX_PIXELS = 4000
MAX_ELEMENTS = 5000
_PNG = b"\x89PNG\r\n\x1a\n"
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
        ArtworkError: it is missing, too large, or not what its name says.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _fault(f"there is no file {path.name}", "put it into the type's folder",
                     f"没有文件 {path.name}", "放入该类型的文件夹") from None  # fmt: skip
    except OSError as error:
        raise _fault(f"cannot be read: {error.strerror}", "check the permissions", "无法读取", "检查文件权限") from None
    if len(data) > MAX_BYTES:
        raise _fault(f"has more than {MAX_BYTES // 1024} KiB", "make the picture smaller",
                     f"超过{MAX_BYTES // 1024} KiB", "缩小图片")  # fmt: skip
    check = _check_png if path.suffix == ".png" else _check_svg
    check(data)
    return data


def artwork_digest(data: bytes) -> str:
    """SHA-256 (hex): how layouts and releases name a picture."""
    return hashlib.sha256(data).hexdigest()


def _check_png(data: bytes) -> None:
    chunks = list(_chunks(data))
    if not data.startswith(_PNG) or not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise _fault("is no whole PNG", "save the picture again as PNG", "不是完整的PNG", "重新另存为PNG")
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if not (0 < width <= MAX_PIXELS and 0 < height <= MAX_PIXELS):
        raise _fault(f"is {width} × {height} pixels", f"at most {MAX_PIXELS} × {MAX_PIXELS}",
                     f"有{width}×{height}像素", f"至多{MAX_PIXELS}×{MAX_PIXELS}")  # fmt: skip


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
            raise _fault("is no SVG", "save the picture again as SVG", "不是SVG", "重新另存为SVG")
        seen.append(local)
        if local in _ACTIVE:
            raise _fault(f"holds <{local}>", "save it as plain shapes and paths",
                         f"含有 <{local}>", "另存为纯图形与路径")  # fmt: skip
        for attribute, value in attributes.items():
            key = attribute.rpartition(" ")[2]
            if key.startswith("on") or (key == "href" and not value.startswith("#")) or _points_outside(value):
                raise _fault(f"<{local}> points outside the file, or acts", "save it as plain shapes and paths",
                             f"<{local}> 引用了文件之外的内容", "另存为纯图形与路径")  # fmt: skip
        if len(seen) > MAX_ELEMENTS:
            raise _fault(f"has more than {MAX_ELEMENTS} elements", "simplify the drawing",
                         f"超过{MAX_ELEMENTS}个元素", "简化图形")  # fmt: skip

    def declaration(*_: object) -> None:
        raise _fault("has a document type declaration", "remove <!DOCTYPE …>", "含有文档类型声明", "删去 <!DOCTYPE …>")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = declaration
    try:
        parser.Parse(data, True)  # noqa: FBT003 -- expat's own signature: this is the whole file
    except expat.ExpatError as error:
        raise _fault(f"is no XML: line {error.lineno}", "save the picture again as SVG",
                     f"不是XML：第{error.lineno}行", "重新另存为SVG") from None  # fmt: skip


def _points_outside(value: str) -> bool:
    return any(not part.lstrip(" '\"").startswith("#") for part in value.split("url(")[1:])


def _fault(problem: str, mend: str, problem_zh: str, mend_zh: str) -> ArtworkError:
    return ArtworkError(TomlFault("", problem, mend, problem_zh, mend_zh))
