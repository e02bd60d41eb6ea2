"""Faces of plain files, read from the operators of their pages: nothing is drawn (ADR 26).

The first face on a ground is drawn, too, and both ways must see the same; from then on the ground is known, and faces
on it are only read. Whatever is not spelled as our press spells it is drawn every time.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from license_lib.catalogue import Layout, LicenseType
from license_lib.catalogue.layout import MOST_CONTINUATION_PAGES, Box
from license_lib.errors import MachineError
from license_lib.licenses import FaceContent, License, TemplateRef
from license_lib.qr import is_proof
from license_lib.verification.faces import differing_fields
from license_lib.verification.plain_grounds import leaves_the_code_alone, speaks_for_itself
from license_lib.verification.plain_objects import (
    LARGEST_PAGE,
    OtherwiseSpelledError,
    anonymous,
    inflated,
    need,
    references,
    unpacked,
)
from license_lib.verification.plain_pages import (
    DrawnCode,
    Edges,
    PlainPage,
    are_in_order,
    lines_below_each_other,
    read_code,
    read_page,
)
from license_lib.verification.reading import POINTS_PER_MM, Face, read_face, squeezed
from signing.pdf_reading.plain import PlainFile

if TYPE_CHECKING:
    from license_lib.rendering.fonts import Fonts

_MOST_KNOWN: Final = 512
_MOST_OBJECTS: Final = 200
"""Of a ground: each may need the next one."""
_MOST_RUNS: Final = 1000
"""Stretches of text in one place, or on the first page: each is compared with each."""
_MOST_LINES: Final = 20
"""Below each other; of more, a code could be made (`lines_below_each_other`)."""
_LARGEST_MICROTEXT: Final = 64 * 1024
_MODULE: Final = 3
"""Pixels of a module's side, for the reader of codes."""
_SAME_PLACE: Final = 0.05
"""Points that a code may be off its place."""
_PAGE: Final = re.compile(
    rb"<</Type/Page/Parent R/MediaBox\[0 0 [\d.]+ (\d+(?:\.\d+)?)\]/Resources R/Contents R/StructParents \d+/Tabs/S"
    rb"(/Annots\[R\])?>>"
)
_CATALOG: Final = re.compile(
    rb"<</Type/Catalog/Pages R/StructTreeRoot R/MarkInfo<</Marked true>>/Metadata R/Lang\([A-Za-z-]{2,20}\)"
    rb"/ViewerPreferences<</DisplayDocTitle true>>/OutputIntents\[<<[^<>]{1,300}>>\]/AF\[R\]"
    rb"/Names<</EmbeddedFiles<</Names\[\([^()]{1,100}\) R\]>>>>/AcroForm R/Perms<</DocMDP R>>>>"
)
"""With nothing about how pages are read: from right to left, PDFium reads other texts."""
_PAGES: Final = re.compile(rb"<</Type/Pages/Kids\[R(?: R)*\]/Count \d+>>")
"""With nothing that pages inherit: turned or cropped, all of them would show something else (ISO 32000-2 §7.7.3.4)."""
_NAMED: Final = rb"<<((?:/[A-Za-z0-9]{1,20} \d{1,5} 0 R)*)>>"
_RESOURCES: Final = re.compile(rb"<</Font%b/XObject%b>>" % (_NAMED, _NAMED))
_ONE_NAMED: Final = re.compile(rb"/([A-Za-z0-9]+) (\d+) 0 R")
_WIDGET: Final = re.compile(
    rb"<</Type/Annot/Subtype/Widget/FT/Sig/T\([^()]*\)/TU(?:<[0-9A-Fa-f]*>|\([^()]*\))/Rect\[[\d. ]+\]/F 132"
    rb"/AP<</N R>>/P R/StructParent \d+/V R>>"
)
_MICROTEXT_FORM: Final = b"<</Type/XObject/Subtype/Form/BBox%b/Filter/FlateDecode/Length %d>>"
_MICROTEXT, _PHOTOGRAPH = "Micro", "Photo"
"""Names of forms that are not of the ground (`rendering.ornament`, `rendering.sheet`)."""


