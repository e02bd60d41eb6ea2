"""The pages of a document, in the order in which they are shown (ISO 32000-2 §7.7.3)."""

from collections.abc import Iterator
from typing import Final

from signing.pdf_reading.file_map import Revision
from signing.pdf_reading.values import PdfError, Value

MOST_PAGES: Final = 2000
_MOST_NODES: Final = 4 * MOST_PAGES


def leaves(revision: Revision) -> Iterator[Value]:
    """The pages: references, or what stands in place of one; a page that is listed twice, twice.

    Raises:
        PdfError: there are more of them than any honest document has, or the tree has no end.
    """
    root = revision.entry(revision.trailer, "Root")
    pending: list[Value] = [root.get("Pages")] if isinstance(root, dict) else []
    for _ in range(_MOST_NODES):
        if not pending:
            return
        node = pending.pop()
        kids = revision.entry(revision.resolve(node), "Kids")
        if isinstance(kids, list):
            pending += reversed(kids)
        else:
            yield node
    raise PdfError("the tree of pages has no end")
