"""The face fields 照面信息 of a licence type: its own, those that every licence has, and those that are computed."""

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from license_lib.catalogue.layout import Frozen, Key
from license_lib.toml_files import mendable


class FieldType(StrEnum):
    """What a face field's text must be."""

    TEXT = "text"
    DATE = "date"
    DECIMAL = "decimal"
    CITIZEN_ID = "citizen-id"
    CREDIT_CODE = "credit-code"
    ROWS = "rows"
    """Repeated rows, such as co-owners or vehicles: one text for each of the field's columns."""


class ComputedForm(StrEnum):
    """How a computed field follows from another one; computed texts are drawn, never stored."""

    AMOUNT = "amount"
    """A sum of money in capitals 大写金额: 伍佰万元整."""
    NUMBER = "number"
    """A number in capitals 大写数字: 壹拾贰."""
    DATE = "date"
    """A date in Chinese numerals: 二〇二六年十一月二十三日."""
    COUNT = "count"
    """How many rows there are."""
    SUM = "sum"
    """The sum of one column of the rows (`column`)."""


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
    "holder_number_kind": "持证主体代码类型",
    "issuer_name": "颁发机构",
    "issued_on": "颁发日期",
    "valid_from": "有效期起始",
    "valid_until": "有效期截止",
    "validity": "有效期限",
    "holders": "持证主体",
}
"""Face values that every licence has, by key, with the standard's name; a type's own fields must not reuse the keys."""

BUILT_IN_ENGLISH = {
    "license_name": "Licence",
    "license_number": "No.",
    "identifier": "Licence identifier",
    "holder_name": "Holder",
    "holder_number": "Holder's number",
    "holder_number_kind": "Kind of number",
    "issuer_name": "Issued by",
    "issued_on": "Date of issue",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
    "validity": "Validity",
    "holders": "Holders",
}

PUBLIC_LABELS = {"ZZBH": ("证照编号", "Licence number"), "CZZT": ("持证主体", "Holder")}
"""GB/T 36903 codes of what any licence may show in public, with names; a type's own fields bring theirs."""

HOLDER_ROWS = "holders"
"""The built-in rows: one for each holder, with these columns."""
HOLDER_COLUMNS = ("holder_name", "holder_number", "holder_number_kind")

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


class ColumnSpec(Frozen):
    """One text of a face: its GB/T 36903 extension code `KZ_…`, its labels, and the form that it must have."""

    key: Key
    code: Annotated[str, Field(pattern=r"^KZ_[A-Z0-9]{1,20}$")]
    label: Annotated[str, Field(min_length=1, max_length=20)]
    english: Annotated[str, Field(min_length=1, max_length=60)]
    type: Annotated[FieldType, Field(strict=False)] = FieldType.TEXT
    required: bool = True
    max_length: Annotated[int, Field(ge=1, le=2000)] = 100
    pattern: str | None = None
    choices: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return None if pattern is None else compiled(pattern)


class FieldSpec(ColumnSpec):
    """One face field 照面扩展信息 of a type; of type `rows`, its columns say what each row holds."""

    in_qr: bool = False
    columns: Annotated[tuple[ColumnSpec, ...], Field(max_length=12, strict=False)] = ()
    max_rows: Annotated[int, Field(ge=1, le=200)] = 50

    @cached_property
    def by_column(self) -> dict[str, ColumnSpec]:
        """The columns by key."""
        return {column.key: column for column in self.columns}

    @field_validator("key")
    @classmethod
    def _not_built_in(cls, key: str) -> str:
        if key in BUILT_IN_FIELDS:
            raise mendable(f"{key!r} is a built-in field ({BUILT_IN_FIELDS[key]})", "choose another key",
                           f"{key!r} 是自带字段（{BUILT_IN_FIELDS[key]}）", "换一个名称")  # fmt: skip
        if key in REQUEST_COLUMNS:
            raise mendable(f"{key!r} is a column of every batch ({REQUEST_COLUMNS[key]})", "choose another key",
                           f"{key!r} 是批量文件的固定列（{REQUEST_COLUMNS[key]}）", "换一个名称")  # fmt: skip
        return key

    @field_validator("label")
    @classmethod
    def _no_column(cls, label: str) -> str:
        if label in REQUEST_COLUMNS.values():
            raise mendable(f"{label!r} is a column of every batch", "choose another label",
                           f"{label!r} 是批量文件的固定列", "换一个中文名称")  # fmt: skip
        return label

    @model_validator(mode="after")
    def _no_id_number_in_qr(self) -> Self:
        if self.in_qr and self.type is FieldType.CITIZEN_ID:
            raise mendable("an ID number must never stand in the QR", "remove in_qr",
                           "身份号码不得进入二维码", "删去 in_qr")  # fmt: skip
        if self.in_qr and self.type is FieldType.ROWS:
            raise mendable("rows are too much for a QR", "remove in_qr", "二维码放不下多行数据", "删去 in_qr")
        return self

    @model_validator(mode="after")
    def _columns_of_rows(self) -> Self:
        if (self.type is FieldType.ROWS) != bool(self.columns):
            if not self.columns:
                raise mendable('type = "rows" needs columns', "add [[fields.columns]] tables below the field",
                               'type = "rows" 需要列', "在该字段下加 [[fields.columns]]")  # fmt: skip
            raise mendable(f"a field of type {self.type} has no columns", 'remove them, or type = "rows"',
                           f"类型为 {self.type} 的字段没有列", '删去各列，或 type = "rows"')  # fmt: skip
        if any(column.type is FieldType.ROWS for column in self.columns):
            raise mendable("a column cannot hold rows", "give it another type", "列中不能再有多行", "换一个类型")
        return self


class ComputedField(Frozen):
    """A face text that follows from another field: drawn, never stored, so that it cannot contradict its source."""

    key: Key
    label: Annotated[str, Field(min_length=1, max_length=20)]
    english: Annotated[str, Field(min_length=1, max_length=60)]
    of: Key
    form: Annotated[ComputedForm, Field(strict=False)]
    column: Key | None = None

    @model_validator(mode="after")
    def _column_where_needed(self) -> Self:
        if (self.form is ComputedForm.SUM) != (self.column is not None):
            if self.column is None:
                raise mendable('form = "sum" needs `column`', "name the column to add up",
                               'form = "sum" 需要 column', "写上要合计的列")  # fmt: skip
            raise mendable(f'`column` has no meaning with form = "{self.form}"', "remove it",
                           f'form = "{self.form}" 时 column 没有意义', "删去")  # fmt: skip
        return self


def compiled(pattern: str) -> str:
    """The pattern, if it is a regular expression."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise mendable(f"not a regular expression: {error}", "correct the pattern",
                       f"不是正确的正则表达式：{error}", "改正 pattern") from None  # fmt: skip
    return pattern
