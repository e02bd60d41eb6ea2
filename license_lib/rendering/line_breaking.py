"""Where Chinese text may break, by GB/T 15834-2011, 5.1, and the rules of W3C's clreq for line starts and ends.

Three strengths, each given up only where a line is too short for it: first, a number keeps its unit and the parts of a
name with `·` stay whole; then, marks keep to the characters they belong to, words and numbers are not cut, —— and ……
neither; at last, a line may end anywhere rather than lose a character.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise

NOT_FIRST = frozenset(
    "、。，．：；？！…—～〜·‧・•）】」』》〉〕］｝〗〙〛｠”’〞〟»›々〻ー/／-–‐－℃℉㎡°′″‰％%,.;:!?)]}>"
    + "".join(map(chr, range(0x3380, 0x33E0)))  # units as one character
)
NOT_LAST = frozenset("（【「『《〈〔［｛〖〘〚｟“‘〝«‹([{</／￥＄¥$€£№＃#")
_SEPARATORS = re.compile("[·‧・•]")  # between the parts of a name; U+00B7 is the right one
_UNITS = frozenset("年月日时号元角分万亿米吨度层室栋幢楼名户人份平")
_NO_BREAK = frozenset("\u00a0\u2007\u202f")
_LONGEST_PART = 8  # of a name that stays whole; a longer stretch of ideographs is running text
_FIRST_IDEOGRAPHIC = 0x2E80
_WIDE_MARKS = frozenset("…—·‧•“”‘’〝〞〟")
_FULL_WIDTH_WORD = re.compile("[０-９Ａ-Ｚａ-ｚ]")

_STARTS_NO_LINE, _ENDS_NO_LINE, _WORD, _DIGIT, _UNIT, _ORDINAL = 1, 2, 4, 8, 16, 32


def clusters(text: str) -> list[str]:
    """`text` cut at every place where a line may well end; joined, the pieces give back the text."""
    return list(_cut(text, _kept_names(text), units=True))


def wrap(text: str, advances: Sequence[float], width: float, most: int) -> list[str] | None:
    """Fill lines of `width` greedily.

    Args:
        text: one paragraph.
        advances: the advance of each character of `text`.
        width: the line's width, in the unit of `advances`.
        most: the number of lines there is room for.

    Returns:
        The lines (spaces stay at the end of their line), or None if they are more than `most`.
    """
    if max(advances, default=0.0) > width:
        return None
    reach = list(accumulate(advances, initial=0.0))  # where each character starts if all stand on one line
    if most and _inked(text, reach, 0, len(text)) <= width:  # as most texts do
        return [text]
    over = reach[-1] - width * most
    if over > 0 and over > sum(advances[at] for at, character in enumerate(text) if character.isspace()):
        return None
    lines: list[str] = []
    start = 0  # the line's first character
    for at, end in _fitting(text, reach, width):
        if _inked(text, reach, at, end) > width - (reach[at] - reach[start]) and at > start:
            lines.append(text[start:at])
            start = at
            if len(lines) >= most:
                return None
    lines.append(text[start:])
    return lines if len(lines) <= most else None


def _fitting(text: str, reach: list[float], width: float) -> Iterator[tuple[int, int]]:
    """The places of the clusters; of one longer than a whole line, those of its pieces, at worst of its characters."""
    at = 0
    for cluster in clusters(text):
        end = at + len(cluster)
        if _inked(text, reach, at, end) <= width:
            yield at, end
        else:
            for piece in _cut(cluster, frozenset(), units=False):
                after = at + len(piece)
                if _inked(text, reach, at, after) <= width:
                    yield at, after
                else:
                    yield from ((one, one + 1) for one in range(at, after))
                at = after
        at = end


def _inked(text: str, reach: list[float], at: int, end: int) -> float:
    """The width of a piece without the spaces at its end."""
    while end > at and text[end - 1].isspace():
        end -= 1
    return reach[end] - reach[at]


def _cut(text: str, kept: frozenset[int], *, units: bool) -> Iterator[str]:
    kinds = [_kind(character) for character in text]
    start = 0
    for at in range(1, len(text)):
        before, after = kinds[at - 1], kinds[at]
        if (
            after & _STARTS_NO_LINE
            or before & _ENDS_NO_LINE
            or before & after & _WORD
            or (units and ((before & _DIGIT and after & _UNIT) or (before & _ORDINAL and after & _DIGIT)))
            or at in kept
        ):
            continue
        yield text[start:at]
        start = at
    if text:
        yield text[start:]


def _kept_names(text: str) -> frozenset[int]:
    """Places inside the parts of names: stretches of a few ideographs beside a separator."""
    kept: set[int] = set()
    for separator in _SEPARATORS.finditer(text):
        for step in (-1, 1):
            at = separator.start()
            inner = []
            while 0 <= at + step < len(text) and not _kind(text[at + step]) & ~(_UNIT | _ORDINAL):
                at += step
                inner.append(at)
            if len(inner) <= _LONGEST_PART:
                kept |= {max(pair) for pair in pairwise(inner)}
    return frozenset(kept)


@cache
def _kind(character: str) -> int:
    kind = 0
    space = character.isspace()
    if space or character in NOT_FIRST or unicodedata.combining(character):
        kind |= _STARTS_NO_LINE
    if character in NOT_LAST or character in _NO_BREAK:
        kind |= _ENDS_NO_LINE
    if _FULL_WIDTH_WORD.match(character) or (
        ord(character) < _FIRST_IDEOGRAPHIC and not space and character not in _WIDE_MARKS
    ):
        kind |= _WORD
    if character.isdecimal():
        kind |= _DIGIT
    if character in _UNITS:
        kind |= _UNIT
    if character == "第":
        kind |= _ORDINAL
    return kind
