"""Licence → unsigned PDF: the face 照面, its QR code, its photograph and its attached record."""

import hashlib

from license_lib.catalogue.model import LicenseType
from license_lib.errors import InputError
from license_lib.licenses import License, face_content
from license_lib.rendering.blocks import MM
from license_lib.rendering.finishing import Attachment, Description, finish
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.frames import frames
from license_lib.rendering.ornament import background
from license_lib.rendering.photo import check_photo
from license_lib.rendering.plan import plan_face
from license_lib.rendering.qr_drawing import qr_path


def render(
    license_type: LicenseType,
    document: License,
    *,
    qr_text: str,
    fonts: Fonts,
    photo: bytes | None = None,
    attachment: Attachment | None = None,
) -> bytes:
    """Draw a licence.

    Args:
        license_type: the type whose layout is used.
        document: the licence.
        qr_text: what the QR code says; ASCII, best in the QR alphanumeric set.
        fonts: the faces to draw with.
        photo: the photograph's file, where the licence has one; its digest must be the one in `document`.
        attachment: the record that travels inside the file.

    Returns:
        One A4 page as PDF (ISO 32000-1, made to PDF/A-3u). The same arguments give the same bytes.

    Raises:
        InputError: `glyph.missing`, `field.overflow`, `photo.invalid`, `photo.mismatch` or `qr.unencodable`.
        MachineError: `font.unreadable`.
    """
    from license_lib.rendering.sheet import Sheet  # loads reportlab; planning needs no PDF library

    content = face_content(license_type, document)
    layout = content.layout
    plan = plan_face(license_type, content, fonts)
    height = layout.page.height * MM
    sheet = Sheet(layout.page.width * MM, height, fonts)
    for number, page in enumerate(plan.pages):
        if number:
            sheet.next_page()
        elif layout.photo is not None and _has_photo(document, photo):
            picture = check_photo(photo or b"")
            box = layout.photo
            scale = min(box.w * MM / picture.width, box.h * MM / picture.height)
            width, tall = picture.width * scale, picture.height * scale
            left, top = box.x * MM + (box.w * MM - width) / 2, box.y * MM + (box.h * MM - tall) / 2
            sheet.picture(picture, left, height - top - tall, width, tall)
        sheet.draw(frames(page.rules, None if number else layout.photo, height, layout.page.color))
        for block in page.blocks:
            sheet.text(block)
        if number == 0:
            qr = layout.qr
            sheet.draw(qr_path(qr_text, qr.x * MM, height - (qr.y + qr.size) * MM, qr.size * MM))
    about = Description(
        title=f"{document.type_name} {document.identifier}",
        subject=f"电子证照：{document.type_name}，{document.issuer.name}颁发",
        identifier=str(document.identifier),
        created=document.issued_on,
    )
    return finish(sheet.finish(), background(layout.page), about, attachment)


def _has_photo(document: License, photo: bytes | None) -> bool:
    """Whether there is a photograph to draw; it must be the one that the licence names."""
    if document.photo is None and photo is None:
        return False
    given = None if photo is None else hashlib.sha256(photo).hexdigest()
    named = None if document.photo is None else document.photo.sha256
    if given != named:
        raise InputError("photo.mismatch", "the photograph is not the one that the licence names")
    return True
