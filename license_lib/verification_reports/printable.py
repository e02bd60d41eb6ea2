"""Texts of strangers made fit to print: what cannot be seen, or would turn the line around, is shown by its number."""

from collections.abc import Callable

from license_lib.characters import fault, mended

_MORE = "…"


def printable(text: str, draws: Callable[[str], bool], *, most: int = 300) -> str:
    """One line of text that shows every character as what it is.

    Args:
        text: from anywhere: a file's name, a damaged record.
        draws: whether there is a picture of a character.
        most: so many characters at most; a longer text ends with an ellipsis.
    """
    beginning = mended(text[:most])[0]
    shown = "".join(one if fault(one) is None and draws(one) else f"〔U+{ord(one):04X}〕" for one in beginning)
    return shown if len(shown) <= most and len(text) <= most else shown[: most - 1] + _MORE
