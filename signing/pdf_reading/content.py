"""What a sealed document must not hold: things that act, that are elsewhere, or that are not to be seen.

Each makes a document show, sooner or later, what nobody verified (ISO 32000-2 §12.6, §7.11, §8.11).
"""

from collections.abc import Iterator
from typing import Final

from signing.pdf_reading.file_map import Revision
from signing.pdf_reading.values import Name, PdfError, Ref, Stream, Value

ACTIVE: Final = "pdf.active-content"
EXTERNAL: Final = "pdf.external-reference"
HIDDEN: Final = "pdf.hidden-content"
_MOST_STEPS: Final = 2_000_000
_ACTIONS: Final = frozenset(
    {
        "JavaScript", "Launch", "SubmitForm", "ImportData", "ResetForm", "Rendition", "Movie", "Sound", "Hide",
        "SetOCGState", "GoTo3DView", "RichMediaExecute", "Trans",
    }
)  # fmt: skip
_ELSEWHERE: Final = frozenset({"GoToR", "GoToE"})
_MOVING: Final = frozenset({"RichMedia", "Movie", "Sound", "Screen", "3D"})
_CONCEALED: Final = 2 | 32  # Hidden, NoView (§12.5.3)


def suspicious(revision: Revision) -> Iterator[tuple[str, str]]:
    """Codes of what is suspicious, with a word on what was found; each once.

    Raises:
        PdfError: the document is too large to be looked through.
    """
    found = dict.fromkeys(_suspicious(revision))
    yield from found


def _suspicious(revision: Revision) -> Iterator[tuple[str, str]]:
    root = revision.entry(revision.trailer, "Root")
    yield from _catalog(revision, root)
    yield from _layers(revision, revision.entry(root, "OCProperties"))
    steps = 0
    for _, top in revision.objects():
        pending: list[Value] = [top]
        while pending:
            steps += 1
            if steps > _MOST_STEPS:
                raise PdfError("the document is too large to be looked through")
            value = pending.pop()
            if isinstance(value, Stream):
                if "F" in value.dictionary:
                    yield EXTERNAL, "stream"
                value = value.dictionary
            if isinstance(value, dict):
                yield from _dictionary(value)
                yield from _annotation(revision, value)
                pending += [one for one in value.values() if isinstance(one, dict | list)]
            elif isinstance(value, list):
                pending += [one for one in value if isinstance(one, dict | list)]


def has_nothing_suspicious(top: Value) -> bool:
    """Whether there is nothing in one object that `suspicious` could ask about, whatever the rest of the file is.

    Of annotations, only that of a signature passes: what others show depends on more.
    """
    if isinstance(top, Stream) and "F" in top.dictionary:
        return False
    pending: list[Value] = [top.dictionary if isinstance(top, Stream) else top]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if "Rect" in value and (value.get("Subtype"), value.get("FT")) != (Name("Widget"), Name("Sig")):
                return False
            if any(_dictionary(value)):
                return False
            pending += [one for one in value.values() if isinstance(one, dict | list)]
        elif isinstance(value, list):
            pending += [one for one in value if isinstance(one, dict | list)]
    return True


def _catalog(revision: Revision, root: Value) -> Iterator[tuple[str, str]]:
    form = revision.entry(root, "AcroForm")
    if isinstance(form, dict) and "XFA" in form:
        yield ACTIVE, "XFA"
    if revision.entry(form, "NeedAppearances") is True:
        yield ACTIVE, "NeedAppearances"
    opening = revision.entry(root, "OpenAction")
    if isinstance(opening, dict) and opening.get("S") != Name("GoTo"):
        yield ACTIVE, "OpenAction"
    if isinstance(root, dict) and "Collection" in root:
        yield ACTIVE, "Collection"


def _dictionary(value: dict[str, Value]) -> Iterator[tuple[str, str]]:
    action = value.get("S")
    if isinstance(action, Name):
        if action in _ACTIONS and ("JS" in value or value.get("Type") in {None, Name("Action")}):
            yield ACTIVE, str(action)
        elif action in _ELSEWHERE:
            yield EXTERNAL, str(action)
    if "JS" in value or "JavaScript" in value:
        yield ACTIVE, "JavaScript"
    if isinstance(value.get("AA"), dict | Ref):
        yield ACTIVE, "AA"
    subtype = value.get("Subtype")
    if isinstance(value.get("Ref"), dict) and subtype == Name("Form"):
        yield EXTERNAL, "reference XObject"
    if value.get("FS") == Name("URL") or "OPI" in value:
        yield EXTERNAL, "URL"
    if "Alternates" in value and subtype == Name("Image"):
        yield HIDDEN, "Alternates"


def _annotation(revision: Revision, value: dict[str, Value]) -> Iterator[tuple[str, str]]:
    subtype = value.get("Subtype")
    if not isinstance(subtype, Name) or "Rect" not in value:
        return
    if subtype in _MOVING:
        yield ACTIVE, str(subtype)
    flags = revision.resolve(value.get("F"))
    if isinstance(flags, int) and flags & _CONCEALED and value.get("FT") != Name("Sig") and subtype != Name("Popup"):
        yield HIDDEN, "annotation"


def _layers(revision: Revision, properties: Value) -> Iterator[tuple[str, str]]:
    """Optional content that is not simply shown (§8.11.4)."""
    if properties is None:
        return
    if not isinstance(properties, dict):
        yield HIDDEN, "OCProperties"
        return
    alternatives = revision.entry(properties, "Configs")
    chosen = revision.entry(properties, "D")
    for one in [chosen, *(alternatives if isinstance(alternatives, list) else [])]:
        layers = revision.resolve(one)
        if not isinstance(layers, dict):
            continue
        state = revision.entry(layers, "BaseState")
        if revision.entry(layers, "OFF") or revision.entry(layers, "AS") or state not in {None, Name("ON")}:
            yield HIDDEN, "layer"
