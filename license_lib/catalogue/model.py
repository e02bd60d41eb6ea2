"""What a licence type is: the values behind `type.toml`.

A `LicenseType` is one catalogue item 证照目录项 (GB/T 36902) with everything needed to issue it: who may hold it, how
its number and validity are ruled, which face fields 照面信息 it shows, and the layouts of its face. Rules that
one value can break are here; those that only several together can break are in `checks`.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from license_lib import canonical_json
from license_lib.catalogue.fields import (
    BUILT_IN_ENGLISH,
    BUILT_IN_FIELDS,
    PUBLIC_LABELS,
    ComputedField,
    FieldSpec,
    Shown,
    compiled,
)
from license_lib.catalogue.layout import Frozen, Key, Layout
from license_lib.identifiers import LicenseTypeCode, NumberError
from license_lib.toml_files import mendable

LAYOUT_NAME = r"^[a-z][a-z0-9-]{0,30}$"
"""Of a variant's layout: `duplicate` is the file `layout-duplicate.toml`."""


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


class TypeCode(Frozen):
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
            raise mendable(error.message, "copy the code again, character by character",
                           f"证照类型代码有误：{error.message}", "逐字重新抄录代码") from None  # fmt: skip
        return value


class Definer(Frozen):
    """The body that defines the type 证照定义机构 and its level (1 国家级 2 省部级 3 地市级 4 区县级 5 其他)."""

    name: str
    level: Annotated[int, Field(ge=1, le=5)]


class HolderRule(Frozen):
    """Who may hold the licence and how much of the holder's name the QR shows: never by default, always said.

    `number_kinds` are the kinds of holder numbers 持证主体代码类型 that the type takes; empty means all. A face
    that calls the number by name needs it: only then was what stands behind 统一社会信用代码 checked as one.
    """

    kind: Annotated[HolderKind, Field(strict=False)]
    number_kinds: Annotated[tuple[str, ...], Field(strict=False)] = ()
    several: bool = False
    in_qr: Annotated[Shown, Field(strict=False)]


class NumberRule(Frozen):
    """How the licence number 证照编号 comes about: it is the holder's own number, or the issuing system gives it."""

    rule: Literal["holder", "given"]
    pattern: str = ".{1,60}"
    hint: str = ""
    in_qr: bool = True

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiled(pattern)


class Validity(Frozen):
    """The type's validity rule 有效期限."""

    rule: Annotated[ValidityRule, Field(strict=False)]
    years: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _years_where_needed(self) -> Self:
        if (self.rule is ValidityRule.YEARS) != (self.years is not None):
            if self.years is None:
                raise mendable('rule = "years" needs `years`', "add it, for example years = 5",
                               'rule = "years" 需要 years', "补上，例如 years = 5")  # fmt: skip
            raise mendable(f'`years` has no meaning with rule = "{self.rule}"', "remove it",
                           f'rule = "{self.rule}" 时 years 没有意义', "删去")  # fmt: skip
        return self


class Issuing(Frozen):
    """Levels of the bodies that issue the type 颁发机构级别 (1 国家级 2 省部级 3 地市级 4 区县级 5 其他)."""

    levels: Annotated[tuple[Annotated[int, Field(ge=1, le=5)], ...], Field(min_length=1, strict=False)]


class ServiceItem(Frozen):
    """A government service item 政务服务事项 that this licence results from or is needed for."""

    code: str
    name: str


class Variants(Frozen):
    """Other layouts of the same type, chosen by a field with choices: 正本 and 副本 of one licence.

    `layouts` maps a choice to the name of its layout: `duplicate` is the file `layout-duplicate.toml`. A choice that is
    not named uses `layout.toml`.
    """

    field: Key
    layouts: Annotated[dict[str, Annotated[str, Field(pattern=LAYOUT_NAME)]], Field(min_length=1)]


def template_digest(document: Mapping[str, Any]) -> str:
    """First 8 bytes (hex) of SHA-256 over a whole template as canonical JSON (RFC 8785)."""
    return hashlib.sha256(canonical_json.dumps(dict(document))).hexdigest()[:16]


class LicenseType(Frozen):
    """One licence type 证照类型: a catalogue item (GB/T 36902) with its rules, face fields and layouts.

    `effective_from` is the first day of issue on which this version is used; None is at once.
    """

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
    effective_from: date | None = None
    fields: Annotated[tuple[FieldSpec, ...], Field(min_length=1, strict=False)]
    computed: Annotated[tuple[ComputedField, ...], Field(strict=False)] = ()
    variants: Variants | None = None
    layout: Layout
    variant_layouts: Annotated[dict[str, Layout], Field(default_factory=dict)]
    _released_digest: str | None = PrivateAttr(default=None)

    @classmethod
    def released(cls, document: Mapping[str, Any]) -> Self:
        """The type as a release froze it (JSON values).

        It keeps the digest of those very values for ever, whatever later editions of the format add to a type.

        Raises:
            pydantic.ValidationError: the document is no type.
        """
        kind = cls.model_validate_json(json.dumps(document))
        kind._released_digest = template_digest(document)  # noqa: SLF001 -- its own class
        return kind

    def document(self) -> dict[str, Any]:
        """The whole type as JSON values, defaults spelled out: what a release freezes."""
        return self.model_dump(mode="json")

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """Every layout of the type, the main one first."""
        return (self.layout, *self.variant_layouts.values())

    def layout_for(self, fields: Mapping[str, str]) -> Layout:
        """The layout of a licence with these face fields (by `KZ_…` code)."""
        if self.variants is None:
            return self.layout
        chosen = fields.get(self.by_key[self.variants.field].code, "")
        return self.variant_layouts.get(self.variants.layouts.get(chosen, ""), self.layout)

    def label_of(self, key: str) -> str:
        """Chinese label of a field: the type's own, computed, or built in."""
        named = self.by_key.get(key) or self.computed_by_key.get(key)
        return BUILT_IN_FIELDS[key] if named is None else named.label

    def english_of(self, key: str) -> str:
        """English label of a field: the type's own, computed, or built in."""
        named = self.by_key.get(key) or self.computed_by_key.get(key)
        return BUILT_IN_ENGLISH[key] if named is None else named.english

    @cached_property
    def digest(self) -> str:
        """`template_digest` of the type's document; of a released one, as it was when it was released."""
        return self._released_digest or template_digest(self.document())

    @cached_property
    def computed_by_key(self) -> dict[str, ComputedField]:
        """The computed fields by key."""
        return {field.key: field for field in self.computed}

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """The type's own fields by key."""
        return {field.key: field for field in self.fields}

    @cached_property
    def by_code(self) -> dict[str, FieldSpec]:
        """The type's own fields by GB/T 36903 code."""
        return {field.code: field for field in self.fields}

    @cached_property
    def public_labels(self) -> dict[str, tuple[str, str]]:
        """What may be shown in public, by GB/T 36903 code: its name in Chinese and English."""
        return {**PUBLIC_LABELS, **{code: (field.label, field.english) for code, field in self.by_code.items()}}

    @cached_property
    def by_label(self) -> dict[str, FieldSpec]:
        """The type's own fields by Chinese label, as spreadsheets head their columns."""
        return {field.label: field for field in self.fields}
