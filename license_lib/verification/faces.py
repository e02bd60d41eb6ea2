"""Does a face say what the record says? Box by box, table by table, then what goes on on continuation pages 续页.

Where a text or a table broke off is for the drawing to decide; here, what stands in its box must be a beginning of it,
and the continuation pages must hold exactly the rest of everything that broke off, in order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from license_lib.catalogue import LicenseType
from license_lib.catalogue.fields import BUILT_IN_ENGLISH, BUILT_IN_FIELDS
from license_lib.catalogue.layout import Table, TextBox
from license_lib.licenses import FaceContent
from license_lib.licenses.face import CONTINUED, CONTINUED_BELOW
from license_lib.verification.reading import Face, squeezed

PAGE = "page"
"""Stands for the pages themselves among differing fields: one too many, one too few, or with other content."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What must go on on continuation pages: a text as one part, a table as its rows, each page under `head` again."""

    label: str
    head: str
    parts: tuple[str, ...]
    divisible: bool


def differing_fields(kind: LicenseType, content: FaceContent, face: Face) -> list[str]:
    """The keys of the fields that the face shows otherwise; PAGE where pages are missing, extra or hold other texts."""
    differing: list[str] = []
    broken: list[tuple[TextBox | Table, _Rest]] = []
    for box, seen in zip(content.layout.boxes, face.boxes, strict=True):
        label, value = _label(kind, content, box), squeezed(content.texts[box.field] or box.empty)
        if seen in {label + value, value}:
            continue
        cut = seen.removesuffix(CONTINUED_BELOW).removeprefix(label)
        if box.overflow == "continue" and seen.endswith(CONTINUED_BELOW) and cut and value.startswith(cut):
            rest = _Rest(box.label or kind.label_of(box.field), "", (value[len(cut) :],), divisible=True)
            broken.append((box, rest))
        else:
            differing.append(box.field)
    for table, seen in zip(content.layout.tables, face.tables, strict=True):
        head, rows = _head(kind, content, table), _rows(content, table)
        shown = _shown_rows(seen.removesuffix(CONTINUED_BELOW), head, rows)
        broken_off = table.overflow == "continue" and seen.endswith(CONTINUED_BELOW)
        if shown is None or broken_off == (shown == len(rows)):
            differing.append(table.field)
        elif broken_off:
            rest = _Rest(table.label or kind.label_of(table.field), head, rows[shown:], divisible=False)
            broken.append((table, rest))
    rests = [rest for part in content.layout.in_reading_order for owner, rest in broken if owner is part]
    if not _continues(face.continuation, rests):
        differing.append(PAGE)
    return differing


def _label(kind: LicenseType, content: FaceContent, box: TextBox) -> str:
    label = box.label if box.label is not None else kind.label_of(box.field)
    if not label or content.layout.labels == "zh":
        return squeezed(label)
    return squeezed(label + (kind.english_of(box.field) if box.english is None else box.english))


def _head(kind: LicenseType, content: FaceContent, table: Table) -> str:
    spec = kind.by_key.get(table.field)
    heads: list[str] = []
    for column in table.columns:
        own = spec.by_column[column.field] if spec else None
        heads.append(column.label or (own.label if own else BUILT_IN_FIELDS[column.field]))
        if content.layout.labels == "zh-en":
            heads.append(own.english if own else BUILT_IN_ENGLISH[column.field])
    return squeezed("".join(heads))


def _rows(content: FaceContent, table: Table) -> tuple[str, ...]:
    return tuple(
        squeezed("".join(row.get(column.field, "") for column in table.columns)) for row in content.rows[table.field]
    )


def _shown_rows(seen: str, head: str, rows: Sequence[str]) -> int | None:
    """How many whole rows stand below the head; None if anything else does."""
    if not seen.startswith(head):
        return None
    rest, count = seen[len(head) :], 0
    while rest and count < len(rows) and rest.startswith(rows[count]):
        rest, count = rest[len(rows[count]) :], count + 1
    return None if rest else count


def _continues(pages: Sequence[str], rests: Sequence[_Rest]) -> bool:
    """Whether the continuation pages hold exactly the rests, in order, each page beginning with the label again."""
    waiting = iter(rests)
    rest = next(waiting, None)
    for page in pages:
        if not page:
            return False
        while page:
            if rest is None:
                return False
            opening = squeezed(rest.label + CONTINUED) + rest.head
            if not page.startswith(opening):
                return False
            page, parts = _consumed(page[len(opening) :], rest)  # noqa: PLW2901 - what is left of the page
            if page and parts:
                return False
            rest = _Rest(rest.label, rest.head, parts, rest.divisible) if parts else next(waiting, None)
    return rest is None


def _consumed(page: str, rest: _Rest) -> tuple[str, tuple[str, ...]]:
    """What is left of the page, and of the rest, once all has been taken that stands at the page's start."""
    parts = rest.parts
    while parts and page.startswith(parts[0]):
        page, parts = page[len(parts[0]) :], parts[1:]
    if page and parts and rest.divisible and parts[0].startswith(page):
        page, parts = "", (parts[0][len(page) :],)
    return page, parts


def field_labels(kind: LicenseType, keys: Sequence[str]) -> Iterator[str]:
    """Chinese labels of differing fields."""
    for key in keys:
        yield "页面" if key == PAGE else kind.label_of(key)
