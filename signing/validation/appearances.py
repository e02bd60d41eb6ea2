"""What was added to a page with leave: does it show what it says, and nothing over what was signed?

Permissions speak of fields and annotations, but each has an appearance that may show anything: a form value that reads
otherwise than it is, a signature drawn over a clause ("sneaky signature"), a note that looks like the document itself
("evil annotation"). PDFium is asked what a person reads in the place.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final

from signing.pdf_reading import Name, Ref, Revision, Stream, Value
from signing.pdfium_lock import one_at_a_time
from signing.reports import Change, ChangeKind
from signing.validation.document import FormField, form_fields, text_of
from signing.validation.shapes import is_invisible, shows_nothing

FILLED_OTHERWISE: Final = "seal.filled-otherwise"
COVERED: Final = "seal.content-covered"
ANNOTATED: Final = "seal.annotated"
_MOST_PAGES: Final = 2000
_DPI: Final = 108
_MOST_POINTS: Final = 4000
_DARK: Final = 160
_LOST: Final = 0.1
"""How much of the dark points may be lost: edges are drawn a little otherwise each time."""
_TEXT_ONLY: Final = frozenset({"Font", "ProcSet"})


def doubts(pdf: bytes, before: Revision, after: Revision, found: Sequence[Change]) -> tuple[tuple[str, str], ...]:
    """What leaves it open whether a person still reads what was signed: codes, and where.

    Args:
        pdf: the whole file.
        before: the signed revision.
        after: the next one.
        found: what was changed between them.
    """
    shown = [one for one in found if one.kind in {ChangeKind.SIGNATURE, ChangeKind.FORM}]
    noted = [(ANNOTATED, one.where) for one in found if one.kind is ChangeKind.ANNOTATION]
    if not shown:
        return tuple(noted)
    fields = {f"Root/AcroForm/{one.name}": one for one in form_fields(after)}
    with one_at_a_time(), closing(_Pages(pdf, before, after)) as pages:
        return (
            *noted,
            *(doubt for one in shown if one.where in fields for doubt in pages.judge(fields[one.where], one)),
        )


class _Pages:
    """The pages of two revisions, as PDFium reads them."""

    def __init__(self, pdf: bytes, before: Revision, after: Revision) -> None:
        import pypdfium2 as pdfium

        self._before, self._after = before, after
        self._old = pdfium.PdfDocument(pdf[: before.end])
        self._new = pdfium.PdfDocument(pdf[: after.end])
        self._index = {ref: index for index, ref in enumerate(_leaves(after))}

    def close(self) -> None:
        """Give the memory back."""
        self._old.close()
        self._new.close()

    def judge(self, field: FormField, change: Change) -> Iterator[tuple[str, str]]:
        """Judge each place where a field is shown."""
        for ref, widget in self._widgets(field):
            rectangle = self._after.entry(widget, "Rect")
            appearance = self._after.entry(widget, "AP")
            if is_invisible(self._after, widget) or shows_nothing(self._after, appearance):
                continue
            page = self._page_of(ref, widget)
            if page is None or not _is_rectangle(rectangle):
                yield (COVERED if change.kind is ChangeKind.SIGNATURE else FILLED_OTHERWISE), change.where
            elif change.kind is ChangeKind.SIGNATURE:
                if _text(self._old, page, rectangle) and not self._stays_legible(page, rectangle):
                    yield COVERED, change.where
            elif field.kind == "Btn":
                if not self._has_kept(ref, "AP"):
                    yield FILLED_OTHERWISE, change.where
            elif not self._shows_its_value(field, widget, page, rectangle):
                yield FILLED_OTHERWISE, change.where

    def _widgets(self, field: FormField) -> Iterator[tuple[Ref | None, dict[str, Value]]]:
        if "Rect" in field.dictionary:
            yield field.ref, field.dictionary
        kids = self._after.entry(field.dictionary, "Kids")
        for kid in kids if isinstance(kids, list) else []:
            widget = self._after.resolve(kid)
            if isinstance(widget, dict) and "Rect" in widget:
                yield (kid if isinstance(kid, Ref) else None), widget

    def _page_of(self, ref: Ref | None, widget: dict[str, Value]) -> int | None:
        page = widget.get("P")
        if isinstance(page, Ref) and page in self._index:
            return self._index[page]
        for candidate, index in self._index.items():
            annotations = self._after.entry(self._after.get(candidate), "Annots")
            if ref is not None and isinstance(annotations, list) and ref in annotations:
                return index
        return None

    def _has_kept(self, ref: Ref | None, key: str) -> bool:
        """A button shows another of its looks: all of them were there before."""
        old = self._before.get(ref) if ref is not None else None
        new = self._after.get(ref) if ref is not None else None
        return isinstance(old, dict) and isinstance(new, dict) and old.get(key) == new.get(key)

    def _stays_legible(self, page: int, rectangle: list[Value]) -> bool:
        """What was dark in a place is dark still: drawn around or beside, but not over."""
        dark = [_dark(document, page, rectangle) for document in (self._old, self._new)]
        if len(dark[0]) != len(dark[1]):
            return False
        lost = sum(1 for was, now in zip(*dark, strict=True) if was and not now)
        return lost <= _LOST * sum(dark[0])

    def _shows_its_value(self, field: FormField, widget: dict[str, Value], page: int, rectangle: list[Value]) -> bool:
        """A text field shows its value and what stood in its place before, as text alone."""
        normal = self._after.entry(self._after.entry(widget, "AP"), "N")
        resources = self._after.entry(normal, "Resources") if isinstance(normal, Stream) else None
        if isinstance(resources, dict) and resources.keys() - _TEXT_ONLY:
            return False
        value = self._after.entry(field.dictionary, "V")
        above = self._after.entry(field.dictionary, "Parent")
        if value is None and isinstance(above, dict):
            value = self._after.entry(above, "V")
        wanted = _squeezed(str(value) if isinstance(value, Name) else text_of(value))
        seen = _text(self._new, page, rectangle, flattened=True)
        return seen.replace(_text(self._old, page, rectangle), "", 1) == wanted or seen == wanted


def _text(document: Any, page: int, rectangle: list[Value], *, flattened: bool = False) -> str:
    """What a person reads within a rectangle of a page, without white space."""
    from pypdfium2 import raw

    opened = document[page]
    if flattened:
        raw.FPDFPage_Flatten(opened.raw, 0)
        opened = document[page]
    return _squeezed(opened.get_textpage().get_text_bounded(*_sorted(rectangle)))


def _dark(document: Any, page: int, rectangle: list[Value]) -> list[bool]:
    """The dark points of a rectangle, row by row, with everything drawn that belongs to the page."""
    from pypdfium2 import raw

    opened = document[page]
    raw.FPDFPage_Flatten(opened.raw, 0)
    opened = document[page]
    width, height = opened.get_size()
    scale = min(_DPI / 72, _MOST_POINTS / max(width, height, 1))
    picture = opened.render(scale=scale, grayscale=True).to_pil()
    left, bottom, right, top = _sorted(rectangle)
    box = (int(left * scale), int((height - top) * scale), int(right * scale) + 1, int((height - bottom) * scale) + 1)
    return [value < _DARK for value in picture.crop(box).tobytes()]


def _sorted(rectangle: list[Value]) -> tuple[float, float, float, float]:
    left, bottom, right, top = (float(side) for side in rectangle)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _is_rectangle(value: Value) -> bool:
    return isinstance(value, list) and len(value) == 4 and all(isinstance(side, int | float) for side in value)  # noqa: PLR2004


def _leaves(revision: Revision) -> Iterator[Ref]:
    """The pages, in order."""
    root = revision.entry(revision.trailer, "Root")
    pending = [root.get("Pages")] if isinstance(root, dict) else []
    seen: set[Ref] = set()
    while pending and len(seen) < 2 * _MOST_PAGES:
        node = pending.pop()
        if not isinstance(node, Ref) or node in seen:
            continue
        seen.add(node)
        kids = revision.entry(revision.get(node), "Kids")
        if isinstance(kids, list):
            pending += reversed(kids)
        else:
            yield node
