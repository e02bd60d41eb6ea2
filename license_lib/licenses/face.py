"""Licence → the texts that its face shows. Rendering draws exactly these; verification looks for exactly these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from license_lib.catalogue import ComputedForm, FieldType, Layout, LicenseType
from license_lib.catalogue.fields import HOLDER_ROWS, ColumnSpec, ComputedField
from license_lib.errors import InputError
from license_lib.identifiers import HOLDER_NUMBER_KINDS
from license_lib.licenses.model import License, Rows
from license_lib.licenses.numerals import amount_in_capitals, date_in_numerals, number_in_capitals, total

LONG_TERM = "长期"
CONTINUED_BELOW = "（下转续页）"
"""Stands at the end of a box whose text or rows go on on a continuation page."""
CONTINUED = "（续）"
"""Stands behind the label of what goes on there."""


@dataclass(frozen=True, slots=True)
class FaceContent:
    """What a face shows, and the layout that it shows it in.

    Attributes:
        texts: every text by field key, built-in, own and computed; "" where there is no value.
        rows: repeated rows by field key; each row has its texts by column key.
    """

    layout: Layout
    texts: Mapping[str, str]
    rows: Mapping[str, Rows]


def face_content(license_type: LicenseType, document: License) -> FaceContent:
    """Everything that the face of a licence shows.

    Raises:
        InputError: `number.capitals`, a number that has no form in capitals.
    """
    texts = _built_in(document)
    rows: dict[str, Rows] = {HOLDER_ROWS: _holders(document)}
    for spec in license_type.fields:
        if spec.type is FieldType.ROWS:
            given = document.tables.get(spec.code, ())
            rows[spec.key] = tuple(
                {column.key: _shown(column, row.get(column.code, "")) for column in spec.columns} for row in given
            )
        else:
            texts[spec.key] = _shown(spec, document.fields.get(spec.code, ""))
    sources = _plain(license_type, document)
    for computed in license_type.computed:
        texts[computed.key] = _computed(computed, license_type, document, sources)
    return FaceContent(license_type.layout_for(document.fields), texts, rows)


def chinese_date(day: date) -> str:
    """`2026年11月5日`, as licences print it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _built_in(document: License) -> dict[str, str]:
    until = LONG_TERM if document.valid_until is None else chinese_date(document.valid_until)
    return {
        "license_name": document.type_name,
        "license_number": document.number,
        "identifier": str(document.identifier),
        "holder_name": "、".join(holder.name for holder in document.holders),
        "holder_number": "、".join(holder.number for holder in document.holders),
        "holder_number_kind": "、".join(
            dict.fromkeys(HOLDER_NUMBER_KINDS[holder.number_kind] for holder in document.holders)
        ),
        "issuer_name": document.issuer.name,
        "issued_on": chinese_date(document.issued_on),
        "valid_from": chinese_date(document.valid_from),
        "valid_until": until,
        "validity": LONG_TERM if document.valid_until is None else f"{chinese_date(document.valid_from)}至{until}",
    }


def _holders(document: License) -> Rows:
    return tuple(
        {
            "holder_name": holder.name,
            "holder_number": holder.number,
            "holder_number_kind": HOLDER_NUMBER_KINDS[holder.number_kind],
        }
        for holder in document.holders
    )


def _shown(spec: ColumnSpec, text: str) -> str:
    return chinese_date(date.fromisoformat(text)) if text and spec.type is FieldType.DATE else text


def _plain(license_type: LicenseType, document: License) -> dict[str, str]:
    """The values that computed fields start from, as they are stored: dates as YYYY-MM-DD."""
    days = {"issued_on": document.issued_on, "valid_from": document.valid_from, "valid_until": document.valid_until}
    own = {spec.key: document.fields.get(spec.code, "") for spec in license_type.fields}
    return own | {key: day.isoformat() if day else "" for key, day in days.items()}


def _computed(computed: ComputedField, license_type: LicenseType, document: License, sources: Mapping[str, str]) -> str:
    if computed.form in {ComputedForm.COUNT, ComputedForm.SUM}:
        spec = license_type.by_key.get(computed.of)
        rows: Rows = document.tables.get(spec.code, ()) if spec else _holders(document)
        if computed.form is ComputedForm.COUNT or spec is None:
            return str(len(rows))
        code = spec.by_column[computed.column or ""].code
        return total([row[code] for row in rows if row.get(code)])
    source = sources[computed.of]
    if not source:
        return LONG_TERM if computed.of == "valid_until" else ""
    try:
        return _FORMS[computed.form](source)
    except InputError as error:
        raise InputError(error.code, f"fields.{computed.of}: {error.message}", hint=error.hint) from None


_FORMS: Mapping[ComputedForm, Callable[[str], str]] = {
    ComputedForm.AMOUNT: amount_in_capitals,
    ComputedForm.NUMBER: number_in_capitals,
    ComputedForm.DATE: lambda text: date_in_numerals(date.fromisoformat(text)),
}
