"""Where a seal goes on any PDF, such as an official document 电子公文: at a text that stands there.

An official document is sealed over the issuing body's name and the date 成文日期 at its end (GB/T 9704-2012, 7.3.5), so
the last occurrence of a keyword is the usual place. Nothing of the document is changed or hidden: the seal is ink that
lets the text below it show.

Texts are compared as people read them: full-width and half-width forms are the same, and a keyword goes on over the
end of a line. Only what a reader sees counts: text outside the crop box is no place for a seal.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from signing.errors import SealingError
from signing.pages import MAX_BYTES, MAX_PAGES, POINTS_PER_MM, SeenPage, Spot
from signing.pdfium_lock import one_at_a_time

MAX_KEYWORD: Final = 100
_MAX_CHARACTERS: Final = 200_000
"""Of one page. A page of small print has ten thousand."""
_NOT_ENCRYPTED: Final = -1
_BROKEN_WORD: Final = frozenset("\x02\ufffe")
"""A hyphen at the end of a line, as PDFium tells it: it does not belong to the word."""
_ANGLES_READ: Final = 400
_NEXT_LINE: Final = 1.5
"""Characters that are this many em apart across the line stand on different lines; vertical writing needs 1."""
_SAME_LINE: Final = 0.5


def find_keyword(pdf: bytes, keyword: str, *, occurrence: int = -1, dx_mm: float = 0.0, dy_mm: float = 0.0) -> Spot:
    """Find a text, for a seal to lie over it.

    Of a keyword that goes on over the end of a line, the part on the last line counts.

    Args:
        pdf: the document.
        keyword: 1 to 100 characters.
        occurrence: which one, from 0 through all pages, or from the end: -1 is the last. On a page they are in the
            order of the lines, whatever the file's own order.
        dx_mm: moves the spot to the right, as a reader sees the page, millimetres.
        dy_mm: moves the spot down, the same way.

    Returns:
        The centre of the text's rectangle, moved by `dx_mm` and `dy_mm`.

    Raises:
        SealingError: `seal.keyword` for a keyword out of bounds, `seal.keyword-missing` if the document has no such
            text or not as often, `seal.not-a-pdf`, `seal.too-large`.
    """
    wanted = _searchable(keyword).text
    if not wanted or len(keyword) > MAX_KEYWORD or any(unicodedata.category(one) in {"Cc", "Cs"} for one in wanted):
        raise SealingError("seal.keyword", f"The keyword is not 1 to {MAX_KEYWORD} printable characters")
    if len(pdf) > MAX_BYTES:
        raise SealingError("seal.too-large", f"The document has more than {MAX_BYTES // 1024**2} MiB")
    count, has_text = 0, False
    # From the end for the last ones: of a long document, only its last pages are read then.
    step, number = (-1, -occurrence - 1) if occurrence < 0 else (1, occurrence)
    with _opened(pdf) as document:
        for page_index in range(len(document))[::step]:
            page = _read(document, page_index)
            has_text = has_text or any(not character.isspace() for character in page.characters)
            found = page.find(wanted)[::step]
            if number < count + len(found):
                x, y = page.shown.seen(*found[number - count])
                _, height = page.shown.size
                return Spot(page_index, x / POINTS_PER_MM + dx_mm, (height - y) / POINTS_PER_MM + dy_mm)
            count += len(found)
    raise _missing(count, has_text=has_text)


def _missing(count: int, *, has_text: bool) -> SealingError:
    if count:
        message = f"The document has this text {count} times"
        return SealingError(
            "seal.keyword-missing", message, hint=f"ask for occurrence 0 to {count - 1}, or -1 to -{count} from the end"
        )
    if has_text:
        message, hint = (
            "The document has no such text",
            "give a text that stands in it, or page and millimetres",
        )
    else:
        message = "The document has no text at all, as a scan"
        hint = "recognise its text first, or give page and millimetres"
    return SealingError("seal.keyword-missing", message, hint=hint)


class _Searchable(NamedTuple):
    """A text as it is compared, and for each of its characters the index of the original one."""

    text: str
    origins: list[int]


def _searchable(characters: Iterable[str]) -> _Searchable:
    """Fold forms (NFKD: equal under it is equal under NFKC, and it can be taken character by character) and blanks.

    White space stays, as one blank, between two narrow characters only: Chinese is written without it, but lines end
    and typesetters space.
    """
    text: list[str] = []
    origins: list[int] = []
    blank: int | None = None
    for index, original in enumerate(characters):
        if original in _BROKEN_WORD or unicodedata.category(original or " ") == "Cf":
            continue
        for character in unicodedata.normalize("NFKD", original):
            if character.isspace():
                blank = index
                continue
            if blank is not None and text and not _is_wide(text[-1]) and not _is_wide(character):
                text.append(" ")
                origins.append(blank)
            blank = None
            text.append(character)
            origins.append(index)
    return _Searchable("".join(text), origins)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


class _Character(NamedTuple):
    """A character's box in points, x to the right and y down from the top left corner of the upright page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def em(self) -> float:
        return max(self.right - self.left, self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a page, read while PDFium had it turned so that most of its text is upright.

    Attributes:
        characters: the text; the second half of a surrogate pair is empty.
        boxes: left, bottom, right, top of each, in points of the page's own coordinates.
        shown: what a reader sees of the page, and how it is turned for him.
        turn: degrees clockwise that make most of the text upright, a multiple of 90.
    """

    characters: Sequence[str]
    boxes: Sequence[tuple[float, float, float, float]]
    shown: SeenPage
    turn: int

    def find(self, wanted: str) -> list[tuple[float, float]]:
        """The centres of all occurrences in reading order, in the page's own coordinates."""
        text, origins = _searchable(self.characters)
        places = []
        at = text.find(wanted)
        while at >= 0:
            last = self._last_line(sorted({origins[number] for number in range(at, at + len(wanted))}))
            whole = _Character(
                min(one.left for one in last),
                min(one.top for one in last),
                max(one.right for one in last),
                max(one.bottom for one in last),
            )
            if self._is_seen(*whole.middle):
                places.append(whole)
            at = text.find(wanted, at + len(wanted))
        return [self._turned(*place.middle) for place in _in_reading_order(places)]

    def _last_line(self, indices: Sequence[int]) -> list[_Character]:
        """The boxes on the last line of a text."""
        boxes = [self._upright(*self.boxes[index]) for index in indices if not self.characters[index].isspace()]
        start = 0
        for number, (before, box) in enumerate(pairwise(boxes), start=1):
            em = max(before.em, box.em)
            goes_back = box.left < before.left - em * _SAME_LINE
            if goes_back or abs(box.middle[1] - before.middle[1]) > em * _NEXT_LINE:
                start = number
        return boxes[start:]

    def _upright(self, left: float, bottom: float, right: float, top: float) -> _Character:
        x1, y1 = self._turned(left, bottom)
        x2, y2 = self._turned(right, top)
        return _Character(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        """From the page's own coordinates, y up, to those of the upright page, y down; and the same way back."""
        return {0: (x, -y), 90: (y, x), 180: (-x, y), 270: (-y, -x)}[self.turn]

    def _is_seen(self, x: float, y: float) -> bool:
        x, y = self._turned(x, y)
        left, bottom, right, top = self.shown.box
        return left <= x <= right and bottom <= y <= top


def _in_reading_order(places: list[_Character]) -> list[_Character]:
    """From top to bottom, on one line from left to right."""
    lines: list[list[_Character]] = []
    for place in sorted(places, key=lambda one: one.middle[1]):
        high = place.bottom - place.top
        if lines and place.middle[1] - lines[-1][0].middle[1] < high * _SAME_LINE:
            lines[-1].append(place)
        else:
            lines.append([place])
    return [place for line in lines for place in sorted(line)]


@contextmanager
def _opened(pdf: bytes) -> Iterator[Any]:
    """A `pypdfium2.PdfDocument` within bounds; nobody else uses PDFium until it is closed.

    Raises:
        SealingError: `seal.not-a-pdf`, `seal.too-large`; also for what PDFium finds wrong inside the block.
    """
    import pypdfium2

    with one_at_a_time():
        try:
            with pypdfium2.PdfDocument(pdf) as document:
                if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document) != _NOT_ENCRYPTED:
                    raise _encrypted()
                if len(document) > MAX_PAGES:
                    raise SealingError("seal.too-large", f"The document has more than {MAX_PAGES} pages")
                if not len(document):
                    raise SealingError("seal.not-a-pdf", "The document has no pages")
                yield document
        except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
            if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise _encrypted() from None
            raise SealingError("seal.not-a-pdf", "The document cannot be read as a PDF") from error


def _encrypted() -> SealingError:
    return SealingError("seal.not-a-pdf", "The document is encrypted", hint="seal the plain document")


def _read(document: Any, page_index: int) -> _Page:
    """Read a page's text, turned upright: PDFium finds the lines of a page as it is displayed."""
    page = document[page_index]
    shown = SeenPage(page.get_bbox(), page.get_rotation())
    with _text_of(page) as text:
        turn = _turn(text)
        characters, boxes = _characters(text) if turn == shown.turn else ([], [])
    if turn != shown.turn:
        page.set_rotation(turn)
        page.close()
        page = document[page_index]
        with _text_of(page) as text:
            characters, boxes = _characters(text)
    page.close()
    return _Page(characters, boxes, shown, turn)


@contextmanager
def _text_of(page: Any) -> Iterator[Any]:
    text = page.get_textpage()
    try:
        if text.count_chars() > _MAX_CHARACTERS:
            raise SealingError("seal.too-large", f"A page has more than {_MAX_CHARACTERS} characters")
        yield text
    finally:
        text.close()


def _turn(text: Any) -> int:
    """Degrees clockwise that make the most of a page's text upright."""
    from pypdfium2 import raw

    some = range(0, text.count_chars(), max(1, text.count_chars() // _ANGLES_READ))
    # The angle is clockwise, in radians, and -1 where PDFium cannot tell it.
    angles = [raw.FPDFText_GetCharAngle(text, index) for index in some if not raw.FPDFText_IsGenerated(text, index)]
    turns = Counter(-round(angle / (math.pi / 2)) % 4 * 90 for angle in angles if angle >= 0)
    return turns.most_common(1)[0][0] if turns else 0


def _characters(text: Any) -> tuple[list[str], list[tuple[float, float, float, float]]]:
    """The characters of a page, and their boxes: as high as the font, so that one line is one rectangle."""
    from pypdfium2 import raw

    characters = [chr(raw.FPDFText_GetUnicode(text, index)) for index in range(text.count_chars())]
    for index, (high, low) in enumerate(pairwise(characters)):
        if "\ud800" <= high <= "\udbff" and "\udc00" <= low <= "\udfff":
            pair = (high + low).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            characters[index : index + 2] = pair, ""
    return characters, [text.get_charbox(index, loose=True) for index in range(len(characters))]
