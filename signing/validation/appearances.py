"""What was added to a page with leave: does it show what it says, and nothing over what was signed?

Permissions speak of fields and annotations, but each has an appearance that may show anything: a form value that reads
otherwise than it is, a signature drawn over a clause ("sneaky signature"), a note that looks like the document itself
("evil annotation"). PDFium is asked what a person sees in the place.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from signing.pdf_reading import Name, Ref, Revision, Value
from signing.pdf_reading.pages import leaves
from signing.pdfium_lock import one_at_a_time
from signing.reports import Change, ChangeKind
from signing.validation.comparison import Comparison
from signing.validation.document import form_fields, text_of
from signing.validation.field_looks import is_box, is_plain_text
from signing.validation.page_views import PagePair, PageView, Rectangle
from signing.validation.shapes import is_invisible, shows_nothing

FILLED_OTHERWISE: Final = "seal.filled-otherwise"
COVERED: Final = "seal.content-covered"
ANNOTATED: Final = "seal.annotated"
_NO_VIEW: Final = 32
_LARGEST_MARK: Final = 72
"""Points: a tick is no larger."""
_LONGEST_MARK: Final = 2
"""Characters of a tick."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field is shown.

    Attributes:
        page: index of the page.
        ref: the widget. widget: its entries.
        rectangle: of the widget; None if it is none.
        kind: `/FT` of the field.
        value: the field's value as text.
        change: what was changed.
    """

    page: int
    ref: Ref
    widget: dict[str, Value]
    rectangle: Rectangle | None
    kind: str
    value: str
    change: Change


def doubts(pdf: bytes, before: Revision, after: Revision, found: Sequence[Change]) -> tuple[tuple[str, str], ...]:
    """What leaves it open whether a person still reads what was signed: codes, and where.

    Args:
        pdf: the whole file.
        before: the signed revision.
        after: the next one.
        found: what was changed between them.
    """
    noted = [(ANNOTATED, one.where) for one in found if one.kind is ChangeKind.ANNOTATION]
    shown = {one.where: one for one in found if one.kind in {ChangeKind.SIGNATURE, ChangeKind.FORM}}
    by_page: dict[int, list[_Place]] = {}
    for place in _places(after, shown) if shown else ():
        by_page.setdefault(place.page, []).append(place)
    if not by_page:
        return tuple(noted)
    with one_at_a_time(), closing(_Pages(pdf, before, after)) as pages:
        judged = [doubt for places in by_page.values() for doubt in pages.judge(places)]
    return tuple(dict.fromkeys([*noted, *judged]))


def _places(after: Revision, shown: Mapping[str, Change]) -> Iterator[_Place]:
    """All places where a changed field is shown: whatever page lists it, whatever page it says that it is on."""
    pages: dict[Ref, list[int]] = {}
    for index, leaf in enumerate(leaves(after)):
        annotations = after.entry(after.resolve(leaf), "Annots")
        listed = annotations if isinstance(annotations, list) else []
        for one in dict.fromkeys(one for one in listed if isinstance(one, Ref)):
            pages.setdefault(one, []).append(index)
    for field in form_fields(after):
        change = shown.get(f"Root/AcroForm/{field.name}")
        widget = field.dictionary
        if change is None or field.ref is None or is_invisible(after, widget):
            continue
        value = after.entry(widget, "V")
        if value is None:
            value = after.entry(after.entry(widget, "Parent"), "V")
        for page in pages.get(field.ref, ()):
            words = str(value) if isinstance(value, Name) else text_of(value)
            box = _rectangle(after.entry(widget, "Rect"))
            yield _Place(page, field.ref, widget, box, field.kind, "".join(words.split()), change)


class _Pages:
    """The pages of two revisions, as PDFium reads them."""

    def __init__(self, pdf: bytes, before: Revision, after: Revision) -> None:
        import pypdfium2 as pdfium

        self._before, self._after = before, after
        self._old = pdfium.PdfDocument(pdf[: before.end])
        self._new = pdfium.PdfDocument(pdf[: after.end])
        self._leaves = list(leaves(before))

    def close(self) -> None:
        """Give the memory back."""
        self._old.close()
        self._new.close()

    def judge(self, places: Sequence[_Place]) -> Iterator[tuple[str, str]]:
        """Judge each place of a page, as it was without the fields, and as it is with them."""
        page = places[0].page
        annotations = self._before.entry(self._before.resolve(self._leaves[page]), "Annots")
        refs = {place.ref for place in places}
        listed = annotations if isinstance(annotations, list) else []
        without = [index for index, one in enumerate(listed) if isinstance(one, Ref) and one in refs]
        pair = PagePair(PageView(self._old, page, without), PageView(self._new, page))
        for place in places:
            code = COVERED if place.change.kind is ChangeKind.SIGNATURE else FILLED_OTHERWISE
            if place.rectangle is None or not self._is_sound(place, place.rectangle, pair):
                yield code, place.change.where
        if not pair.is_same_elsewhere([place.rectangle for place in places if place.rectangle is not None]):
            yield COVERED, places[0].change.where

    def _is_sound(self, place: _Place, rectangle: Rectangle, pair: PagePair) -> bool:
        appearance = self._after.entry(place.widget, "AP")
        flags = self._after.entry(place.widget, "F")
        is_signature = place.change.kind is ChangeKind.SIGNATURE
        if is_signature and shows_nothing(self._after, appearance):
            return True
        if appearance is None:  # the reader draws it, in its own way
            return pair.was_blank(rectangle)
        at_times = "OC" in place.widget or (isinstance(flags, int) and flags & _NO_VIEW)  # or on paper only
        if at_times or not pair.is_legible_still(rectangle):
            return False
        return is_signature or self._is_filled_in(place, rectangle, pair)

    def _is_filled_in(self, place: _Place, rectangle: Rectangle, pair: PagePair) -> bool:
        """A field shows its value and nothing else, beside what stood in its place before."""
        was, seen = pair.before.text(rectangle), pair.after.text(rectangle)
        if was not in seen:
            return False
        added = seen.replace(was, "", 1)
        if place.kind == "Btn":
            return self._is_a_mark(place, rectangle) and len(added) <= _LONGEST_MARK
        is_seen = not place.value or pair.is_drawn_on(rectangle)
        return added == place.value and is_seen and self._is_plain(self._after.entry(place.widget, "AP"))

    def _is_a_mark(self, place: _Place, rectangle: Rectangle) -> bool:
        """A button shows another of its looks: all of them were there before, and are no larger than a tick."""
        left, bottom, right, top = rectangle
        old = self._before.entry(self._before.get(place.ref), "AP")
        new = self._after.entry(place.widget, "AP")
        small = max(right - left, top - bottom) <= _LARGEST_MARK
        return small and Comparison(self._before, self._after).equal(old, new, "AP")

    def _is_plain(self, appearance: Value) -> bool:
        look = self._after.entry(appearance, "N")
        return shows_nothing(self._after, appearance) or is_plain_text(self._after, look)


def _rectangle(value: Value) -> Rectangle | None:
    if not is_box(value):
        return None
    left, bottom, right, top = (float(side) for side in value)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
