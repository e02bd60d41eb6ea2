"""The rules that single values of a request keep: text, days, numbers, face fields. Each is one short function.

A rule gives the value in its canonical form or raises InputError naming the place; it never repeats the value itself,
which may be an ID number that somebody wrote into the wrong place.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from license_lib.calendar import read_day
from license_lib.catalogue import FieldSpec, FieldType, LicenseType
from license_lib.catalogue.fields import ColumnSpec
from license_lib.characters import fault, mended
from license_lib.errors import InputError
from license_lib.identifiers import (
    CheckOverride,
    CitizenId,
    CreditCode,
    HolderCodeTypes,
    NumberError,
    NumberKind,
    identify,
)
from license_lib.licenses.model import Rows

FieldValue = str | Sequence[Mapping[str, str]]
"""What a request gives for a face field: a text, or for a field of rows a list of them."""

CREDIT_CODE_KIND, CITIZEN_ID_KIND = "001", "111"
EARLIEST, LATEST = date(1800, 1, 1), date(2999, 12, 31)

_NUMBER_LENGTH = 40
_REASON_LENGTH = 500
_NUMBER_LIKE = re.compile(r"[0-9]{6}")
_SHOWN = 40
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")


def checked_text(text: str, where: str, max_length: int) -> str:
    """A text as it may stand on a face: trimmed, mended, not empty, within length, of characters that can be printed.

    Raises:
        InputError: `text.empty`, `text.too-long`, `text.character` (by position, never echoing the text).
    """
    trimmed, _ = mended(text.strip())
    if not trimmed:
        raise InputError("text.empty", f"{where}: is empty")
    if len(trimmed) > max_length:
        raise InputError("text.too-long", f"{where}: has {len(trimmed)} characters, at most {max_length} are allowed")
    for position, character in enumerate(trimmed, 1):
        found = fault(character)
        if found is not None:
            raise InputError(
                "text.character",
                f"{where}: character {position} (U+{ord(character):04X}) cannot be printed",
                hint=f"{found.kind}: {found.advice}",
            )
    return trimmed


def checked_day(day: date, where: str) -> date:
    """A plain day between 1800 and 2999.

    Raises:
        InputError: `date.form` for a date-time, `date.range`.
    """
    if isinstance(day, datetime):
        raise InputError("date.form", f"{where}: is a time, not a day", hint="give a date")
    if not EARLIEST <= day <= LATEST:
        hint = 'for 长期 say "long-term"' if day > LATEST else ""
        raise InputError("date.range", f"{where}: lies outside {EARLIEST.year} to {LATEST.year}", hint=hint)
    return day


def checked_number(
    number: str, number_kind: str | None, override: CheckOverride | None, where: str, today: date
) -> tuple[str, str]:
    """A holder's number and its kind.

    Args:
        number_kind: 持证主体代码类型; None lets the number tell whether it is a person's or a body's.

    Raises:
        InputError: `number.…`, `text.…`, `number.override`.
    """
    if number_kind is None:
        meant = identify(number, on=today).kind
        number_kind = CREDIT_CODE_KIND if override or meant is NumberKind.CREDIT_CODE else ""
    if override is not None:
        if number_kind != CREDIT_CODE_KIND:
            raise InputError("number.override", f"{where}.override: only a credit code can be accepted in spite of it")
        checked_text(override.reason, f"{where}.override.reason", _REASON_LENGTH)
        checked_text(override.approved_by, f"{where}.override.approved_by", _REASON_LENGTH)
    try:
        if number_kind == CREDIT_CODE_KIND:
            return str(CreditCode.parse(number, override=override)), number_kind
        if number_kind in {CITIZEN_ID_KIND, ""}:
            person = CitizenId.parse(number, on=today)
            return person.number, number_kind or HolderCodeTypes().of(person)
    except NumberError as error:
        raise InputError(error.code, f"{where}.number: {error.message}", hint=error.hint) from None
    return checked_text(number, f"{where}.number", _NUMBER_LENGTH), number_kind


@dataclass(frozen=True, slots=True)
class CheckedFields:
    """Face fields and repeated rows by their `KZ_…` code, in face order, and every fault of what was given."""

    texts: dict[str, str]
    tables: dict[str, Rows]
    faults: list[InputError]


def checked_fields(given: Mapping[str, FieldValue], kind: LicenseType, today: date) -> CheckedFields:
    """The face fields of a request, by key, label or code, as the type asks for them."""
    faults: list[InputError] = []
    values: dict[str, FieldValue] = {}
    for name, value in given.items():
        spec = kind.by_key.get(name) or kind.by_label.get(name) or kind.by_code.get(name)
        if spec is None:
            faults.append(_unknown_field(name, kind.fields, kind.name))
        elif spec.key in values:
            faults.append(InputError("field.duplicate", f"fields.{spec.key}: is given twice", hint=spec.label))
        else:
            values[spec.key] = value
    texts: dict[str, str] = {}
    tables: dict[str, Rows] = {}
    for spec in kind.fields:
        value, where = values.get(spec.key, ""), f"fields.{spec.key}"
        if spec.type is FieldType.ROWS:
            rows = _rows(spec, value, where, today, faults)
            tables |= {spec.code: rows} if rows else {}
        elif not isinstance(value, str):
            faults.append(InputError("field.form", f"{where}: must be a text"))
        else:
            text = _one(spec, value, where, today, faults)
            texts |= {spec.code: text} if text else {}
    return CheckedFields(texts, tables, faults)


def shown_name(name: str) -> str:
    """A name that somebody gave, as it may stand in a message: short, printable, and no number of a person."""
    if _NUMBER_LIKE.search(name):
        return "(a number)"
    return "".join(c if c.isprintable() else "?" for c in name[:_SHOWN])


def _rows(spec: FieldSpec, given: FieldValue, where: str, today: date, faults: list[InputError]) -> Rows:
    """Repeated rows, each with its texts by column code."""
    if isinstance(given, str):
        if given.strip():
            hint = f"each with {', '.join(spec.by_column)}"
            faults.append(InputError("field.rows", f"{where}: must be a list of rows", hint=hint))
        elif spec.required:
            faults.append(InputError("field.missing", f"{where}: {spec.label} is required"))
        return ()
    if len(given) > spec.max_rows:
        faults.append(InputError("field.rows", f"{where}: has {len(given)} rows, at most {spec.max_rows} are allowed"))
        return ()
    if spec.required and not given:
        faults.append(InputError("field.missing", f"{where}: {spec.label} is required"))
    return tuple(_row(spec, row, f"{where}[{index}]", today, faults) for index, row in enumerate(given))


def _row(
    spec: FieldSpec, given: Mapping[str, str], where: str, today: date, faults: list[InputError]
) -> Mapping[str, str]:
    """One row's texts by column code."""
    texts: dict[str, str] = {}
    for name, text in given.items():
        column = next((one for one in spec.columns if name in (one.key, one.label, one.code)), None)
        if column is None:
            faults.append(_unknown_field(name, spec.columns, spec.label, where))
        elif column.key in texts:
            faults.append(InputError("field.duplicate", f"{where}.{column.key}: is given twice", hint=column.label))
        else:
            texts[column.key] = text
    row: dict[str, str] = {}
    for column in spec.columns:
        text = _one(column, texts.get(column.key, ""), f"{where}.{column.key}", today, faults)
        row |= {column.code: text} if text else {}
    if not any(text.strip() for text in texts.values()):
        faults.append(InputError("field.rows", f"{where}: is an empty row", hint="leave it out"))
    return row


