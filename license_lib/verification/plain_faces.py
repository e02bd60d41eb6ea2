"""Faces of plain files, read from the operators of their pages: nothing is drawn (ADR 26).

Only on a ground that our own press prints, for the same template and seal: the first licence on it is printed once
more, and drawn, too. Whatever is not spelled as our press spells it is drawn every time.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from license_lib.catalogue import Layout, LicenseType
from license_lib.catalogue.layout import MOST_CONTINUATION_PAGES, Box
from license_lib.code_size import LEAST_MODULE, QUIET_ZONE, CodeSize
from license_lib.errors import InputError, MachineError
from license_lib.licenses import FaceContent, License, TemplateRef
from license_lib.licenses.record import canonical_bytes
from license_lib.qr import proofs_among
from license_lib.verification.faces import differing_fields
from license_lib.verification.ground import Reprints
from license_lib.verification.plain_objects import (
    LARGEST_PAGE,
    OtherwiseSpelledError,
    anonymous,
    inflated,
    need,
    references,
    unpacked,
)
from license_lib.verification.plain_pages import DrawnCode, PlainPage, TextLine, read_code, read_page
from license_lib.verification.plain_runs import (
    Edges,
    Run,
    are_in_order,
    lines_below_each_other,
    may_be_seen_once,
    reading_lines,
)
from license_lib.verification.reading import POINTS_PER_MM, Face, read_face, squeezed
from signing.pdf_reading.plain import PlainFile, read_plain
from signing.reports import SealReport

if TYPE_CHECKING:
    from license_lib.rendering.fonts import Fonts

_MOST_KNOWN: Final = 512
_MOST_LINES_KNOWN: Final = 1 << 14
_MOST_OBJECTS: Final = 200
"""Of a ground: each may need the next one."""
MOST_LINES: Final = 6
"""Below each other: each would have to be six of the 37 rows that the code of a licence has at least (ADR 26)."""
_LARGEST_MICROTEXT: Final = 64 * 1024
_LARGEST_VERSION: Final = 40
_MODULE: Final = 2
"""Pixels of a module's side, for the reader of codes."""
_SHADES: Final = bytes((255, 0)) + bytes(254)
"""Of light and dark modules."""
_SAME_PLACE: Final = 0.05
"""Points that a code may be off its place."""
_NAMED: Final = rb"<<((?:/[A-Za-z0-9]{1,20} \d{1,5} 0 R)*)>>"
_RESOURCES: Final = re.compile(rb"<</Font%b/XObject%b>>" % (_NAMED, _NAMED))
_ONE_NAMED: Final = re.compile(rb"/([A-Za-z0-9]+) (\d+) 0 R")
_MICROTEXT_FORM: Final = b"<</Type/XObject/Subtype/Form/BBox%b/Filter/FlateDecode/Length %d>>"
_MICROTEXT, _PHOTOGRAPH = "Micro", "Photo"
"""Names of forms that are not of the ground (`rendering.ornament`, `rendering.sheet`)."""
_OUT_OF_OUR_HANDS: Final = (OtherwiseSpelledError, LookupError, ValueError, InputError, MachineError)
"""It is spelled otherwise, or our press cannot print it, or there are no fonts."""


