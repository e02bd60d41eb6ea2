"""What was signed against what a page says: by machine, where a PDF has texts that one can see.

Compared are texts in Unicode's compatibility form (NFKC: full-width digits and brackets are as narrow ones), without
white space and without characters that are never seen. Nothing else is forgiven.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from license_lib.catalogue.layout import Box
from license_lib.licenses.face import CONTINUED_BELOW
from license_lib.paper.page_text import UNREAD, Letter
from license_lib.paper.signed import SignedField
from license_lib.qr.places import Point

_OVERHANG: Final = 0.8
"""Millimetres by which a character may stand outside its place."""
_MOST_FOUND: Final = 300
_EDGE: Final = 1.2  # millimetres
_SAME_SPOT: Final = 0.35
"""Part of a character's size: two that are nearer to each other lie one over the other."""
_LEAST_ALIKE: Final = 8
_SLIPS: Final = 2
"""A text of at least so many characters that differs in no more than so many is the same one, changed."""
_LEAST_PLACED: Final = 0.5
_TINY, _HUGE = 0.4, 1.6
"""Height of a character's ink, in type sizes: digits have 0.7 of them, one of a mark over the page more than one."""
_MM_PER_POINT: Final = 25.4 / 72


class Result(StrEnum):
    """What the machine found out about one field."""

    SAME = "same"
    """The file's text in this place, which can be seen, is the signed one."""
    DIFFERENT = "different"
    """It is another one."""
    MISSING = "missing"
    """The page has texts, and this is nowhere among them."""
    UNREADABLE = "unreadable"
    """There is a text, and what it says cannot be told by machine."""
    NOT_COMPARED = "not-compared"


class Why(StrEnum):
    """Why not, or what else there is to know."""

    NONE = ""
    PICTURE = "picture"
    """There are no texts, only a picture; or more than anybody would read."""
    NO_PLACE = "no-place"
    """The layout has no place for it, or it is not known where on this page that is."""
    OTHER_PAGE = "other-page"
    """It belongs on another page than the code."""
    ELSEWHERE = "elsewhere"
    """The same text stands somewhere else."""
    NOTHING = "nothing"
    """No text stands in its place."""
    HIDDEN = "hidden"
    """The file has a text there that nobody sees."""
    GLYPHS = "glyphs"
    """The file does not say which characters it draws, or says others, or draws them over each other."""
    DRAWN = "drawn"
    """Something is drawn there beside the text, or a picture shows more."""
    TINY = "tiny"
    LARGE = "large"
    """Larger characters lie over the place, such as 仅供…使用 across the page."""
    CONTINUED = "continued"
    """As far as it goes; the rest stands on another page."""
    MASKED = "masked"
    """As far as the signed text shows."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A character, where it stands on the face in millimetres."""

    letter: Letter
    x: float
    y: float
    size: float
    """Its height in millimetres of the face."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out about one field, and what was found in its place."""

    result: Result
    why: Why = Why.NONE
    found: str = ""


def normal(text: str) -> str:
    """A text as it is compared."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(one for one in plain if not one.isspace() and unicodedata.category(one) not in {"Cf", "Cc"})


def within(letters: Iterable[Placed], box: Box, from_x: float = 0.0) -> list[Placed]:
    """The characters whose middle is in a place, or a little beside it."""
    left, top = box.x + from_x - _OVERHANG / 2, box.y - _OVERHANG
    right, bottom = box.x + box.w + _OVERHANG, box.y + box.h + _OVERHANG
    return [one for one in letters if left <= one.x <= right and top <= one.y <= bottom]


def share_in_place(letters: Sequence[Placed], labels: Iterable[tuple[str, Box]]) -> float:
    """Which part of a layout's labels one can read where it puts them."""
    seen = [one for one in letters if one.letter.visible]
    hits = [normal(label) in normal("".join(one.letter.text for one in within(seen, box))) for label, box in labels]
    return sum(hits) / len(hits) if hits else 0.0


def is_placed(share: float) -> bool:
    """Whether a page is the face that it is held against."""
    return share >= _LEAST_PLACED


