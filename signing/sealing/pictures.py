"""What sealing draws: the seal in its field, parts of it across pages 骑缝章, and further marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import Any, Final, NamedTuple, Self

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.errors import SealingError
from signing.pages import Rectangle, SeenPage, Spot, strips
from signing.sealing.appearance import SealAppearance
from signing.sealing.content import open_states
from signing.sealing.document import DocumentPage, EmptyField, RepeatableWriter, entry

_PRINT, _LOCKED = 1 << 2, 1 << 7
"""Annotation flags (ISO 32000-1, Table 165)."""
_name: Final = generic.pdf_name
_Dictionary: Any = generic.DictionaryObject
_number: Any = generic.FloatObject
_whole: Any = generic.NumberObject


@dataclass(frozen=True, slots=True)
class Drawn:
    """A seal's picture in the document, and where it stands.

    Attributes:
        picture: reference to the form.
        page_index: page, from 0.
        rectangle: in the page's own coordinates.
    """

    picture: Any
    page_index: int
    rectangle: Rectangle

    @property
    def place(self) -> dict[str, Any]:
        """The same for pyHanko."""
        return {"on_page": self.page_index, "box": self.rectangle}

    def show_in(self, field: Any) -> None:
        """Make the picture the appearance of a signature field, seen and printed whatever the field said of itself."""
        field[_name("/AP")] = _Dictionary({_name("/N"): self.picture})
        field[_name("/Rect")] = _numbers(self.rectangle)
        field[_name("/F")] = _whole(_PRINT | _LOCKED)


def draw(writer: RepeatableWriter, appearance: SealAppearance, field: EmptyField | None) -> Drawn:
    """Bring all pictures into the document; the seal's own is shown by its field, the others by their pages.

    Raises:
        SealingError: `seal.appearance`, a picture or its place is none; `seal.page-content`, see `content.open_states`.
    """
    spot = _spot(appearance, field)
    page = writer.page(spot.page_index)
    seen = page.seen()
    across = appearance.across_pages and len(writer.pages) > 1
    drawn_on = range(len(writer.pages)) if across else {mark.spot.page_index for mark in appearance.marks}
    closing = open_states(writer.pdf, drawn_on) if drawn_on else {}
    for mark in appearance.marks:
        picture, marked = _Picture.read(writer, mark.pdf), writer.page(mark.spot.page_index)
        x, y = marked.seen().seen(*_middle(_placed(marked.seen(), mark.spot, picture)))
        where = _Where(x - picture.width / 2, y - picture.height / 2)
        _add_to_page(writer, marked, picture, where, closing.pop(marked.index, 0))
    picture = _Picture.read(writer, appearance.pdf)
    if across:
        _draw_across(writer, picture, closing)
    if seen.turn:  # upright for whoever reads the turned page (ISO 32000-1, 12.5.5)
        picture = _Picture.read(writer, appearance.pdf) if across else picture
        picture.form.get_object()[_name("/Matrix")] = _numbers((*seen.matrix[:4], 0, 0))
    if field is None:
        _own_annotations(writer, page)
    return Drawn(picture.form, page.index, _placed(seen, spot, picture))


def _own_annotations(writer: RepeatableWriter, page: DocumentPage) -> None:
    """Give a page a list of annotations of its own: a shared one would show the seal on every page that shares it."""
    node = page.reference.get_object()
    there = entry(node, "/Annots")
    if "/Annots" in node:
        node[_name("/Annots")] = generic.ArrayObject(there if isinstance(there, generic.ArrayObject) else ())
        writer.mark_update(page.reference)


def _spot(appearance: SealAppearance, field: EmptyField | None) -> Spot:
    """Where the seal goes: where it is put, or where the document wants it."""
    spot = appearance.spot or (field.spot if field else None)
    if spot is None:
        problem = "The document has no prepared field, and nobody says where the seal goes"
        raise SealingError("seal.appearance", problem, hint="give a keyword, or a page with millimetres")
    if field is not None and spot.page_index != field.spot.page_index:
        problem = f"The document's own seal field is on page {field.spot.page_index + 1}"
        raise SealingError("seal.appearance", problem, hint="put the seal there, or leave the place to the document")
    return spot


def _draw_across(writer: RepeatableWriter, picture: "_Picture", closing: Mapping[int, int]) -> None:
    """A cross-page seal 骑缝章."""
    shown = strips([page.seen().size for page in writer.pages], picture.width, picture.height)
    for page, (clip, left, bottom) in zip(writer.pages, shown, strict=True):
        _add_to_page(writer, page, picture, _Where(left, bottom, clip), closing.get(page.index, 0))


class _Where(NamedTuple):
    """Where a picture's lower-left corner goes, as seen, and operators that clip it."""

    left: float
    bottom: float
    clip: str = ""


