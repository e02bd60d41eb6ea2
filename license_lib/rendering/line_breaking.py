"""Where Chinese text may break (GB/T 15834: no closing mark at a line's start, no opening mark at its end)."""

import unicodedata
from collections.abc import Sequence

NOT_FIRST = frozenset("、。，．：；？！…—～·‧・）】」』》〉〕］｝”’々ー℃㎡°‰％%,.;:!?)]}>")
NOT_LAST = frozenset("（【「『《〈〔［｛“‘([{<￥¥$№")
_FIRST_IDEOGRAPHIC = 0x2E80


def clusters(text: str) -> list[str]:
    """`text` cut at every place where a line may end; joined, the pieces give back the text."""
    pieces: list[str] = []
    start = 0
    for at in range(1, len(text)):
        if _may_break(text[at - 1], text[at]):
            pieces.append(text[start:at])
            start = at
    if text:
        pieces.append(text[start:])
    return pieces


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
    if sum(advances) > width * most or max(advances, default=0.0) > width:
        return None
    lines: list[str] = []
    start = at = 0  # the line's first character; the first character not placed yet
    used = 0.0
    for piece in clusters(text):
        end = at + len(piece)
        extent = sum(advances[at:end])
        inked = sum(advances[at : at + len(piece.rstrip())])
        if used + inked > width and inked <= width:
            lines.append(text[start:at])
            start, used = at, 0.0
        elif inked > width:  # longer than a whole line: no better place than between any two characters
            for position in range(at, end):
                if used + advances[position] > width and position > start:
                    lines.append(text[start:position])
                    start, used = position, 0.0
                used += advances[position]
            extent = 0.0
        used += extent
        at = end
        if len(lines) >= most:
            return None
    lines.append(text[start:])
    return lines if len(lines) <= most else None


def _may_break(before: str, after: str) -> bool:
    if after.isspace() or after in NOT_FIRST or before in NOT_LAST or unicodedata.combining(after):
        return False
    return not (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return ord(character) < _FIRST_IDEOGRAPHIC and not character.isspace() and character not in _WIDE_MARKS


_WIDE_MARKS = frozenset("…—·‧“”‘’")
