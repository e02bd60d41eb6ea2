"""Licence → PDF: the face 照面, its QR code, its photograph, its attached record, and the gap for its signature."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from license_lib.catalogue.layout import Box, Layout, Page, Square
from license_lib.catalogue.model import LicenseType
from license_lib.errors import InputError
from license_lib.licenses import FaceContent, License, face_content
from license_lib.made_once import MadeOnce, state_of
from license_lib.rendering.artwork import artwork_drawing
from license_lib.rendering.blocks import MM, FacePlan
from license_lib.rendering.drawings import Drawing
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.frames import frames
from license_lib.rendering.metadata import Description
from license_lib.rendering.ornament import GROUND, MICROTEXT, background, microtext
from license_lib.rendering.photo import check_photo
from license_lib.rendering.plan import Planner, planner
from license_lib.rendering.press.binding import Attachment, Bound, SealField, SealSpace, Structure, bind
from license_lib.rendering.press.plate import Plate
from license_lib.rendering.press.stock import Ink, Stock
from license_lib.rendering.qr_drawing import qr_path
from license_lib.rendering.same import Same
from license_lib.rendering.sheet import Sheet
from license_lib.rendering.structure import Edges, Element, Marked, arranged

PHOTO_ALT = "持证人照片"
SEAL_ALT = "电子印章"
QR_ALT = "二维码：用手机扫描可核验本证照"


Reader = Callable[[str], bytes]
_TEMPLATES_REMEMBERED: Final = 128
_ARTWORK: Final = "Artwork"
"""The beginning of the names of a department's own pictures among the resources of every page."""


@dataclass(frozen=True, slots=True)
class Press:
    """What licences are printed with.

    Attributes:
        fonts: the faces to draw with.
        artwork: gives the file of a picture of a layout by its SHA-256 (hex); needed where a layout has any.
        kept: where what was made for a template is kept for other processes.
    """

    fonts: Fonts
    artwork: Reader | None = None
    kept: MadeOnce = field(default_factory=MadeOnce)


def render(
    license_type: LicenseType,
    document: License,
    *,
    qr_text: str,
    fonts: Fonts,
    photo: bytes | None = None,
    seal: SealSpace | None = None,
    attachment: Attachment | None = None,
    artwork: Reader | None = None,
) -> bytes:
    """Draw a licence whose seal, if it will bear one, is not made yet: see `printed`."""
    press = Press(fonts, artwork)
    bound = printed(press, license_type, document, qr_text=qr_text, photo=photo, seal=seal, attachment=attachment)
    return bytes(bound.data)


def printed(
    press: Press,
    license_type: LicenseType,
    document: License,
    *,
    qr_text: str,
    photo: bytes | None = None,
    seal: SealSpace | None = None,
    attachment: Attachment | None = None,
) -> Bound:
    """Print a licence.

    Args:
        press: what it is printed with.
        license_type: the type whose layout is used.
        document: the licence.
        qr_text: what the QR code says; ASCII, best in the QR alphanumeric set.
        photo: the photograph's file, where the licence has one; its digest must be the one in `document`.
        seal: what the face has to know of its seal; None for a face that nobody seals.
        attachment: the record that travels inside the file.

    Returns:
        A PDF (ISO 32000-1, made to PDF/A-3u and PDF/UA-1) of one page and any further that the licence needs, with the
        gap for its signature where `seal` says what fills it. The same arguments give the same bytes.

    Raises:
        InputError: `glyph.missing`, `field.overflow`, `photo.invalid`, `photo.mismatch`, `artwork.unsupported` or
            `qr.unencodable`.
        MachineError: `font.unreadable`.
    """
    content = face_content(license_type, document)
    layout = content.layout
    code = qr_operators(layout, qr_text)
    face = composed(press, license_type, document, content, code=code, photo=photo, ink=seal.ink if seal else None)
    pictures = [(one.alt, one.box) for page in face.drawn for one in (*page.above, *page.below)]
    return bind(
        face.sheet,
        structure=Structure(
            lambda: list(_elements(face.drawn, sealed=seal is not None)),
            (*face.sheet.kind, *pictures, seal is not None),
        ),
        forms={MICROTEXT: face.microtext},
        seal=None if seal is None else seal_field(layout, seal),
        about=Description(
            title=f"{document.type_name} {document.identifier}",
            subject=f"电子证照：{document.type_name}，{document.issuer.name}颁发",
            identifier=str(document.identifier),
            created=document.issued_on,
        ),
        attachment=attachment,
    )


