"""What a licence type is: the values behind `type.toml` and `layout.toml`.

A `LicenseType` is one catalogue item 证照目录项 (GB/T 36902) with everything needed to issue it: who may hold it, how
its number and validity are ruled, which face fields 照面信息 it shows, and where each stands on the page. Rules that
one value can break are here; those that only several together can break are in `checks`.
All lengths on a page are millimetres from the page's top-left corner; type sizes are points.
"""

import hashlib
import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from license_lib.identifiers import LicenseTypeCode, NumberError
from license_lib.toml_files import mendable

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Millimetres = Annotated[float, Field(ge=0, le=420)]
Points = Annotated[float, Field(gt=3, le=72)]
FontName = Literal["song", "hei"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class HolderKind(StrEnum):
    """Holder category 持证主体类别 (GB/T 36902)."""

    PERSON = "person"
    ORGANISATION = "organisation"
    EITHER = "either"


class ValidityRule(StrEnum):
    """How the end of validity 有效期截止 comes about."""

    LONG_TERM = "long-term"
    """长期: the licence has no end date."""
    YEARS = "years"
    """A fixed number of years, ending the day before the anniversary."""
    GIVEN = "given"
    """The issuing system says the end date, or says that there is none."""


class FieldType(StrEnum):
    """What a face field's text must be."""

    TEXT = "text"
    DATE = "date"
    DECIMAL = "decimal"
    CITIZEN_ID = "citizen-id"
    CREDIT_CODE = "credit-code"


class Shown(StrEnum):
    """How much of a value the QR shows in public."""

    FULL = "full"
    MASKED = "masked"
    NONE = "none"


BUILT_IN_FIELDS = {
    "license_name": "证照名称",
    "license_number": "证照编号",
    "identifier": "证照标识",
    "holder_name": "持证主体",
    "holder_number": "持证主体代码",
    "issuer_name": "颁发机构",
    "issued_on": "颁发日期",
    "valid_from": "有效期起始",
    "valid_until": "有效期截止",
    "validity": "有效期限",
}
"""Face values that every licence has, by key, with the standard's name; a type's own fields must not reuse the keys."""

REQUEST_COLUMNS = {
    "type": "证照类型",
    "issuer": "颁发机构",
    "number": "证照编号",
    "holder_name": "持证主体",
    "holder_number": "持证主体代码",
    "holder_number_kind": "持证主体代码类型",
    "issued_on": "颁发日期",
    "valid_from": "有效期起始",
    "valid_until": "有效期截止",
    "photo": "照片",
    "request_key": "请求标识",
}
"""What a row of a batch says beside the face fields, with its Chinese heading; a type's own fields must use neither."""


class TypeCode(_Frozen):
    """Licence type code 证照类型代码 and where it comes from: a code that is not official says so."""

    value: str
    official: bool
    source: Annotated[str, Field(min_length=4)]

    @field_validator("value")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        try:
            LicenseTypeCode.parse(value)
        except NumberError as error:
            raise mendable(error.message, "copy the code again, character by character") from None
        return value


class Definer(_Frozen):
    """The body that defines the type 证照定义机构 and its level (1 国家级 2 省部级 3 地市级 4 区县级 5 其他)."""

    name: str
    level: Annotated[int, Field(ge=1, le=5)]


class HolderRule(_Frozen):
    """Who may hold the licence and how much of the holder's name the QR shows: never by default, always said.

    `number_kinds` are the kinds of holder numbers 持证主体代码类型 that the type takes; empty means all. A face
    that calls the number by name needs it: only then was what stands behind 统一社会信用代码 checked as one.
    """

    kind: Annotated[HolderKind, Field(strict=False)]
    number_kinds: Annotated[tuple[str, ...], Field(strict=False)] = ()
    several: bool = False
    in_qr: Annotated[Shown, Field(strict=False)]


class NumberRule(_Frozen):
    """How the licence number 证照编号 comes about: it is the holder's own number, or the issuing system gives it."""

    rule: Literal["holder", "given"]
    pattern: str = ".{1,60}"
    hint: str = ""
    in_qr: bool = True

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return _compiled(pattern)


class Validity(_Frozen):
    """The type's validity rule 有效期限."""

    rule: Annotated[ValidityRule, Field(strict=False)]
    years: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _years_where_needed(self) -> Self:
        if (self.rule is ValidityRule.YEARS) != (self.years is not None):
            if self.years is None:
                raise mendable('rule = "years" needs `years`', "add it, for example years = 5")
            raise mendable(f'`years` has no meaning with rule = "{self.rule}"', "remove it")
        return self


class Issuing(_Frozen):
    """Levels of the bodies that issue the type 颁发机构级别 (1 国家级 2 省部级 3 地市级 4 区县级 5 其他)."""

    levels: Annotated[tuple[Annotated[int, Field(ge=1, le=5)], ...], Field(min_length=1, strict=False)]


class ServiceItem(_Frozen):
    """A government service item 政务服务事项 that this licence results from or is needed for."""

    code: str
    name: str


class FieldSpec(_Frozen):
    """One face field 照面扩展信息 of a type; `code` is its GB/T 36903 extension code `KZ_…`."""

    key: Key
    code: Annotated[str, Field(pattern=r"^KZ_[A-Z0-9]{1,20}$")]
    label: Annotated[str, Field(min_length=1, max_length=20)]
    english: Annotated[str, Field(min_length=1, max_length=60)]
    type: Annotated[FieldType, Field(strict=False)] = FieldType.TEXT
    required: bool = True
    max_length: Annotated[int, Field(ge=1, le=2000)] = 100
    pattern: str | None = None
    choices: Annotated[tuple[str, ...], Field(strict=False)] = ()
    in_qr: bool = False

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return None if pattern is None else _compiled(pattern)

    @field_validator("key")
    @classmethod
    def _not_built_in(cls, key: str) -> str:
        if key in BUILT_IN_FIELDS:
            raise mendable(f"{key!r} is a built-in field ({BUILT_IN_FIELDS[key]})", "choose another key")
        if key in REQUEST_COLUMNS:
            raise mendable(f"{key!r} is a column of every batch ({REQUEST_COLUMNS[key]})", "choose another key")
        return key

    @field_validator("label")
    @classmethod
    def _no_column(cls, label: str) -> str:
        if label in REQUEST_COLUMNS.values():
            raise mendable(f"{label!r} is a column of every batch", "choose another label")
        return label

    @model_validator(mode="after")
    def _no_id_number_in_qr(self) -> Self:
        if self.in_qr and self.type is FieldType.CITIZEN_ID:
            raise mendable("an ID number must never stand in the QR", "remove in_qr")
        return self


class Box(_Frozen):
    """A rectangle on the page, in millimetres from the top-left corner."""

    x: Millimetres
    y: Millimetres
    w: Annotated[float, Field(gt=0, le=420)]
    h: Annotated[float, Field(gt=0, le=420)]


class TextBox(Box):
    """Where one face value stands: it wraps within the box and shrinks from `size` to `min_size` points to fit.

    `label` defaults to the field's own label; an empty one draws none. `label_w` is the label's column in millimetres.
    `frame` is a rule under the value (`line`) or a table cell around label and value (`cell`).
    """

    field: Key
    label: str | None = None
    label_w: Millimetres = 32
    size: Points = 13
    min_size: Points = 6
    font: FontName = "song"
    align: Literal["left", "center", "right"] = "left"
    frame: Literal["none", "line", "cell"] = "none"


class StaticText(Box):
    """Text that every licence of the type shows: headings, notes."""

    text: Annotated[str, Field(min_length=1, max_length=400)]
    size: Points = 9
    font: FontName = "song"
    align: Literal["left", "center", "right"] = "left"
    color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#333333"
    bold: bool = False


class Square(_Frozen):
    """A square on the page (QR or seal), in millimetres."""

    x: Millimetres
    y: Millimetres
    size: Annotated[float, Field(ge=15, le=80)]


class Page(_Frozen):
    """Page size and border."""

    size: Literal["A4"] = "A4"
    orientation: Literal["portrait", "landscape"] = "landscape"
    border: Literal["double", "single", "ornate"] = "double"
    color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#9A7B3C"

    @property
    def width(self) -> float:
        """Width in millimetres."""
        return 297.0 if self.orientation == "landscape" else 210.0

    @property
    def height(self) -> float:
        """Height in millimetres."""
        return 210.0 if self.orientation == "landscape" else 297.0


class Layout(_Frozen):
    """Where everything stands on the face 照面."""

    page: Page
    title: StaticText
    boxes: Annotated[tuple[TextBox, ...], Field(min_length=1, strict=False)]
    texts: Annotated[tuple[StaticText, ...], Field(strict=False)] = ()
    qr: Square
    seal: Square
    photo: Box | None = None


class LicenseType(_Frozen):
    """One licence type 证照类型: a catalogue item (GB/T 36902) with its rules, face fields and layout."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1, le=999)]
    name: Annotated[str, Field(min_length=2, max_length=40)]
    english: Annotated[str, Field(min_length=2, max_length=80)]
    code: TypeCode
    definer: Definer
    holder: HolderRule
    number: NumberRule
    validity: Validity
    issuing: Issuing
    photo: Literal["none", "optional", "required"] = "none"
    service_items: Annotated[tuple[ServiceItem, ...], Field(strict=False)] = ()
    fields: Annotated[tuple[FieldSpec, ...], Field(min_length=1, strict=False)]
    layout: Layout

    def label_of(self, key: str) -> str:
        """Chinese label of a field, the type's own or built in."""
        return self.by_key[key].label if key in self.by_key else BUILT_IN_FIELDS[key]

    @cached_property
    def digest(self) -> str:
        """First 8 bytes (hex) of SHA-256 over everything that shapes the face and the QR; comments do not count."""
        shaping = self.model_dump_json(
            include={"key", "version", "name", "holder", "number", "photo", "fields", "layout"}
        )
        return hashlib.sha256(shaping.encode()).hexdigest()[:16]

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """The type's own fields by key."""
        return {field.key: field for field in self.fields}

    @cached_property
    def by_code(self) -> dict[str, FieldSpec]:
        """The type's own fields by GB/T 36903 code."""
        return {field.code: field for field in self.fields}

    @cached_property
    def by_label(self) -> dict[str, FieldSpec]:
        """The type's own fields by Chinese label, as spreadsheets head their columns."""
        return {field.label: field for field in self.fields}


def _compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise mendable(f"not a regular expression: {error}", "correct the pattern") from None
    return pattern