class PlainFaces:
    """Reads faces, and knows the grounds that were seen. Threads may share it.

    Args:
        fonts: gives the fonts of the templates; asked when the first face is read.
    """

    def __init__(self, fonts: "Callable[[], Fonts]") -> None:
        self._fonts = cache(fonts)
        self._met: set[TemplateRef] = set()
        self._known: set[bytes] = set()
        self._refused: set[bytes] = set()
        self._lock = Lock()

    def sound(self, file: PlainFile, document: License, kind: LicenseType, content: FaceContent) -> Face | None:
        """A face of which nothing is wrong; None for any other, about which whoever draws it has the word.

        Args:
            file: a sealed revision.
            document: its record.
            kind: the type in the version that draws it.
            content: what it is to show.

        Raises:
            UnreadableError: see `read`.
        """
        face = self.read(file, document, content.layout)
        if face is None or differing_fields(kind, content, face) or sum(map(is_proof, face.codes)) != 1:
            return None
        return face

    def read(self, file: PlainFile, document: License, layout: Layout) -> Face | None:
        """Read a face on a ground that was seen before, or see to it that it was; None where only drawing helps.

        Of the first licence of a template nothing is read: who judges one file has no use for it.

        Args:
            file: a sealed revision.
            document: its record.
            layout: where everything stands on it.

        Raises:
            UnreadableError: it cannot be drawn; see `read_face`.
        """
        template = document.template
        if template not in self._met:
            self._remember(self._met, template)
            return None
        try:
            sheets = _read_sheets(file, str(document.identifier), self._fonts)
            read = _read_face(sheets, layout)
        except (OtherwiseSpelledError, LookupError, ValueError, MachineError):  # the last: we have no fonts
            return None
        # A template may have several layouts, with other places on the same ground.
        name = f"{template.key} {template.version} {template.digest}\n{layout.model_dump_json()}\n"
        ground = hashlib.sha256(name.encode() + sheets.ground + _beside(sheets, layout)).digest()
        if ground in self._known:
            return read
        # Looked at as closely as what follows, each licence on a ground that was refused would cost three drawings.
        if (
            ground in self._refused
            or not speaks_for_itself(file, sheets.forms)
            or read_face(file.data, layout, file) != read
        ):
            return None
        if not leaves_the_code_alone(file, sheets.contents, read_code(sheets.pages[0]).edges):
            self._remember(self._refused, ground)
            return None
        self._remember(self._known, ground)
        return read

    def _remember(self, known: set[Any], one: object) -> None:
        with self._lock:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known.add(one)


class _Sheets(NamedTuple):
    """What the pages of a file hold.

    Attributes:
        pages: line by line.
        height: of each, points.
        ground: digest of all that is seen, but for texts, code and micro-text.
        forms: the objects that the ground draws, and all that they need.
        contents: object number of the first page's operators.
    """

    pages: Sequence[PlainPage]
    height: float
    ground: bytes
    forms: Sequence[int]
    contents: int


def _read_sheets(file: PlainFile, identifier: str, fonts: "Callable[[], Fonts]") -> _Sheets:
    from license_lib.rendering.microtext import run  # they load what reads font files
    from license_lib.rendering.press.objects import numbers
    from license_lib.verification.plain_fonts import shown_fonts

    last = file.last
    need(_CATALOG.fullmatch(anonymous(file.text(last.trailer["Root"].number))))
    kids = last.entry(last.entry(last.entry(last.trailer, "Root"), "Pages"), "Kids")
    texts = [file.text(one.number) for one in kids]
    named = [references(text) for text in texts]  # parent, resources, contents, and of the first page the seal
    pages = [_PAGE.fullmatch(anonymous(text)) for text in texts]
    need(all(pages) and len({one[1] for one in named}) == 1)
    need(all(_PAGES.fullmatch(anonymous(file.text(one[0]))) for one in named))
    need([len(one) for one in named] == [4, *[3] * (len(named) - 1)])
    (resources, first), widget = (named[0][1], pages[0]), file.text(named[0][3])
    found = _RESOURCES.fullmatch(file.text(resources))
    if found is None or first is None or not _WIDGET.fullmatch(anonymous(widget)):
        raise OtherwiseSpelledError
    held, forms = (
        {name.decode("ascii"): int(number) for name, number in _ONE_NAMED.findall(part)} for part in found.groups()
    )
    need(len(held) + len(forms) == len(_ONE_NAMED.findall(found[0])))  # no name twice
    need(_PHOTOGRAPH not in forms)  # it may show a code, or be one when it is drawn
    ground = hashlib.sha256(b"\n".join([anonymous(text) for text in (*texts, widget)]))
    if _MICROTEXT in forms:
        number, (operators, *size) = forms.pop(_MICROTEXT), run(identifier)
        packed = file.encoded(number)
        need(file.text(number) == _MICROTEXT_FORM % (numbers((0, 0, *size)), len(packed)))
        need(inflated(packed, _LARGEST_MICROTEXT) == operators.encode("ascii"))
    met: dict[int, int] = {}
    for name, number in {**forms, "": references(widget)[0]}.items():
        ground.update(f"\n{name} ".encode("ascii"))
        _add_object(ground, file, number, met)
    shown = shown_fonts(file, held, fonts())
    read = [read_page(unpacked(file, one[2], LARGEST_PAGE).decode("ascii"), shown) for one in named]
    ground.update("\n\n".join(["\n".join(page.ground) for page in read]).encode("ascii"))
    return _Sheets(read, float(first[1]), ground.digest(), tuple(met), named[0][2])