def _one(spec: ColumnSpec, text: str, where: str, today: date, faults: list[InputError]) -> str:
    """One text in its canonical form; "" if there is none, or it has a fault."""
    if not text.strip():
        if spec.required:
            faults.append(InputError("field.missing", f"{where}: {spec.label} is required"))
        return ""
    try:
        return _field(spec, text, where, today)
    except InputError as error:
        faults.append(error)
        return ""


def _field(spec: ColumnSpec, text: str, where: str, today: date) -> str:
    value = checked_text(text, where, spec.max_length)
    if spec.type is FieldType.DATE:
        return _field_day(value, where)
    if spec.type in {FieldType.CITIZEN_ID, FieldType.CREDIT_CODE}:
        return _field_number(spec, value, where, today)
    if spec.type is FieldType.DECIMAL and not _DECIMAL.fullmatch(value):
        raise InputError("field.decimal", f"{where}: is not a decimal number", hint="for example 86.50")
    if spec.choices and value not in spec.choices:
        raise InputError("field.choice", f"{where}: must be one of {'、'.join(spec.choices)}")
    if spec.pattern is not None and not re.fullmatch(spec.pattern, value):
        raise InputError("field.pattern", f"{where}: {spec.label} has not the form {spec.pattern}")
    return value


def _field_day(value: str, where: str) -> str:
    try:
        day = read_day(value)
    except ValueError:
        raise InputError("field.date", f"{where}: is not a date", hint="write it as YYYY-MM-DD") from None
    return checked_day(day, where).isoformat()


def _field_number(spec: ColumnSpec, value: str, where: str, today: date) -> str:
    try:
        if spec.type is FieldType.CITIZEN_ID:
            return CitizenId.parse(value, on=today).number
        return str(CreditCode.parse(value))
    except NumberError as error:
        raise InputError(error.code, f"{where}: {error.message}", hint=error.hint) from None


def _unknown_field(name: str, known: Sequence[ColumnSpec], owner: str, where: str = "fields") -> InputError:
    keys = [spec.key for spec in known]
    near = difflib.get_close_matches(name[:_SHOWN], [*keys, *(spec.label for spec in known)], 1)
    return InputError(
        "field.unknown",
        f"{where}.{shown_name(name)}: {owner} has no such field",
        hint=f"did you mean {near[0]!r}?" if near else f"its fields are {', '.join(keys)}",
    )
