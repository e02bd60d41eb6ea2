"""Pages to draw on: points from the top-left corner, colours as #RRGGBB, operators collected as text.

Only this module speaks to reportlab's canvas.
"""

from io import BytesIO
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from license_lib.rendering.blocks import Block
from license_lib.rendering.colors import fill, stroke
from license_lib.rendering.drawings import Drawing
from license_lib.rendering.embedded_font import EmbeddedFont
from license_lib.rendering.fonts import SONG, Fonts
from license_lib.rendering.ornament import GROUND
from license_lib.rendering.photo import Picture
from license_lib.rendering.structure import Edges, Mark, kind_of

_BEGINNING = f"/Artifact BMC /{GROUND} Do EMC"
BOLD_STROKE = 0.03  # of the type size: a regular face made bold by its own outline


class Sheet:
    """A page in the making.

    Args:
        width: page width in points.
        height: page height in points.
        fonts: the faces to draw with.
    """

    def __init__(self, width: float, height: float, fonts: Fonts) -> None:
        self._fonts = fonts
        self._faces: dict[str, EmbeddedFont] = {}
        self._file = BytesIO()
        self._canvas: Any = Canvas(
            self._file,
            pagesize=(width, height),
            invariant=1,
            pageCompression=0,  # compressed once, when the file is finished
            initialFontName=self._face(SONG).fontName,
        )
        self._height = height
        self._operators = [_BEGINNING]
        self._page = 0
        self._marks = 0

    def draw(self, operators: str) -> None:
        """Add PDF operators in the page's own space (origin at the bottom left) that mean nothing: an artifact."""
        if operators:
            self._operators.append(f"/Artifact BMC {operators} EMC")

    def figure(self, operators: str) -> Mark:
        """Add PDF operators in the page's own space that draw a picture with a meaning."""
        return self._mark("Figure", operators)

    def form(self, name: str, drawing: Drawing, edges: Edges) -> Mark:
        """Draw a form that every page knows by name, as a picture with a meaning."""
        left, bottom, right, top = edges
        wide, high = (right - left) / drawing.width, (top - bottom) / drawing.height
        return self.figure(f"q {wide:.6f} 0 0 {high:.6f} {left:.2f} {bottom:.2f} cm /{name} Do Q")

    def text(self, block: Block) -> Mark | None:
        """Draw a placed text; None if it is an artifact."""
        document = self._canvas._doc  # noqa: SLF001 - dynamic fonts need it, and reportlab offers no accessor
        parts = ["BT", fill(block.color)]
        if block.bold:
            parts += [f"2 Tr {stroke(block.color)} {block.lines[0].size * BOLD_STROKE:.2f} w"]
        for line in block.lines:
            parts.append(f"1 0 0 1 {line.x:.2f} {self._height - line.baseline:.2f} Tm {line.spacing:.3f} Tc")
            for run in self._fonts.runs(line.text, block.face):
                face = self._face(run.face)
                name = face.getSubsetInternalName(0, document)
                parts.append(f"{name} {line.size:g} Tf <{face.encode(run.text, document).hex()}> Tj")
        parts += ["0 Tr ET"] if block.bold else ["ET"]
        kind = kind_of(block)
        if kind is None:
            self._operators.append(f"/Artifact <</Type/Pagination>> BDC {' '.join(parts)} EMC")
            return None
        return self._mark(kind, " ".join(parts))

    def _face(self, name: str) -> EmbeddedFont:
        return self._faces.setdefault(name, _registered(self._fonts, name))

    def _mark(self, kind: str, operators: str) -> Mark:
        """Add content that an element of the structure will hold."""
        mark = Mark(self._page, self._marks)
        self._marks += 1
        self._operators.append(f"/{kind} <</MCID {mark.number}>> BDC {operators} EMC")
        return mark

    def picture(self, picture: Picture, edges: Edges) -> Mark:
        """Draw a photograph."""
        entries: dict[str, Any] = {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Image"),
            "Width": picture.width,
            "Height": picture.height,
            "BitsPerComponent": 8,
            "ColorSpace": PDFName("DeviceGray" if picture.grey else "DeviceRGB"),
            "Filter": PDFName("DCTDecode"),
        }
        document = self._canvas._doc  # noqa: SLF001 - drawImage would decode a JPEG only to name it
        name = document.getXObjectName("photo")
        document.Reference(PDFStream(PDFDictionary(entries), picture.data, []), name)
        self._canvas._formsinuse.append("photo")  # noqa: SLF001 - the page lists the image among its resources
        left, bottom, right, top = edges
        return self.figure(f"q {right - left:.2f} 0 0 {top - bottom:.2f} {left:.2f} {bottom:.2f} cm /{name} Do Q")

    def next_page(self) -> None:
        """Begin another page."""
        self._canvas._code.extend(self._operators)  # noqa: SLF001 - the canvas has no public way to take operators
        self._operators = [_BEGINNING]
        self._canvas.showPage()
        self._page += 1
        self._marks = 0

    def finish(self) -> bytes:
        """The finished file."""
        self.next_page()
        self._canvas.save()
        return self._file.getvalue()


def _registered(fonts: Fonts, name: str) -> EmbeddedFont:
    """The font as reportlab knows it: by name, in a registry of the process; one entry per font file is enough."""
    face = fonts.faces[name]
    key = f"licence-{name}"
    try:
        known = pdfmetrics.getFont(key)
    except KeyError:
        known = None
    if isinstance(known, EmbeddedFont) and known.face is face:
        return known
    font = EmbeddedFont(key, face)
    pdfmetrics._fonts[key] = font  # noqa: SLF001 - registerFont would keep the first font of a face name for ever
    return font
