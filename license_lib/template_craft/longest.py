"""The longest legal licence of a layout, and which of its places are too small for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from stdnum.iso7064 import mod_11_2

from license_lib.catalogue import ComputedForm, FieldType, HolderKind, Layout, LicenseType, ValidityRule
from license_lib.catalogue.faults import Steps
from license_lib.catalogue.fields import ColumnSpec
from license_lib.catalogue.layout import StaticText, Table, TextBox
from license_lib.errors import InputError
from license_lib.identifiers.credit import check_character
from license_lib.licenses import FaceContent, Rows, face_content
from license_lib.licenses.request import MAX_NUMBER, HolderRequest, LicenseRequest
from license_lib.licenses.rules import LATEST, FieldValue
from license_lib.rendering import Fonts, plan_face
from license_lib.template_craft.patterns import WIDE, longest_match
from license_lib.template_craft.specimens import Specimen, specimen

HOLDER_NAME = 50
"""Characters of the longest name: the longest registered ones of companies and of persons stay below."""
SEVERAL = 4
"""Holders of a type that may have several: more are rare, and theirs is a table that goes on."""
_DAY = date(2026, 12, 31)  # months and days of two digits
_AMOUNT = "9" * 15
_OF_HOLDERS = frozenset({"holder_number", "holder_number_kind"})
_FREE_BUILT_IN = frozenset({"license_number", "holder_name", "issuer_name"}) | _OF_HOLDERS
_FIXED_FORMS = {
    FieldType.DATE: LATEST.isoformat(),
    FieldType.CITIZEN_ID: "620402198801100009",
    FieldType.CREDIT_CODE: "91620402MA0000000Q",
}


@dataclass(frozen=True, slots=True)
class Tight:
    """A place that does not hold the longest text that is legal there.

    Attributes:
        given: characters of that text, or rows of a table.
        fits: how many of them are held.
        fixed: the text has one form, such as a date or a choice: then some licences can never be printed.
        error: why rows that may go on on another page cannot; None where the place refuses what is too long.
    """

    steps: Steps
    part: TextBox | Table
    given: int
    fits: int
    fixed: bool
    error: InputError | None = None


def longest(base: Specimen) -> Specimen:
    """The longest licence that is legal with the layout of a specimen.

    Every text is as long as it may be, of full-width characters; there are as many rows as may be. Where a pattern is
    too hard to find its longest text, the specimen's own stands.

    Raises:
        InputError: no such licence could be issued; the type contradicts itself.
    """
    return specimen(base.kind, _longest_request(base), _DAY)


def tight_places(long: Specimen, fonts: Fonts, steps: Steps) -> Iterator[Tight]:
    """Every place of a layout that does not hold the longest text.

    Args:
        long: what `longest` gave.
        steps: what leads to the layout.
    """
    kind, layout = long.kind, long.layout
    content = face_content(kind, long.document)
    for index, box in enumerate(layout.boxes):
        text = content.texts[box.field]
        if _error(kind, layout, box, "", (), fonts) is not None:
            continue  # its label is at fault, and every example shows that
        if _error(kind, layout, box, text, (), fonts) is not None:
            fits = _fitting(kind, layout, box, text, fonts)
            yield Tight((*steps, "boxes", index), box, len(text), fits, _has_one_form(kind, box.field))
    for index, table in enumerate(layout.tables):
        rows = content.rows[table.field]
        error = _error(kind, layout, table, "", rows, fonts)
        if error is not None:
            goes_on = table.overflow == "continue"
            fits = 0 if goes_on else _fitting_rows(kind, layout, table, rows, fonts)
            yield Tight(
                (*steps, "tables", index), table, len(rows), fits, fixed=False, error=error if goes_on else None
            )


def fitted(long: Specimen, base: Specimen, tight: Sequence[Tight]) -> Specimen:
    """The longest licence that the layout can print: what did not fit is cut, or said as in the specimen `base`."""
    document, kind = long.document, long.kind
    fields, tables, holders = dict(document.fields), dict(document.tables), document.holders
    number = document.number
    for one in tight:
        key = one.part.field
        spec = kind.by_key.get(key)
        if isinstance(one.part, Table):
            if spec is not None:
                tables[spec.code] = tables[spec.code][: one.fits]
            else:
                holders = holders[: max(1, one.fits)]
        elif spec is not None and spec.type is FieldType.TEXT and not spec.choices:
            fields[spec.code] = fields[spec.code][: one.fits]
        elif key == "holder_name":
            share = max(1, (one.fits + 1) // len(holders) - 1)
            holders = tuple(replace(holder, name=holder.name[:share]) for holder in holders)
        elif key == "license_number":
            number = base.document.number
        elif key in _OF_HOLDERS:
            holders = base.document.holders
        else:
            source = kind.by_key.get(kind.computed_by_key[key].of if key in kind.computed_by_key else key)
            code = source.code if source else ""  # what every licence has is as long as it is: drawing refuses it
            fields |= {one: text for one, text in base.document.fields.items() if one == code}
            tables |= {one: rows for one, rows in base.document.tables.items() if one == code}
    left = {code: rows for code, rows in tables.items() if rows}
    cut = replace(document, fields=fields, tables=left, holders=holders, number=number)
    return replace(long, document=cut)


def longest_text(spec: ColumnSpec, shown: str, *, as_amount: bool = False) -> str:
    """The longest legal text of a field or column.

    Args:
        shown: a legal text, for a pattern that is too hard.
        as_amount: the number is a sum of money, with two decimals.
    """
    if spec.choices:
        return max(spec.choices, key=len)
    if spec.type is FieldType.DECIMAL:
        number = f"{_AMOUNT}.99" if as_amount else f"{_AMOUNT}.999999"
        return number[: spec.max_length].rstrip(".")
    if spec.type in _FIXED_FORMS:
        return _FIXED_FORMS[spec.type]
    if spec.pattern is not None:
        return longest_match(spec.pattern, spec.max_length) or shown
    return wide_text(spec.max_length)


def wide_text(length: int) -> str:
    """A text of full-width characters that begins with 样例."""
    return (WIDE * (length // len(WIDE) + 1))[:length]


def _longest_request(base: Specimen) -> LicenseRequest:
    kind, document = base.kind, base.document
    sums = {one.of for one in kind.computed if one.form is ComputedForm.AMOUNT}
    chooses = kind.variants.field if kind.variants else ""
    fields: dict[str, FieldValue] = {}
    for spec in kind.fields:
        shown = document.fields.get(spec.code, "")
        if spec.key == chooses:
            fields[spec.key] = shown
        elif spec.type is FieldType.ROWS:
            known = next(iter(document.tables.get(spec.code, ())), {})
            row = {column.key: longest_text(column, known.get(column.code, "")) for column in spec.columns}
            fields[spec.key] = [row] * spec.max_rows
        else:
            fields[spec.key] = longest_text(spec, shown, as_amount=spec.key in sums)
    given = kind.number.rule == "given"
    return replace(
        base.request,
        holders=tuple(_holders(base)),
        number=(longest_match(kind.number.pattern, MAX_NUMBER) or document.number) if given else None,
        fields=fields,
        issued_on=_DAY,
        valid_from=_DAY,
        valid_until=LATEST if kind.validity.rule is ValidityRule.GIVEN else None,
    )


def _holders(base: Specimen) -> Iterator[HolderRequest]:
    name, there = wide_text(HOLDER_NAME), base.document.holders
    for holder, asked in zip(there, base.request.holders, strict=True):
        yield HolderRequest(name, holder.number, holder.number_kind, asked.override)
    if base.kind.holder.several:
        for number in range(len(there), SEVERAL):
            if base.kind.holder.kind is HolderKind.ORGANISATION:
                begun = f"91620402MA000090{number}"
                yield HolderRequest(name, begun + check_character(begun), "001")
            else:
                begun = f"6204021970010{number + 1}000"
                yield HolderRequest(name, begun + mod_11_2.calc_check_digit(begun))


def _has_one_form(kind: LicenseType, key: str) -> bool:
    spec = kind.by_key.get(key)
    if spec is not None:
        return bool(spec.choices) or spec.type in _FIXED_FORMS
    computed = kind.computed_by_key.get(key)
    return computed.form is ComputedForm.DATE if computed else key not in _FREE_BUILT_IN


def _error(
    kind: LicenseType, layout: Layout, part: TextBox | Table, text: str, rows: Rows, fonts: Fonts
) -> InputError | None:
    """Why one place cannot show a text or rows, when nothing else is on the face."""
    here = part.model_copy(update={"page": 1})
    alone = {
        "title": StaticText(x=0, y=0, w=100, h=100, text="一"),
        "boxes": (),
        "tables": (),
        "texts": (),
        "artwork": (),
    }
    alone |= {"tables" if isinstance(part, Table) else "boxes": (here,)}
    content = FaceContent(layout.model_copy(update=alone), {part.field: text}, {part.field: rows})
    try:
        plan_face(kind, content, fonts)
    except InputError as error:
        return error
    return None


def _fitting(kind: LicenseType, layout: Layout, box: TextBox, text: str, fonts: Fonts) -> int:
    """How many characters of a text a box holds."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _error(kind, layout, box, text[:middle], (), fonts) is None
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _fitting_rows(kind: LicenseType, layout: Layout, table: Table, rows: Rows, fonts: Fonts) -> int:
    """How many rows a table holds."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _error(kind, layout, table, "", rows[:middle], fonts) is None
        low, high = (middle, high) if fits else (low, middle - 1)
    return low
