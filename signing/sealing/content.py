"""Is a page's content closed, so that something can be drawn after it as if it stood alone?

A page may end within a saved graphics state, a text object or marked content (ISO 32000-1, 8.4.2, 9.4.1, 14.6): what is
drawn behind that is scaled, clipped or hidden, too. A missing `Q` can be added; everything else is refused.
"""

import base64
import warnings
import zlib
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any, Final

from signing.errors import SealingError

_AS_TEXT: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "/ASCII85Decode": lambda data: base64.a85decode(data.removesuffix(b"~>")),
    "/ASCIIHexDecode": lambda data: bytes.fromhex(data.decode("ascii").removesuffix(">")),
}
_MOST_CONTENT: Final = 16 * 1024 * 1024
"""Bytes of one stream, unpacked: a page of maps has some megabytes."""
_MOST_OTHERWISE: Final = 256 * 1024
"""Bytes of a stream that only its reader can unpack."""
_END: Final = "/EndOfPageContent"
"""A marked-content point behind the page's own content: if the parser does not meet it, something swallowed it."""


def open_states(pdf: bytes, pages: Iterable[int]) -> dict[int, int]:
    """How many graphics states each of these pages leaves open: `Q` operators to add.

    Args:
        pdf: the document.
        pages: page numbers from 0.

    Raises:
        SealingError: `seal.page-content`, the content closes what it has not opened, or ends within something else;
            `seal.not-a-pdf`.
    """
    import pikepdf

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            return {index: _open_states(document, index) for index in pages}
    except SealingError:
        raise
    except Exception as error:  # malformed files again
        raise SealingError("seal.not-a-pdf", "The document's pages cannot be read") from error


def _open_states(document: Any, index: int) -> int:
    import pikepdf

    whole = document.pages[index].obj.get("/Contents")
    parts = list(whole) if isinstance(whole, pikepdf.Array) else [whole] if whole is not None else []
    data = b"\n".join(_decoded(part, index) for part in parts)
    depths = {"q": 0, "BT": 0, "BMC": 0}
    last = None
    with warnings.catch_warnings(action="ignore"):  # of what ends within a string: the mark is not met then
        instructions = pikepdf.parse_content_stream(pikepdf.Stream(document, data + f"\n{_END} MP".encode()))
    for instruction in instructions:
        last = instruction
        opener, step = _STEPS.get(str(instruction.operator), ("q", 0))
        depths[opener] += step
        if depths[opener] < 0:
            raise _refused(index)
    met = last is not None and str(last.operator) == "MP" and [str(one) for one in last.operands] == [_END]
    if not met or depths["BT"] or depths["BMC"]:
        raise _refused(index)
    return depths["q"]


def _decoded(part: Any, index: int) -> bytes:
    """A content stream, unpacked within bounds."""
    import pikepdf

    filters = part.get("/Filter", pikepdf.Array())
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    data: bytes = part.read_raw_bytes()
    while names and names[0] in _AS_TEXT:
        data = _AS_TEXT[names.pop(0)](b"".join(data.split()))
    if names == ["/FlateDecode"] and "/DecodeParms" not in part:
        data = zlib.decompressobj().decompress(data, _MOST_CONTENT + 1)
    elif len(names) > 1:
        raise _refused(index)  # packed twice: nobody can say how large it is
    elif names:
        data = part.read_bytes() if len(data) < _MOST_OTHERWISE else bytes(_MOST_CONTENT + 1)
    if len(data) > _MOST_CONTENT:
        raise SealingError("seal.too-large", f"The content of page {index + 1} has more than {_MOST_CONTENT >> 20} MiB")
    return data


_STEPS: Final = {
    "q": ("q", 1), "Q": ("q", -1), "BT": ("BT", 1), "ET": ("BT", -1),
    "BMC": ("BMC", 1), "BDC": ("BMC", 1), "EMC": ("BMC", -1),
}  # fmt: skip


def _refused(index: int) -> SealingError:
    return SealingError(
        "seal.page-content",
        f"The content of page {index + 1} is not closed: what is drawn on it could be hidden or distorted",
        hint="print the document to a plain PDF first",
    )
