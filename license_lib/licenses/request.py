"""What an issuing system asks for, and the strict way from there to a licence value.

Everything that can be wrong with a request is found before anything is reserved, drawn or sealed, and all of it at once.
"""

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from license_lib.catalogue import FieldSpec, FieldType, HolderKind, LicenseType, ValidityRule
from license_lib.errors import InputError
from license_lib.identifiers import CheckOverride, CitizenId, CreditCode, LicenseIdentifier, NumberError
from license_lib.licenses.model import Holder, Issuer, License, Photo
from license_lib.licenses.record import HOLDER_NUMBER_KINDS, ORGANISATION_KINDS

MAX_NAME = 120
MAX_HOLDERS = 50
LONG_TERM_INPUT = "long-term"


class RequestError(InputError):
    """A request with one or more faults; `problems` holds every one. The code is theirs if it is one and the same."""

    def __init__(self, problems: list[InputError]) -> None:
        codes = {problem.code for problem in problems}
        super().__init__(codes.pop() if len(codes) == 1 else "request.invalid", "; ".join(str(p) for p in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class HolderRequest:
    """A holder as the issuing system knows it.

    Args:
        number_kind: 持证主体代码类型 (GB/T 36903 annex A); left out, `001` and `111` are told apart by the number itself.
        override: accept an *issued* credit code that fails its check; the reason is recorded with the licence.
    """

    name: str
    number: str = field(repr=False)
    number_kind: str | None = None
    override: CheckOverride | None = None


@dataclass(frozen=True, slots=True)
class LicenseRequest:
    """What to issue.

    Args:
        license_type: key, Chinese name or code of a catalogue type.
        issuer: the issuing body: its short id or credit code.
        number: licence number 证照编号; may be left out where the type says that it is the holder's number.
        holders: one holder, or several where the type allows it.
        fields: face fields by key (`address`), Chinese label (`住所`) or code (`KZ_ZS`). Dates as YYYY-MM-DD.
        issued_on: 颁发日期; today if left out.
        valid_from: first day of validity; the day of issue if left out.
        valid_until: last day, or "long-term" 长期. Required where the type's rule is "given": never assumed.
        photo: a JPEG where the type shows one; it is printed byte for byte.
        request_key: idempotency key: the same request with the same key is issued once, however often it is sent.
    """

    license_type: str
    issuer: str
    holders: tuple[HolderRequest, ...]
    fields: Mapping[str, str]
    number: str | None = None
    issued_on: date | None = None
    valid_from: date | None = None
    valid_until: date | Literal["long-term"] | None = None
    photo: bytes | None = field(default=None, repr=False)
    request_key: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked request: everything of a licence but its identifier and salt, which come when it is issued."""

    license_type: LicenseType
    issuer: Issuer
    number: str
    holders: tuple[Holder, ...]
    overrides: tuple[CheckOverride, ...]
    fields: Mapping[str, str]
    issued_on: date
    valid_from: date
    valid_until: date | None
    photo: Photo | None

    def license(self, identifier: LicenseIdentifier, salt: bytes) -> License:
        """The licence that this draft becomes under an identifier."""
        return License(
            identifier=identifier,
            type_name=self.license_type.name,
            type_code=self.license_type.code.value,
            template=(self.license_type.key, self.license_type.version),
            number=self.number,
            holders=self.holders,
            issuer=self.issuer,
            issued_on=self.issued_on,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            fields=self.fields,
            photo=self.photo,
            salt=salt,
        )


def draft(request: LicenseRequest, license_type: LicenseType, issuer: Issuer, *, today: date) -> Draft:
    """Check a request against its type.

    Raises:
        RequestError: with every fault found; nothing has been written anywhere.
    """
    problems: list[InputError] = []
    holders: list[Holder] = []
    overrides: list[CheckOverride] = []
    for index, wanted in enumerate(request.holders):
        try:
            holder, override = _holder(wanted, license_type, f"holders[{index}]")
            holders.append(holder)
            overrides += [override] if override else []
        except InputError as error:
            problems.append(error)
    problems += _holder_count(request, license_type)
    if len({holder.number for holder in holders}) < len(holders):
        problems.append(InputError("holder.duplicate", "holders: the same number stands twice"))
    if issuer.level not in license_type.issuing.levels:
        problems.append(
            InputError("issuer.level", f"a body of level {issuer.level} does not issue {license_type.name}")
        )
    number, number_problem = _number(request, license_type, holders)
    problems += number_problem
    fields, field_problems = _fields(request.fields, license_type)
    problems += field_problems
    issued_on = request.issued_on or today
    valid_from = request.valid_from or issued_on
    valid_until, validity_problems = _validity(request, license_type, valid_from)
    problems += validity_problems
    if issued_on > today:
        problems.append(InputError("date.future", "issued_on: lies in the future"))
    photo, photo_problems = _photo(request.photo, license_type)
    problems += photo_problems
    if problems:
        raise RequestError(problems)
    return Draft(
        license_type=license_type,
        issuer=issuer,
        number=number,
        holders=tuple(holders),
        overrides=tuple(overrides),
        fields=fields,
        issued_on=issued_on,
        valid_from=valid_from,
        valid_until=valid_until,
        photo=photo,
    )


def checked_text(text: str, where: str, max_length: int) -> str:
    """A text as it may stand on a face: trimmed, not empty, within length, with no control or private-use character.

    Raises:
        InputError: `text.empty`, `text.too-long`, `text.character` (by position, never echoing the text).
    """
    trimmed = text.strip()
    if not trimmed:
        raise InputError("text.empty", f"{where}: is empty")
    if len(trimmed) > max_length:
        raise InputError("text.too-long", f"{where}: has {len(trimmed)} characters, at most {max_length} are allowed")
    for position, character in enumerate(trimmed, 1):
        category = unicodedata.category(character)
        newer_than_python = category == "Cn" and 0x20000 <= ord(character) < 0x3FFFE  # CJK planes: the fonts decide
        if category in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"} and not newer_than_python:
            raise InputError(
                "text.character",
                f"{where}: character {position} (U+{ord(character):04X}) cannot be printed",
                hint="private use: replace it with the character's Unicode 11 or later code"
                if category == "Co"
                else "",
            )
    return trimmed


def _holder(wanted: HolderRequest, kind: LicenseType, where: str) -> tuple[Holder, CheckOverride | None]:
    name = checked_text(wanted.name, f"{where}.name", MAX_NAME)
    number_kind = wanted.number_kind
    if number_kind is not None and number_kind not in HOLDER_NUMBER_KINDS:
        raise InputError("holder.number-kind", f"{where}.number_kind: is not a code of GB/T 36903 annex A")
    try:
        number, number_kind, override = _holder_number(wanted, kind)
    except NumberError as error:
        raise InputError(error.code, f"{where}.number: {error.message}", hint=error.hint) from None
    organisation = number_kind in ORGANISATION_KINDS
    if kind.holder.kind is not HolderKind.EITHER and organisation != (kind.holder.kind is HolderKind.ORGANISATION):
        raise InputError("holder.kind", f"{where}: {kind.name} is held by {kind.holder.kind.value}s only")
    return Holder(name, number, number_kind), override


def _holder_number(wanted: HolderRequest, kind: LicenseType) -> tuple[str, str, CheckOverride | None]:
    number_kind = wanted.number_kind
    if number_kind is None and kind.holder.kind is HolderKind.EITHER:
        number_kind = _guess_kind(wanted)
    elif number_kind is None:
        number_kind = "001" if kind.holder.kind is HolderKind.ORGANISATION else "111"
    if number_kind == "001":
        credit_code = CreditCode.parse(wanted.number, override=wanted.override)
        return str(credit_code), number_kind, credit_code.override
    if number_kind == "111":
        return CitizenId.parse(wanted.number).number, number_kind, None
    return checked_text(wanted.number, "number", 40), number_kind, None


def _guess_kind(wanted: HolderRequest) -> str:
    """`001` or `111`, by which of the two the number is; a number that is neither reads as a citizen ID."""
    try:
        CitizenId.parse(wanted.number)
    except NumberError:
        try:
            CreditCode.parse(wanted.number, override=wanted.override)
        except NumberError:
            return "111"
        return "001"
    return "111"


def _holder_count(request: LicenseRequest, kind: LicenseType) -> Iterator[InputError]:
    if not request.holders:
        yield InputError("holder.missing", "holders: at least one is needed")
    if len(request.holders) > 1 and not kind.holder.several:
        yield InputError("holder.several", f"holders: {kind.name} has one holder")
    if len(request.holders) > MAX_HOLDERS:
        yield InputError("holder.several", f"holders: at most {MAX_HOLDERS}")


def _number(request: LicenseRequest, kind: LicenseType, holders: list[Holder]) -> tuple[str, list[InputError]]:
    if kind.number.rule == "holder":
        number = holders[0].number if holders else ""
        if request.number is not None and number and request.number.strip() != number:
            return "", [InputError("number.not-holders", f"number: {kind.name} carries the holder's own number")]
        return number, []
    if request.number is None:
        return "", [InputError("number.missing", "number: is missing", hint=kind.number.hint)]
    try:
        number = checked_text(request.number, "number", 60)
    except InputError as error:
        return "", [error]
    if not re.fullmatch(kind.number.pattern, number):
        return "", [InputError("number.pattern", "number: has not the form of this type", hint=kind.number.hint)]
    return number, []


def _fields(given: Mapping[str, str], kind: LicenseType) -> tuple[dict[str, str], list[InputError]]:
    problems: list[InputError] = []
    texts: dict[str, str] = {}
    for name, text in given.items():
        spec = kind.by_key.get(name) or kind.by_label.get(name) or kind.by_code.get(name)
        if spec is None:
            near = difflib.get_close_matches(name[:60], [*kind.by_key, *kind.by_label], 1)
            problems.append(
                InputError(
                    "field.unknown",
                    f"fields.{_shown(name)}: {kind.name} has no such field",
                    hint=f"did you mean {near[0]!r}?" if near else f"its fields are {', '.join(kind.by_key)}",
                )
            )
        elif spec.key in texts:
            problems.append(InputError("field.duplicate", f"fields.{spec.key}: is given twice"))
        else:
            texts[spec.key] = text
    fields: dict[str, str] = {}
    for spec in kind.fields:
        text = texts.get(spec.key, "")
        if not text.strip():
            if spec.required:
                problems.append(
                    InputError("field.missing", f"fields.{spec.key}: {spec.label} is required", hint=spec.english)
                )
            continue
        try:
            fields[spec.code] = _field_text(spec, text)
        except InputError as error:
            problems.append(error)
    return fields, problems


def _field_text(spec: FieldSpec, text: str) -> str:
    where = f"fields.{spec.key}"
    value = checked_text(text, where, spec.max_length)
    try:
        if spec.type is FieldType.DATE:
            return date.fromisoformat(value).isoformat()
        if spec.type is FieldType.CITIZEN_ID:
            return CitizenId.parse(value).number
        if spec.type is FieldType.CREDIT_CODE:
            return str(CreditCode.parse(value))
    except NumberError as error:
        raise InputError(error.code, f"{where}: {error.message}", hint=error.hint) from None
    except ValueError:
        raise InputError("field.date", f"{where}: is not a date", hint="write it as YYYY-MM-DD") from None
    if spec.type is FieldType.DECIMAL and not re.fullmatch(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?", value):
        raise InputError("field.decimal", f"{where}: is not a decimal number", hint="for example 86.50")
    if spec.choices and value not in spec.choices:
        raise InputError("field.choice", f"{where}: must be one of {'、'.join(spec.choices)}")
    if spec.pattern is not None and not re.fullmatch(spec.pattern, value):
        raise InputError("field.pattern", f"{where}: {spec.label} has not the required form")
    return value


def _validity(request: LicenseRequest, kind: LicenseType, start: date) -> tuple[date | None, list[InputError]]:
    rule, wanted = kind.validity.rule, request.valid_until
    if rule is ValidityRule.LONG_TERM:
        if wanted not in {None, LONG_TERM_INPUT}:
            return None, [InputError("validity.rule", f"valid_until: {kind.name} has no end date")]
        return None, []
    if rule is ValidityRule.YEARS:
        end = _years_later(start, kind.validity.years or 0) - timedelta(days=1)
        if wanted not in {None, end}:
            return None, [InputError("validity.rule", f"valid_until: is {end} by the type's rule", hint="leave it out")]
        return end, []
    if wanted is None:
        return None, [
            InputError("validity.missing", "valid_until: is missing", hint='give the last day, or "long-term" for 长期')
        ]
    if wanted == LONG_TERM_INPUT:
        return None, []
    if not isinstance(wanted, date):
        return None, [InputError("validity.rule", "valid_until: is neither a date nor long-term")]
    if wanted < start:
        return None, [InputError("validity.order", "valid_until: lies before valid_from")]
    return wanted, []


def _years_later(day: date, years: int) -> date:
    """The anniversary; 29 February counts as 1 March in a common year (the period's last day is then 28 February)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _photo(photo: bytes | None, kind: LicenseType) -> tuple[Photo | None, list[InputError]]:
    if photo is None:
        missing = kind.photo == "required"
        return None, [InputError("photo.missing", f"photo: {kind.name} shows a photo")] if missing else []
    if kind.photo == "none":
        return None, [InputError("photo.unexpected", f"photo: {kind.name} shows none")]
    if not photo.startswith(b"\xff\xd8\xff"):
        return None, [InputError("photo.invalid", "photo: is not a JPEG picture", hint="convert it to JPEG")]
    return Photo("image/jpeg", hashlib.sha256(photo).hexdigest()), []


def _shown(name: str) -> str:
    """A field name as it may stand in a message: short and printable."""
    return "".join(c if c.isprintable() else "?" for c in name[:40])
