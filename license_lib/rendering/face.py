"""Licence → unsigned PDF: the face 照面, its QR code, its photograph and its attached record."""

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from license_lib.catalogue.layout import Box, Layout, Page, Square
from license_lib.catalogue.model import LicenseType
from license_lib.errors import InputError
from license_lib.licenses import License, face_content
from license_lib.rendering.artwork import artwork_drawing
from license_lib.rendering.blocks import MM
from license_lib.rendering.drawings import Drawing
from license_lib.rendering.finishing import Attachment, SealField, SealSpace, finish
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.frames import frames
from license_lib.rendering.metadata import Description
from license_lib.rendering.ornament import GROUND, MICROTEXT, background, microtext
from license_lib.rendering.photo import check_photo
from license_lib.rendering.plan import plan_face
from license_lib.rendering.qr_drawing import qr_path
from license_lib.rendering.structure import Edges, Element, arranged

if TYPE_CHECKING:
    from license_lib.rendering.sheet import Sheet

PHOTO_ALT = "持证人照片"
SEAL_ALT = "电子印章"
QR_ALT = "二维码：用手机扫描可核验本证照"


def render(
    license_type: LicenseType,
    document: License,
    *,
    qr_text: str,
    fonts: Fonts,
    photo: bytes | None = None,
    seal: SealSpace | None = None,
    attachment: Attachment | None = None,
    artwork: Callable[[str], bytes] | None = None,
) -> bytes:
    """Draw a licence.

    Args:
        license_type: the type whose layout is used.
        document: the licence.
        qr_text: what the QR code says; ASCII, best in the QR alphanumeric set.
        fonts: the faces to draw with.
        photo: the photograph's file, where the licence has one; its digest must be the one in `document`.
        seal: how large the seal will be, and what it is called; None for a face that nobody seals.
        attachment: the record that travels inside the file.
        artwork: gives the file of a picture of the layout by its SHA-256 (hex); needed where the layout has any.

    Returns:
        A PDF (ISO 32000-1, made to PDF/A-3u and PDF/UA-1) of one page and any further that the licence needs. The same
        arguments give the same bytes.

    Raises:
        InputError: `glyph.missing`, `field.overflow`, `photo.invalid`, `photo.mismatch`, `artwork.unsupported` or
            `qr.unencodable`.
        MachineError: `font.unreadable`.
    """
    from license_lib.rendering.sheet import Sheet  # loads reportlab; planning needs no PDF library

    content = face_content(license_type, document)
    layout = content.layout
    plan = plan_face(license_type, content, fonts)
    height = layout.page.height * MM
    sheet = Sheet(layout.page.width * MM, height, fonts)
    micro, micro_border = microtext(layout.page, str(document.identifier))
    forms = {GROUND: background(layout.page, layout.page.seed or license_type.key), MICROTEXT: micro}
    elements: list[Element] = []
    for number, page in enumerate(plan.pages):
        if number:
            sheet.next_page()
        sheet.draw(micro_border)
        for name, drawing, element in _artwork(sheet, layout, number, artwork):
            forms[name] = drawing
            elements.append(element)
        pictures = [] if number else [*_photo(sheet, layout, document, photo), _code(sheet, layout, qr_text)]
        sheet.draw(frames(page.rules, None if number else layout.photo, height, layout.page.color))
        marked = [(block, mark) for block in page.blocks if (mark := sheet.text(block)) is not None]
        elements += [*arranged(marked, heading="H2" if number else "H1"), *pictures]
        if seal is not None and not number:
            elements.append(Element("Form"))
    return finish(
        sheet.finish(),
        forms=forms,
        elements=elements,
        seal=None if seal is None else seal_field(layout, seal),
        about=Description(
            title=f"{document.type_name} {document.identifier}",
            subject=f"电子证照：{document.type_name}，{document.issuer.name}颁发",
            identifier=str(document.identifier),
            created=document.issued_on,
        ),
        attachment=attachment,
    )


def seal_field(layout: Layout, seal: SealSpace) -> SealField:
    """The field that the seal fills: as large as the seal, in the middle of where the layout wants it.

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
    return SealField(seal.field, f"{SEAL_ALT}：{seal.name}", edges)


def _code(sheet: "Sheet", layout: Layout, text: str) -> Element:
    """Draw the QR code."""
    edges = edges_of(layout.page, layout.qr)
    mark = sheet.figure(qr_path(text, edges.left, edges.bottom, layout.qr.size * MM))
    return Element("Figure", [mark], alt=QR_ALT, box=edges)


def _photo(sheet: "Sheet", layout: Layout, document: License, photo: bytes | None) -> Iterator[Element]:
    """Draw the photograph in the middle of its box, if there is one."""
    if layout.photo is not None and _has_photo(document, photo):
        picture = check_photo(photo or b"")
        edges = _fitted(picture.width, picture.height, edges_of(layout.page, layout.photo))
        yield Element("Figure", [sheet.picture(picture, edges)], alt=PHOTO_ALT, box=edges)


def _artwork(
    sheet: "Sheet", layout: Layout, page: int, read: Callable[[str], bytes] | None
) -> Iterator[tuple[str, Drawing, Element]]:
    """Draw the department's own pictures on a page, each in the middle of its box."""
    for number, one in enumerate(layout.artwork):
        if one.page != page + 1:
            continue
        if read is None:
            raise ValueError("the layout shows artwork: say where its files are")
        drawing = artwork_drawing(read(one.sha256))
        edges = _fitted(drawing.width, drawing.height, edges_of(layout.page, one))
        name = f"Artwork{number}"
        yield name, drawing, Element("Figure", [sheet.form(name, drawing, edges)], alt=one.alt, box=edges)


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
