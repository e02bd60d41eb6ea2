"""The structure tree as objects: elements, and the parent tree that leads from content back to them.

ISO 32000-1, 14.7.2 to 14.7.4.
"""

from collections.abc import Sequence
from typing import NamedTuple

from license_lib.rendering.press.objects import numbers, references, text
from license_lib.rendering.press.writer import Bundle, bundled
from license_lib.rendering.structure import Element, Mark


class Tree(NamedTuple):
    """A structure tree with its numbers; the root is the first of them.

    Attributes:
        start: the root's number.
        bundle: all its objects.
    """

    start: int
    bundle: Bundle


def grown(elements: Sequence[Element], *, start: int, pages: Sequence[int], widget: int | None) -> Tree:
    """The tree of a document, below one `Document`.

    Args:
        elements: what the document holds, in reading order.
        start: the number of its root; those of the others follow.
        pages: numbers of the pages. The parent tree gives page n the key n, and the widget the next one.
        widget: number of the annotation of the form field that the element `Form` stands for, if there is one.
    """
    growing = _Growing(start, pages, widget)
    growing.grow(elements)
    return Tree(start, bundled(start, growing.bodies))


class _Growing:
    def __init__(self, start: int, pages: Sequence[int], widget: int | None) -> None:
        self._start = start
        self._pages = pages
        self._widget = widget
        self.bodies: list[bytes] = []
        self._owners: list[dict[int, int]] = [{} for _ in pages]
        self._owner_of_widget: int | None = None

    def grow(self, elements: Sequence[Element]) -> None:
        root = self._reserve()
        document = self._element(Element("Document", list(elements)), root)
        keys = [
            b"%d%b" % (page, references(owners[mark] for mark in range(len(owners))))
            for page, owners in enumerate(self._owners)
        ]
        if self._owner_of_widget is not None:
            keys.append(b"%d %d 0 R" % (len(self._pages), self._owner_of_widget))
        parents = self._reserve()
        self._put(parents, b"<</Nums[%b]>>" % b" ".join(keys))
        self._put(
            root,
            b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>"
            % (document, parents, len(self._pages) + 1),
        )

    def _reserve(self) -> int:
        self.bodies.append(b"")
        return self._start + len(self.bodies) - 1

    def _put(self, number: int, body: bytes) -> None:
        self.bodies[number - self._start] = body

    def _element(self, element: Element, parent: int) -> int:
        own = self._reserve()
        entries = [b"/S/%b/P %d 0 R" % (element.kind.encode("ascii"), parent)]
        kids = []
        for kid in element.kids:
            if isinstance(kid, Mark):
                entries[1:] = [b"/Pg %d 0 R" % self._pages[kid.page]]
                self._owners[kid.page][kid.number] = own
                kids.append(b"%d" % kid.number)
            else:
                kids.append(b"%d 0 R" % self._element(kid, own))
        if element.kind == "Form" and self._widget is not None:
            kids.append(b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % (self._widget, self._pages[0]))
            self._owner_of_widget = own
        if kids:
            entries.append(b"/K %b" % kids[0] if len(kids) == 1 else b"/K[%b]" % b" ".join(kids))
        if element.alt:
            entries.append(b"/Alt" + text(element.alt))
        if element.language:
            entries.append(b"/Lang" + text(element.language))
        if element.box:
            entries.append(b"/A<</O/Layout/Placement/Block/BBox%b>>" % numbers(element.box))
        elif element.kind == "TH":
            entries.append(b"/A<</O/Table/Scope/Column>>")
        elif element.kind == "L":
            entries.append(b"/A<</O/List/ListNumbering/None>>")
        self._put(own, b"<<%b>>" % b"".join(entries))
        return own