class Composed(NamedTuple):
    """A face whose pages are drawn, and not bound to a file yet.

    Attributes:
        sheet: its pages.
        microtext: the form that they draw by the name of `MICROTEXT`.
        plan: which texts are on them.
        drawn: the same and the pictures, for the logical structure.
    """

    sheet: Sheet
    microtext: Drawing
    plan: FacePlan
    drawn: Sequence["_Drawn"]


def composed(
    press: Press,
    license_type: LicenseType,
    document: License,
    content: FaceContent,
    *,
    code: str,
    photo: bytes | None = None,
    ink: Ink | None = None,
) -> Composed:
    """Draw the pages of a licence.

    Args:
        press: what it is printed with.
        license_type: the type.
        document: the licence.
        content: what it shows.
        code: the operators that draw its code.
        photo: the photograph's file, where the licence has one.
        ink: what sealing shows, where it is printed with the face.

    Raises:
        InputError, MachineError: as `printed`.
    """
    layout = content.layout
    template = _template(press, license_type, layout, ink)
    plan = template.planner.plan(content)
    sheet = Sheet(template.plate)
    micro, micro_border = microtext(layout.page, str(document.identifier))
    pages: list[_Drawn] = []
    for number, page in enumerate(plan.pages):
        if number:
            sheet.next_page()
        sheet.draw(micro_border)
        above = [one.drawn(sheet) for one in template.artwork if one.page == number + 1]
        below = [] if number else [*_photo(sheet, layout, document, photo), _code(sheet, layout, code)]
        sheet.draw(frames(page.rules, None if number else layout.photo, template.plate.height, layout.page.color))
        texts = [(block, mark) for block in page.blocks if (mark := sheet.text(block)) is not None]
        pages.append(_Drawn(above, texts, below))
    sheet.stamp()
    return Composed(sheet, micro, plan, pages)


class _Drawn(NamedTuple):
    """What stands on a page: pictures that are read before its texts, the texts, and pictures that are read after."""

    above: Sequence[Element]
    texts: Sequence[Marked]
    below: Sequence[Element]


def _elements(pages: Sequence[_Drawn], *, sealed: bool) -> Iterator[Element]:
    """Everything in reading order."""
    for number, page in enumerate(pages):
        yield from page.above
        yield from arranged(page.texts, heading="H2" if number else "H1")
        yield from page.below
        if sealed and not number:
            yield Element("Form")


class _Artwork(NamedTuple):
    """A picture of the department's own: where it stands, what it shows, and the operators that draw it."""

    page: int
    edges: Edges
    alt: str
    operators: str

    def drawn(self, sheet: Sheet) -> Element:
        return Element("Figure", [sheet.figure(self.operators)], alt=self.alt, box=self.edges)


class _Template(NamedTuple):
    """What every licence of a layout shares."""

    planner: Planner
    plate: Plate
    artwork: Sequence[_Artwork]


_templates: dict[object, _Template] = {}


def _template(press: Press, license_type: LicenseType, layout: Layout, ink: Ink | None) -> _Template:
    """The template of a layout; made when it is first needed, and remembered as long as few others are."""
    key = (Same(license_type), Same(layout), Same(press.fonts), ink)
    template = _templates.get(key)
    if template is None:
        if layout.artwork and press.artwork is None:
            raise ValueError("the layout shows artwork: say where its files are")
        if len(_templates) >= _TEMPLATES_REMEMBERED:
            _templates.clear()
        seed = layout.page.seed or license_type.key
        stock = _stock(press, layout, seed, ink)
        planned, page = planner(license_type, layout, press.fonts), layout.page
        plate = Plate.made(page.width * MM, page.height * MM, press.fonts, stock, blocks=planned.fixed, ink=ink)
        pictures = [_placed(layout, number, stock) for number in range(len(layout.artwork))]
        template = _templates[key] = _Template(planned, plate, pictures)
    return template