class PlainFaces:
    """Reads faces, and knows the grounds that our press prints. Threads may share it.

    Args:
        press: gives the one that prints licences once more; asked when a template is met again.
    """

    def __init__(self, press: Callable[[], Reprints]) -> None:
        self._press = cache(press)
        self._met: set[TemplateRef] = set()
        self._ours: set[bytes] = set()
        self._others: set[bytes] = set()
        self._lines: Mapping[str, TextLine] = {}
        self._lock = Lock()

    def sound(self, seal: SealReport, document: License, kind: LicenseType, content: FaceContent) -> Face | None:
        """A face of which nothing is wrong; None for any other, about which whoever draws it has the word.

        Args:
            seal: the seal of the file.
            document: its record.
            kind: the type in the version that draws it.
            content: what it is to show.

        Raises:
            UnreadableError: see `read`.
        """
        if seal.plain is None or seal.signer is None:
            return None
        face = self.read(seal.plain, document, kind, content.layout, seal.signer.certificate_der)
        if face is None or differing_fields(kind, content, face) or len(proofs_among(face.codes)) != 1:
            return None
        return face

    def read(
        self, file: PlainFile, document: License, kind: LicenseType, layout: Layout, certificate: bytes
    ) -> Face | None:
        """Read a face on a ground that our press prints; None where only drawing helps.

        Of the first licence of a template nothing is read: who judges one file has no use for it.

        Args:
            file: a sealed revision.
            document: its record.
            kind: the type in the version that draws it.
            layout: where everything stands on it.
            certificate: of who sealed it, DER.

        Raises:
            UnreadableError: it cannot be drawn; see `read_face`.
        """
        template = document.template
        if template not in self._met:
            self._remember(self._met, template)
            return None
        try:
            sheets = read_sheets(file, document, layout, self._press().fonts, self._lines)
            face = face_on(sheets, layout)
            # A template may have several layouts, with other places on the same ground; who sealed has a seal.
            name = f"{template.key} {template.version} {template.digest}\n{layout.model_dump_json()}\n"
            ground = hashlib.sha256(name.encode() + sheets.ground + certificate).digest()
            if ground in self._ours:
                return face
            is_ours = ground not in self._others and self._prints(ground, sheets, document, kind, layout, certificate)
        except _OUT_OF_OUR_HANDS:
            return None
        if is_ours and read_face(file.data, layout, file) != face:  # the last word has a renderer
            return None
        self._remember(self._ours if is_ours else self._others, ground)
        if is_ours and len(self._lines) <= _MOST_LINES_KNOWN:  # the template's own texts come again
            self._lines = {**self._lines, **{line: text for page in sheets.pages for line, text in page.lines.items()}}
        return face if is_ours else None

    def _prints(
        self,
        ground: bytes,
        sheets: "Sheets",
        document: License,
        kind: LicenseType,
        layout: Layout,
        certificate: bytes,
    ) -> bool:
        """Whether our press prints the same ground.

        What it cannot print takes it seconds at worst, and is tried once; other licences may be on that ground.
        """
        press = self._press()
        tried = hashlib.sha256(ground + canonical_bytes(document)).digest()
        need(tried not in self._others)
        try:
            reprints = filter(None, map(read_plain, press.reprints(kind, document, certificate)))
            grounds = (read_sheets(one, document, layout, press.fonts, self._lines).ground for one in reprints)
            is_ours = sheets.ground in grounds
        except _OUT_OF_OUR_HANDS:
            self._remember(self._others, tried)
            raise
        return is_ours

    def _remember(self, known: set[Any], one: object) -> None:
        with self._lock:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known.add(one)


class Sheets(NamedTuple):
    """What the pages of a file hold.

    Attributes:
        pages: line by line.
        ground: digest of all that is seen, but for the record's texts, code and micro-text.
    """

    pages: Sequence[PlainPage]
    ground: bytes


def read_sheets(
    file: PlainFile, document: License, layout: Layout, fonts: "Fonts", lines: Mapping[str, TextLine]
) -> Sheets:
    """Read the pages of a file.

    Args:
        file: the file.
        document: its record.
        layout: where everything stands.
        fonts: what it may be set in.
        lines: see `read_page`.

    Raises:
        OtherwiseSpelledError, LookupError, ValueError: it is not spelled as our press spells.
        MachineError: `font.unreadable`.
    """
    from license_lib.rendering.microtext import run  # they load what reads font files
    from license_lib.rendering.press.objects import numbers
    from license_lib.verification.plain_fonts import shown_fonts

    last = file.last
    root = last.entry(last.trailer, "Root")
    texts = [file.text(one.number) for one in last.entry(last.entry(root, "Pages"), "Kids")]
    need(layout.pages <= len(texts) <= layout.pages + MOST_CONTINUATION_PAGES)
    # What is named stands where our press has it, or nothing of the ground is ours.
    named = [references(text) for text in texts]
    resources, widget = named[0][1], file.text(named[0][3])
    catalog, tree, form = (file.text(one.number) for one in (last.trailer["Root"], root["Pages"], root["AcroForm"]))
    found = _RESOURCES.fullmatch(file.text(resources))
    if found is None:
        raise OtherwiseSpelledError
    held, forms = (
        {name.decode("ascii"): int(number) for name, number in _ONE_NAMED.findall(part)} for part in found.groups()
    )
    need(len(held) + len(forms) == len(_ONE_NAMED.findall(found[0])))  # no name twice
    need({one[1] for one in named} == {resources} and _PHOTOGRAPH not in forms)  # it may show a code, or become one
    ground = hashlib.sha256(b"\n".join([anonymous(text) for text in (catalog, tree, form, *texts, widget)]))
    if _MICROTEXT in forms:
        number, (operators, *size) = forms.pop(_MICROTEXT), run(str(document.identifier))
        packed = file.encoded(number)
        need(file.text(number) == _MICROTEXT_FORM % (numbers((0, 0, *size)), len(packed)))
        need(inflated(packed, _LARGEST_MICROTEXT) == operators.encode("ascii"))
        ground.update(b"\n" + _MICROTEXT.encode("ascii"))
    met: dict[int, int] = {}
    for name, number in {**forms, "": references(widget)[0]}.items():
        ground.update(f"\n{name} ".encode("ascii"))
        _add_object(ground, file, number, met)
    shown = shown_fonts(file, held, fonts)
    pages = [read_page(unpacked(file, one[2], LARGEST_PAGE), shown, lines) for one in named]
    for page in pages:
        ground.update("\n".join(["\n页", *page.ground]).encode())
    ground.update(_beside(pages, layout))
    return Sheets(pages, ground.digest())


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