def _add_object(ground: Any, file: PlainFile, number: int, met: dict[int, int]) -> None:
    """Add an object to a ground, with all that it needs."""
    if number in met:
        ground.update(b"again %d " % met[number])
        return
    need(len(met) < _MOST_OBJECTS)
    met[number] = len(met)
    text, data = file.text(number), file.encoded(number)
    said = anonymous(text)
    ground.update(b"%d %d " % (len(said), len(data)) + said + data)
    for one in references(text):
        _add_object(ground, file, one, met)


def _read_face(sheets: _Sheets, layout: Layout) -> Face:
    """What the pages say, if everything stands where the layout has it, each by itself."""
    pages, first, square = sheets.pages, sheets.pages[0], layout.qr
    code = read_code(first)
    need(layout.pages <= len(pages) <= layout.pages + MOST_CONTINUATION_PAGES)
    need(not any(page.code for page in pages[1:]))
    place = _place(Box(x=square.x, y=square.y, w=square.size, h=square.size), sheets.height)
    need(all(abs(one - other) < _SAME_PLACE for one, other in zip(code.edges, place, strict=True)))
    need(not any(run.ink.meets(place) for run in first.runs))
    need(len(first.runs) <= _MOST_RUNS and lines_below_each_other(first.runs) <= _MOST_LINES)
    rests = [(number, layout.page.body) for number in range(layout.pages + 1, len(pages) + 1)]
    return Face(
        pages=len(pages),
        boxes=_texts(sheets, [(box.page, box) for box in layout.boxes]),
        tables=_texts(sheets, [(table.page, table) for table in layout.tables]),
        continuation=_texts(sheets, rests),
        codes=_code_texts(code),
        pictures=(),
    )


def _texts(sheets: _Sheets, places: Sequence[tuple[int, Box]]) -> tuple[str, ...]:
    """The text in each place, of runs that lie in it."""
    texts: list[str] = []
    for number, box in places:
        place = _place(box, sheets.height)
        runs = [run for run in sheets.pages[number - 1].runs if run.ink.meets(place)]
        need(len(runs) <= _MOST_RUNS and all(run.lies_in(place) for run in runs) and are_in_order(runs))
        texts.append(squeezed("".join([run.text for run in runs])))
    return tuple(texts)


def _beside(sheets: _Sheets, layout: Layout) -> bytes:
    """The texts that touch no place of the layout: what they show together, somebody has to have seen."""
    texts: list[str] = []
    for number, page in enumerate(sheets.pages, start=1):
        boxes: list[Box] = [box for box in layout.boxes if box.page == number]
        boxes += [table for table in layout.tables if table.page == number]
        if number > layout.pages:
            boxes.append(layout.page.body)
        places = [_place(box, sheets.height) for box in boxes]
        texts += [f"\n{number} {run}" for run in page.runs if not any(map(run.ink.meets, places))]
    return "".join(texts).encode()


def _place(box: Box, height: float) -> Edges:
    left, top = box.x * POINTS_PER_MM, height - box.y * POINTS_PER_MM
    return Edges(left, top - box.h * POINTS_PER_MM, left + box.w * POINTS_PER_MM, top)


def _code_texts(code: DrawnCode) -> tuple[str, ...]:
    """What readers of codes see."""
    from PIL import Image

    from license_lib.qr.scanning import read_codes

    picture = Image.frombytes("L", (code.side, code.side), code.modules)
    pixels = code.side * _MODULE
    return read_codes(picture.resize((pixels, pixels), Image.Resampling.NEAREST))
