"""What an issuing system asks for, and the strict way from there to a licence value.

Everything that can be wrong with a request is found before anything is reserved, drawn or sealed, and all of it at
once. The rules of single values are in `rules`.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, TypeVar

from license_lib.catalogue import HolderKind, LicenseType, ValidityRule
from license_lib.errors import InputError
from license_lib.identifiers import HOLDER_NUMBER_KINDS, ORGANISATION_KINDS, CheckOverride, LicenseIdentifier
from license_lib.licenses.model import Holder, Issuer, License, Photo, Rows, TemplateRef
from license_lib.licenses.photo import without_metadata
from license_lib.licenses.rules import (
    CREDIT_CODE_KIND,
    FieldValue,
    checked_day,
    checked_fields,
    checked_number,
    checked_text,
)
from license_lib.status import StatusClaim

MAX_NAME = 120
MAX_HOLDERS = 50
MAX_NUMBER = 60
MAX_REQUEST_KEY = 200
LONG_TERM_INPUT = "long-term"
_MOST_SHOWN = 20

T = TypeVar("T")


class RequestError(InputError):
    """A request with one or more faults; `problems` holds every one. The code is theirs if it is one and the same."""

    def __init__(self, problems: list[InputError]) -> None:
        codes = {problem.code for problem in problems}
        texts = [str(problem) for problem in problems[:_MOST_SHOWN]]
        if len(problems) > _MOST_SHOWN:
            texts.append(f"and {len(problems) - _MOST_SHOWN} more")
        super().__init__(codes.pop() if len(codes) == 1 else "request.invalid", "; ".join(texts))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class HolderRequest:
    """A holder as the issuing system knows it.

    Args:
        number_kind: 持证主体代码类型 (GB/T 36903 annex A); left out, the number tells it: `001` for a credit code,
            and for a person the code that `HolderCodeTypes` gives to that form.
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
        fields: face fields by key (`address`), Chinese label (`住所`) or code (`KZ_ZS`). Dates as YYYY-MM-DD; repeated
            rows as a list, each row a mapping by column key, label or code.
        issued_on: 颁发日期; today if left out.
        valid_from: first day of validity; the day of issue if left out.
        valid_until: last day, or "long-term" 长期. Required where the type's rule is "given": never assumed.
        photo: a JPEG where the type shows one; its picture is printed bit for bit, what else
            the camera wrote into it (place, time, device) is left out.
        request_key: idempotency key: the same request with the same key is issued once, however often it is sent.
    """

    license_type: str
    issuer: str
    holders: tuple[HolderRequest, ...]
    fields: Mapping[str, FieldValue] = field(repr=False)
    number: str | None = field(default=None, repr=False)
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
    number: str = field(repr=False)
    holders: tuple[Holder, ...]
    overrides: tuple[CheckOverride, ...]
    fields: Mapping[str, str] = field(repr=False)
    issued_on: date
    valid_from: date
    valid_until: date | None
    photo: bytes | None = field(repr=False)
    tables: Mapping[str, Rows] = field(default_factory=dict, repr=False)

    def license(self, identifier: LicenseIdentifier, salt: bytes, status: StatusClaim | None = None) -> License:
        """The licence that this draft becomes under an identifier, with its place in a status list."""
        return License(
            identifier=identifier,
            type_name=self.license_type.name,
            type_code=self.license_type.code.value,
            template=template_of(self.license_type),
            number=self.number,
            holders=self.holders,
            issuer=self.issuer,
            issued_on=self.issued_on,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            fields=self.fields,
            photo=None if self.photo is None else Photo("image/jpeg", hashlib.sha256(self.photo).hexdigest()),
            salt=salt,
            tables=self.tables,
            status=status,
        )


def template_of(license_type: LicenseType) -> TemplateRef:
    """How a licence names the template that draws it."""
    return TemplateRef(license_type.key, license_type.version, license_type.digest)


def draft(request: LicenseRequest, license_type: LicenseType, issuer: Issuer, *, today: date) -> Draft:
    """Check a request against its type.

    Raises:
        RequestError: with every fault found; nothing has been written anywhere.
    """
    faults = _Faults()
    holders, overrides = _holders(request, license_type, today, faults)
    if issuer.level not in license_type.issuing.levels:
        faults.add("issuer.level", f"a body of level {issuer.level} does not issue {license_type.name}")
    number = faults.attempt(lambda: _number(request, license_type, holders, today)) or ""
    fields = checked_fields(request.fields, license_type, today)
    faults.found += fields.faults
    issued_on, valid_from, valid_until = _days(request, license_type, today, faults)
    photo = faults.attempt(lambda: _photo(request.photo, license_type))
    if request.request_key is not None:
        faults.attempt(lambda: checked_text(request.request_key or "", "request_key", MAX_REQUEST_KEY))
    if faults.found:
        raise RequestError(faults.found)
    return Draft(
        license_type=license_type,
        issuer=issuer,
        number=number,
        holders=tuple(holders),
        overrides=tuple(overrides),
        fields=fields.texts,
        issued_on=issued_on,
        valid_from=valid_from,
        valid_until=valid_until,
        photo=photo,
        tables=fields.tables,
    )


class _Faults:
    """Collects faults, so that one does not hide the next."""

    def __init__(self) -> None:
        self.found: list[InputError] = []

    def add(self, code: str, message: str, *, hint: str = "") -> None:
        self.found.append(InputError(code, message, hint=hint))

    def attempt(self, rule: Callable[[], T]) -> T | None:
        """What the rule gives, or None if it found a fault."""
        try:
            return rule()
        except InputError as error:
            self.found.append(error)
            return None


def _holders(
    request: LicenseRequest, kind: LicenseType, today: date, faults: _Faults
) -> tuple[list[Holder], list[CheckOverride]]:
    if not request.holders:
        faults.add("holder.missing", "holders: at least one is needed")
    if len(request.holders) > 1 and not kind.holder.several:
        faults.add("holder.several", f"holders: {kind.name} has one holder")
    elif len(request.holders) > MAX_HOLDERS:
        faults.add("holder.several", f"holders: {len(request.holders)}, at most {MAX_HOLDERS} are allowed")
    holders: list[Holder] = []
    for index, wanted in enumerate(request.holders[:MAX_HOLDERS]):
        holder = _holder(wanted, kind, f"holders[{index}]", today, faults)
        if holder is not None and any(holder.number == other.number for other in holders):
            faults.add("holder.duplicate", f"holders[{index}].number: stands twice")
        holders += [holder] if holder else []
    return holders, [wanted.override for wanted in request.holders if wanted.override]


def _holder(wanted: HolderRequest, kind: LicenseType, where: str, today: date, faults: _Faults) -> Holder | None:
    name = faults.attempt(lambda: checked_text(wanted.name, f"{where}.name", MAX_NAME))
    number_kind = wanted.number_kind
    if number_kind is not None and number_kind not in HOLDER_NUMBER_KINDS:
        hint = f"one of {', '.join(HOLDER_NUMBER_KINDS)}"
        faults.add("holder.number-kind", f"{where}.number_kind: is not a code of GB/T 36903 annex A", hint=hint)
        return None
    if number_kind is None and kind.holder.kind is HolderKind.ORGANISATION:
        number_kind = CREDIT_CODE_KIND
    numbered = faults.attempt(lambda: _holder_number(wanted, number_kind, kind, where, today))
    return Holder(name, *numbered) if name and numbered else None


def _holder_number(
    wanted: HolderRequest, number_kind: str | None, kind: LicenseType, where: str, today: date
) -> tuple[str, str]:
    number, number_kind = checked_number(wanted.number, number_kind, wanted.override, where, today)
    organisation = number_kind in ORGANISATION_KINDS
    if kind.holder.kind is not HolderKind.EITHER and organisation != (kind.holder.kind is HolderKind.ORGANISATION):
        raise InputError("holder.kind", f"{where}: {kind.name} is held by {kind.holder.kind.value}s only")
    if kind.holder.number_kinds and number_kind not in kind.holder.number_kinds:
        allowed = ", ".join(f"{code} {HOLDER_NUMBER_KINDS[code]}" for code in kind.holder.number_kinds)
        raise InputError("holder.number-kind", f"{where}.number_kind: {kind.name} takes no such number", hint=allowed)
    return number, number_kind


def _number(request: LicenseRequest, kind: LicenseType, holders: list[Holder], today: date) -> str:
    if kind.number.rule == "holder":
        return _holders_own_number(request, kind, holders, today)
    if request.number is None:
        raise InputError("number.missing", "number: is missing", hint=kind.number.hint)
    number = checked_text(request.number, "number", MAX_NUMBER)
    if not re.fullmatch(kind.number.pattern, number):
        hint = kind.number.hint or f"it must match {kind.number.pattern}"
        raise InputError("number.pattern", f"number: has not the form that {kind.name} asks for", hint=hint)
    return number


def _holders_own_number(request: LicenseRequest, kind: LicenseType, holders: list[Holder], today: date) -> str:
    if not holders:
        return ""
    if request.number is not None:
        wanted = request.holders[0]
        try:
            given, _ = checked_number(request.number, holders[0].number_kind, wanted.override, "number", today)
        except InputError:
            given = ""
        if given != holders[0].number:
            problem = f"number: {kind.name} carries the holder's own number, and this is another"
            raise InputError("number.not-holders", problem, hint="leave it out")
    return holders[0].number


def _days(request: LicenseRequest, kind: LicenseType, today: date, faults: _Faults) -> tuple[date, date, date | None]:
    issued_on = faults.attempt(lambda: checked_day(request.issued_on or today, "issued_on")) or today
    if issued_on > today:
        faults.add("date.future", "issued_on: lies in the future", hint=f"today is {today}")
    start = faults.attempt(lambda: checked_day(request.valid_from or issued_on, "valid_from"))
    if start is None:
        return issued_on, issued_on, None
    return issued_on, start, faults.attempt(lambda: _last_day(request, kind, start))


def _last_day(request: LicenseRequest, kind: LicenseType, start: date) -> date | None:
    wanted = request.valid_until
    if kind.validity.rule is ValidityRule.LONG_TERM:
        if wanted not in {None, LONG_TERM_INPUT}:
            raise InputError("validity.rule", f"valid_until: {kind.name} has no end date", hint="leave it out")
        return None
    if kind.validity.rule is ValidityRule.YEARS:
        end = _years_later(start, kind.validity.years or 0) - timedelta(days=1)
        if wanted not in {None, end}:
            raise InputError("validity.rule", f"valid_until: is {end} by the type's rule", hint="leave it out")
        return checked_day(end, "valid_until")
    if wanted is None:
        hint = 'give the last day, or "long-term" for 长期'
        raise InputError("validity.missing", "valid_until: is missing", hint=hint)
    if not isinstance(wanted, date):
        if wanted != LONG_TERM_INPUT:
            raise InputError("validity.rule", "valid_until: is neither a date nor long-term")
        return None
    if checked_day(wanted, "valid_until") < start:
        raise InputError("validity.order", f"valid_until: lies before valid_from ({start})")
    return wanted


def _years_later(day: date, years: int) -> date:
    """The anniversary; 29 February counts as 1 March in a common year (the period's last day is then 28 February)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _photo(photo: bytes | None, kind: LicenseType) -> bytes | None:
    if photo is None:
        if kind.photo == "required":
            raise InputError("photo.missing", f"photo: {kind.name} shows a photo", hint="give a JPEG")
        return None
    if kind.photo == "none":
        raise InputError("photo.unexpected", f"photo: {kind.name} shows none", hint="leave it out")
    return without_metadata(photo)