def _stock(press: Press, layout: Layout, seed: str, ink: Ink | None) -> Stock:
    """The stock of a layout, from what was kept if it was made before."""

    def make() -> bytes:
        forms = {GROUND: background(layout.page, seed)}
        for number, one in enumerate(layout.artwork):
            forms[f"{_ARTWORK}{number}"] = artwork_drawing(press.artwork(one.sha256) if press.artwork else b"")
        return Stock.made(forms, ink).to_bytes()

    parts = [
        _state_of_code(),
        layout.page.model_dump_json().encode(),
        seed.encode(),
        *(one.sha256.encode() for one in layout.artwork),
        *((ink.seal, *(mark for mark, _, _ in ink.marks)) if ink else ()),
    ]
    return Stock.from_bytes(press.kept.get("stock", parts, make))


@cache
def _state_of_code() -> bytes:
    return state_of(Path(__file__).parent.rglob("*.py"))


def _placed(layout: Layout, number: int, stock: Stock) -> _Artwork:
    """A picture of the department's own in the middle of its box."""
    one, form = layout.artwork[number], stock.forms[f"{_ARTWORK}{number}"]
    edges = _fitted(form.width, form.height, edges_of(layout.page, one))
    wide, high = (edges.right - edges.left) / form.width, (edges.top - edges.bottom) / form.height
    place = f"{wide:.6f} 0 0 {high:.6f} {edges.left:.2f} {edges.bottom:.2f}"
    return _Artwork(one.page, edges, one.alt, f"q {place} cm /{_ARTWORK}{number} Do Q")


def seal_field(layout: Layout, seal: SealSpace) -> SealField:
    """The field of the seal: as large as the seal, in the middle of where the layout wants it.

    Raises:
        InputError: `seal.room`, the page ends before the seal does.
    """
    place, page = layout.seal, layout.page
    x, y = place.x + (place.size - seal.width_mm) / 2, place.y + (place.size - seal.height_mm) / 2
    if min(x, y) < 0 or x + seal.width_mm > page.width or y + seal.height_mm > page.height:
        raise InputError(
            "seal.room",
            f"a seal of {seal.width_mm:g} × {seal.height_mm:g} mm does not lie within the page",
            hint="use another seal, or a template with room for it",
        )
    edges = edges_of(page, Box(x=x, y=y, w=seal.width_mm, h=seal.height_mm))
    return SealField(seal.field, f"{SEAL_ALT}：{seal.name}", edges, seal.signature)


def qr_operators(layout: Layout, text: str) -> str:
    """The operators that draw the code that says a text, where a layout has it."""
    edges = edges_of(layout.page, layout.qr)
    return qr_path(text, edges.left, edges.bottom, layout.qr.size * MM)


def _code(sheet: Sheet, layout: Layout, operators: str) -> Element:
    """Draw the QR code."""
    return Element("Figure", [sheet.figure(operators)], alt=QR_ALT, box=edges_of(layout.page, layout.qr))


def _photo(sheet: Sheet, layout: Layout, document: License, photo: bytes | None) -> Iterator[Element]:
    """Draw the photograph in the middle of its box, if there is one."""
    if layout.photo is not None and _has_photo(document, photo):
        picture = check_photo(photo or b"")
        edges = _fitted(picture.width, picture.height, edges_of(layout.page, layout.photo))
        yield Element("Figure", [sheet.picture(picture, edges)], alt=PHOTO_ALT, box=edges)


def _fitted(width: float, height: float, box: Edges) -> Edges:
    """The largest rectangle of these proportions in the middle of a box."""
    scale = min((box.right - box.left) / width, (box.top - box.bottom) / height)
    beside, below = width * scale / 2, height * scale / 2
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    return Edges(*(round(edge, 2) for edge in (x - beside, y - below, x + beside, y + below)))


def edges_of(page: Page, box: Box | Square) -> Edges:
    """A place of the layout in the page's own space."""
    width, height = (box.size, box.size) if isinstance(box, Square) else (box.w, box.h)
    top = page.height - box.y
    return Edges(*(round(edge * MM, 3) for edge in (box.x, top - height, box.x + width, top)))


def _has_photo(document: License, photo: bytes | None) -> bool:
    """Whether there is a photograph to draw; it must be the one that the licence names."""
    if document.photo is None and photo is None:
        return False
    given = None if photo is None else hashlib.sha256(photo).hexdigest()
    named = None if document.photo is None else document.photo.sha256
    if given != named:
        raise InputError("photo.mismatch", "the photograph is not the one that the licence names")
    return True
