"""Licence → the texts that its face shows. Rendering draws exactly these; verification looks for exactly these."""

from datetime import date

from license_lib.catalogue import FieldType, LicenseType
from license_lib.licenses.model import License

LONG_TERM = "长期"


def face_values(license_type: LicenseType, document: License) -> dict[str, str]:
    """Every text of the face by field key: the built-in ones and the type's own; "" where there is no value."""
    until = LONG_TERM if document.valid_until is None else chinese_date(document.valid_until)
    values = {
        "license_name": document.type_name,
        "license_number": document.number,
        "identifier": str(document.identifier),
        "holder_name": "、".join(holder.name for holder in document.holders),
        "holder_number": "、".join(holder.number for holder in document.holders),
        "issuer_name": document.issuer.name,
        "issued_on": chinese_date(document.issued_on),
        "valid_from": chinese_date(document.valid_from),
        "valid_until": until,
        "validity": LONG_TERM if document.valid_until is None else f"{chinese_date(document.valid_from)}至{until}",
    }
    for spec in license_type.fields:
        text = document.fields.get(spec.code, "")
        values[spec.key] = chinese_date(date.fromisoformat(text)) if text and spec.type is FieldType.DATE else text
    return values


def chinese_date(day: date) -> str:
    """`2026年11月5日`, as licences print it."""
    return f"{day.year}年{day.month}月{day.day}日"