def _add_to_page(
    writer: RepeatableWriter, page: DocumentPage, picture: "_Picture", where: _Where, closing: int
) -> None:
    """Draw a picture over a page after `closing` open graphics states; readers aloud pass over it."""
    node = page.reference.get_object()
    resources = _held(node, "/Resources") or _held(page.attributes, "/Resources")
    forms = _held(resources, "/XObject")
    name = next(one for number in count() if (one := _name(f"/Ink{number}")) not in forms)
    forms[name], resources[_name("/XObject")] = picture.form, forms
    node[_name("/Resources")] = resources
    shift = f"1 0 0 1 {where.left - picture.box[0]:.3f} {where.bottom - picture.box[1]:.3f} cm"
    place = f"{_operands(page.seen().matrix)} cm {where.clip} {shift}"
    drawing = f"{'Q ' * (closing + 1)}/Artifact BMC q {place} {name} Do Q EMC"
    around = (generic.StreamObject(stream_data=text.encode("ascii")) for text in ("q", drawing))
    before, after = (writer.add_object(stream) for stream in around)
    node[_name("/Contents")] = generic.ArrayObject([before, *_contents(node), after])
    writer.mark_update(page.reference)


def _contents(node: Any) -> list[Any]:
    """References to the streams of a page's content."""
    there = entry(node, "/Contents")
    if there is None:
        return []
    return list(there) if isinstance(there, generic.ArrayObject) else [node.raw_get("/Contents")]


def _held(holder: Any, key: str) -> Any:
    """A copy of a dictionary within another one; empty if there is none."""
    held = entry(holder, key)
    return _Dictionary(held) if isinstance(held, generic.DictionaryObject) else _Dictionary()


@dataclass(frozen=True, slots=True)
class _Picture:
    """A one-page PDF as a form of the document.

    Attributes:
        form: reference to it.
        box: its own coordinates, points.
    """

    form: Any
    box: Rectangle

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @classmethod
    def read(cls, writer: RepeatableWriter, pdf: bytes) -> Self:
        """Take in the first page of a picture.

        Raises:
            SealingError: `seal.appearance`, it cannot be read.
        """
        try:
            form = writer.import_page_as_xobject(PdfFileReader(BytesIO(pdf)), page_ix=0)
            box = SeenPage.of({"/MediaBox": form.get_object()["/BBox"]}.get).box
        except Exception as error:
            raise SealingError("seal.appearance", "The seal's picture cannot be read as a PDF page") from error
        return cls(form, box)


def _middle(rectangle: Rectangle) -> tuple[float, float]:
    return (rectangle[0] + rectangle[2]) / 2, (rectangle[1] + rectangle[3]) / 2


def _placed(page: SeenPage, spot: Spot, picture: _Picture) -> Rectangle:
    """Where a picture stands in the page's own coordinates."""
    rectangle = page.around(spot, picture.width, picture.height)
    if rectangle is None:
        raise SealingError("seal.appearance", "The seal would not lie within the page", hint="check the position")
    left, bottom, right, top = (round(edge, 3) for edge in rectangle)
    return left, bottom, right, top


def _operands(numbers: Iterable[float]) -> str:
    return " ".join(f"{number:g}" if number == int(number) else f"{number:.3f}" for number in numbers)


def _numbers(numbers: Iterable[float]) -> Any:
    return generic.ArrayObject([_number(round(number, 3)) for number in numbers])