def face_on(sheets: Sheets, layout: Layout) -> Face:
    """What the pages say, if everything stands where the layout has it, each by itself.

    Raises:
        OtherwiseSpelledError: something does not, or might be read in another way by a renderer.
    """
    pages, first, square = sheets.pages, sheets.pages[0], layout.qr
    code = read_code(first)
    need(not any(page.code for page in pages[1:]) and not any(may_be_seen_once(page.runs) for page in pages))
    place = _place(Box(x=square.x, y=square.y, w=square.size, h=square.size), layout)
    need(all(abs(one - other) < _SAME_PLACE for one, other in zip(code.edges, place, strict=True)))
    need(place.right - place.left > code.side * LEAST_MODULE * POINTS_PER_MM)  # a renderer has no pixels for less
    need(not any(run.ink.meets(place) for run in first.runs))
    need(lines_below_each_other(first.runs) <= MOST_LINES)
    rests = [(number, layout.page.body) for number in range(layout.pages + 1, len(pages) + 1)]
    lined = [[*zip(page.runs, reading_lines(page.runs), strict=True)] for page in pages]
    return Face(
        pages=len(pages),
        boxes=_texts(lined, layout, [(box.page, box) for box in layout.boxes]),
        tables=_texts(lined, layout, [(table.page, table) for table in layout.tables]),
        continuation=_texts(lined, layout, rests),
        codes=_code_texts(code),
        pictures=(),
    )


def _texts(
    pages: Sequence[Sequence[tuple[Run, int]]], layout: Layout, places: Sequence[tuple[int, Box]]
) -> tuple[str, ...]:
    """The text in each place, of runs that lie in it; they come with the numbers of their lines."""
    texts: list[str] = []
    for number, box in places:
        place = _place(box, layout)
        runs = [one for one in pages[number - 1] if one[0].ink.meets(place)]
        need(all(run.lies_in(place) for run, _ in runs) and are_in_order(runs))
        texts.append(squeezed("".join([run.text for run, _ in runs])))
    return tuple(texts)


def _beside(pages: Sequence[PlainPage], layout: Layout) -> bytes:
    """The texts that touch no place of the layout: they are the template's."""
    texts: list[str] = []
    for number, page in enumerate(pages, start=1):
        boxes: list[Box] = [box for box in layout.boxes if box.page == number]
        boxes += [table for table in layout.tables if table.page == number]
        if number > layout.pages:
            boxes.append(layout.page.body)
        places = [_place(box, layout) for box in boxes]
        texts += [f"\n{number} {run}" for run in page.runs if not any(map(run.ink.meets, places))]
    return "".join(texts).encode()


def _place(box: Box, layout: Layout) -> Edges:
    left, top = box.x * POINTS_PER_MM, (layout.page.height - box.y) * POINTS_PER_MM
    return Edges(left, top - box.h * POINTS_PER_MM, left + box.w * POINTS_PER_MM, top)


def _code_texts(code: DrawnCode) -> tuple[str, ...]:
    """What readers of codes see, if it is a whole symbol: of a damaged one, they may see different things."""
    from PIL import Image

    from license_lib.qr.readers import ask_zxing
    from license_lib.rendering.qr_frame import frame_of
    from license_lib.rendering.qr_symbol import is_symbol_of

    size = CodeSize.of(code.side - 2 * QUIET_ZONE, 0)
    need(1 <= size.version <= _LARGEST_VERSION and size.modules == code.side - 2 * QUIET_ZONE)
    rows = frame_of(size.version).rows(code.symbol)
    symbol = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows).translate(_SHADES))
    picture = Image.new("L", (code.side, code.side), 255)
    picture.paste(symbol, (QUIET_ZONE, QUIET_ZONE))
    large = picture.resize((code.side * _MODULE, code.side * _MODULE), Image.Resampling.NEAREST)
    texts = tuple(one.text for one in ask_zxing(large, alone=True).codes)
    need(len(texts) == 1 and texts[0].isascii() and is_symbol_of(texts[0], code.symbol))
    return texts
