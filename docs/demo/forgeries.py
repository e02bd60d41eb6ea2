"""What people do to licences: the demo shows that each is caught, the tests that it is caught for its own reason."""

import io
import secrets
from collections.abc import Callable
from datetime import datetime

import pikepdf

from license_lib.catalogue import LicenseType
from license_lib.licenses import License
from license_lib.licenses.record import canonical_bytes
from license_lib.rendering import Attachment, Fonts, render
from signing.keys import SealCredential
from signing.sealing import seal


def change_byte(pdf: bytes) -> bytes:
    """Flip one bit in the middle of the signed bytes."""
    middle = pdf.index(b"/ByteRange") // 2
    return pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]


def paint_over(pdf: bytes) -> bytes:
    """Cover a part of the face with white and a line of other ink, and save the whole file anew with another tool."""
    ink = b"q 1 1 1 rg 200 300 200 24 re f 0 0 0 RG 205 306 m 390 306 l S Q"
    return _resaved(pdf, lambda document: document.pages[0].contents_add(pikepdf.Stream(document, ink)))


def resave(pdf: bytes) -> bytes:
    """Change nothing, but save the file anew with another tool."""
    return _resaved(pdf, lambda _: None)


def append_bytes(pdf: bytes) -> bytes:
    """Add something after the end of the file, where a lax reader does not look."""
    return pdf + b"\n% nothing to see here\n"


def paste_code(
    document: License, kind: LicenseType, code: str, *, fonts: Fonts, credential: SealCredential, at: datetime
) -> bytes:
    """A licence with another one's code on its face, under a true seal: what only an insider can make."""
    face = render(kind, document, qr_text=code, fonts=fonts, attachment=Attachment(canonical_bytes(document)))
    return seal(
        face, credential=credential, timestamper=None, appearance=None, at=at, nonce=lambda: secrets.randbits(64)
    )


def _resaved(pdf: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(out)
    return out.getvalue()