def compare_in_place(field: SignedField, letters: Sequence[Placed], page: str, ink: Sequence[Point] = ()) -> Answer:
    """Compare what stands in a field's place.

    Args:
        letters: of the field's page, in the order of the file, hidden ones too.
        page: all that one can read on it, in normal form.
        ink: where else it is dark, in millimetres of the face.
    """
    if field.place is None:
        return _elsewhere(field, page) or Answer(Result.NOT_COMPARED, Why.NO_PLACE)
    there = within(letters, field.place, field.label_width)
    seen = [one for one in there if one.letter.visible]
    found = normal("".join(one.letter.text for one in seen))
    if not seen:
        hidden = Answer(Result.NOT_COMPARED, Why.HIDDEN)
        return hidden if there else _elsewhere(field, page) or Answer(Result.NOT_COMPARED, Why.NOTHING)
    why = _unreadable(field, seen)
    if why is None and len(seen) < len(there):  # what one sees may not be all that was meant to be read
        why = Why.HIDDEN
    if why is None and _drawn(ink, field.place, field.label_width):
        why = Why.DRAWN
    if why is not None:
        return Answer(Result.UNREADABLE, why, found[:_MOST_FOUND])
    return _same(field, found) or Answer(Result.DIFFERENT, found=found[:_MOST_FOUND])


def compare_anywhere(field: SignedField, page: str) -> Answer:
    """Look for a text on a page that is laid out in another way, or on a spot that is not known.

    Args:
        page: all that one can read on it, in normal form.
    """
    there = _elsewhere(field, page)
    if there:
        return there
    changed = _changed(normal(field.value), page) if not field.hidden else ""
    return Answer(Result.DIFFERENT, found=changed) if changed else Answer(Result.MISSING)


def _unreadable(field: SignedField, seen: Sequence[Placed]) -> Why | None:
    """Why what one sees in a place is not to be read by machine."""
    sizes = [one.size / _MM_PER_POINT for one in seen]
    if _illegible(seen):
        return Why.GLYPHS
    if max(sizes) < field.smallest * _TINY:
        return Why.TINY
    return Why.LARGE if max(sizes) > field.largest * _HUGE else None


def _drawn(ink: Sequence[Point], box: Box, from_x: float) -> bool:
    """Whether something is dark within a place, off its edges, where lines may be."""
    left, top, right, bottom = box.x + from_x + _EDGE, box.y + _EDGE, box.x + box.w - _EDGE, box.y + box.h - _EDGE
    return any(left < x < right and top < y < bottom for x, y in ink)


def _same(field: SignedField, found: str) -> Answer | None:
    signed = normal(field.value)
    if field.hidden:
        return Answer(Result.SAME, Why.MASKED, found) if normal(field.masked(found)) == signed else None
    if found in {signed, normal(field.label) + signed}:
        return Answer(Result.SAME, found=found[:_MOST_FOUND])
    if field.source == "record" and "；" in field.value and _rows(field, found):
        return Answer(Result.SAME, found=found[:_MOST_FOUND])
    note = normal(CONTINUED_BELOW)
    cut = found.removesuffix(note)
    if found.endswith(note) and cut and signed.startswith(cut):
        return Answer(Result.SAME, Why.CONTINUED, found[:_MOST_FOUND])
    return None


def _rows(field: SignedField, found: str) -> bool:
    """Whether the rows of a table stand in it one after the other, below some head."""
    rows = "".join(normal(row) for row in field.value.split("；"))
    return found.endswith(rows)


def _illegible(seen: Sequence[Placed]) -> bool:
    if any(one.letter.text == UNREAD for one in seen):
        return True
    return any(
        abs(one.x - other.x) < _SAME_SPOT * one.size and abs(one.y - other.y) < _SAME_SPOT * one.size
        for index, one in enumerate(seen[:400])
        for other in seen[index + 1 : index + 400]
        if one.letter.text.isalnum() and other.letter.text.isalnum() and _large(one, other)
    )


def _large(one: Placed, other: Placed) -> bool:
    """Narrow characters, such as l and 1, stand near to each other in any text."""
    return min(one.letter.width, other.letter.width) > 0.5 * max(one.letter.height, other.letter.height)


def _elsewhere(field: SignedField, page: str) -> Answer | None:
    signed = normal(field.value)
    if field.hidden or not signed:
        return None
    return Answer(Result.NOT_COMPARED, Why.ELSEWHERE) if any(one in page for one in _forms(field)) else None


def _forms(field: SignedField) -> tuple[str, ...]:
    """A text as other programs may write it: a date with dashes, slashes or dots."""
    signed = normal(field.value)
    match = re.fullmatch(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日", signed)
    if match is None:
        return (signed,)
    year, month, day = match[1], int(match[2]), int(match[3])
    padded = [f"{year}{mark}{month:02}{mark}{day:02}" for mark in "-/."]
    return (signed, f"{year}年{month:02}月{day:02}日", *padded)


def _changed(signed: str, page: str) -> str:
    """A text on the page that is the signed one with a character or two changed."""
    size = len(signed)
    if size < _LEAST_ALIKE:
        return ""
    for start in range(len(page) - size + 1):
        slips = 0
        for one, other in zip(signed, page[start : start + size], strict=True):
            slips += one != other
            if slips > _SLIPS:
                break
        else:
            return page[start : start + size]
    return ""
