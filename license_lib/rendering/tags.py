"""The structure tree as PDF objects: elements, and the parent tree that leads from content back to them.

ISO 32000-1, 14.7.2 to 14.7.4.
"""

from collections.abc import Iterable

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from license_lib.rendering.structure import Element, Mark


def tag(pdf: Pdf, elements: Iterable[Element], widget: Object | None = None) -> None:
    """Write the structure tree, below one `Document`, and make the document a tagged one.

    Args:
        pdf: the document; every mark of `elements` stands in the content of its pages.
        elements: what the document holds, in reading order.
        widget: the annotation of the form field that the element `Form` stands for, if there is one.
    """
    _Tree(pdf, widget).write(elements)
    pdf.Root.MarkInfo = Dictionary(Marked=True)


class _Tree:
    def __init__(self, pdf: Pdf, widget: Object | None) -> None:
        self._pdf = pdf
        self._widget = widget
        self._pages = [page.obj for page in pdf.pages]
        self._owners: list[dict[int, Object]] = [{} for _ in self._pages]
        self._owner_of_widget: Object | None = None

    def write(self, elements: Iterable[Element]) -> None:
        root = self._pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = self._element(Element("Document", list(elements)), root)
        numbers: list[Object | int] = []
        for number, (page, owners) in enumerate(zip(self._pages, self._owners, strict=True)):
            page.StructParents = number
            page.Tabs = Name.S
            numbers += [number, Array([owners[mark] for mark in range(len(owners))])]
        if self._widget is not None and self._owner_of_widget is not None:
            self._widget.StructParent = len(self._pages)
            numbers += [len(self._pages), self._owner_of_widget]
        root.ParentTree = self._pdf.make_indirect(Dictionary(Nums=Array(numbers)))
        root.ParentTreeNextKey = len(self._pages) + 1
        self._pdf.Root.StructTreeRoot = root

    def _element(self, element: Element, parent: Object) -> Object:
        own = self._pdf.make_indirect(Dictionary(S=Name("/" + element.kind), P=parent))
        kids = [self._kid(kid, own) for kid in element.kids]
        if element.kind == "Form" and self._widget is not None:
            kids.append(Dictionary(Type=Name.OBJR, Obj=self._widget, Pg=self._pages[0]))
            self._owner_of_widget = own
        if kids:
            own.K = kids[0] if len(kids) == 1 else Array(kids)
        if element.alt:
            own.Alt = String(element.alt)
        if element.language:
            own.Lang = String(element.language)
        if element.box:
            own.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=Array(element.box))
        elif element.kind == "TH":
            own.A = Dictionary(O=Name.Table, Scope=Name.Column)
        elif element.kind == "L":
            own.A = Dictionary(O=Name.List, ListNumbering=Name("/None"))
        return own

    def _kid(self, kid: Element | Mark, owner: Object) -> Object | int:
        if isinstance(kid, Element):
            return self._element(kid, owner)
        owner.Pg = self._pages[kid.page]
        self._owners[kid.page][kid.number] = owner
        return kid.number
