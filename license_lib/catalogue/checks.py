"""Faults of a licence type that no single value shows: duplicates, names that lead nowhere, rules at odds.

`dangling` finds what could not be drawn at all; it holds for released templates, too. `contradictions` finds the rest:
it may become stricter, and must then leave alone what was released before. Those of the layouts are in `layout_checks`.
"""

import difflib
from collections.abc import Iterable, Iterator, Sequence

from license_lib.catalogue.fields import (
    BUILT_IN_FIELDS,
    HOLDER_COLUMNS,
    HOLDER_ROWS,
    REQUEST_COLUMNS,
    ColumnSpec,
    ComputedField,
    ComputedForm,
    FieldType,
)
from license_lib.catalogue.layout import Layout, Table
from license_lib.catalogue.model import HolderKind, LicenseType
from license_lib.identifiers import HOLDER_NUMBER_KINDS, ORGANISATION_KINDS
from license_lib.toml_files import TomlFault

Steps = tuple[int | str, ...]
Fault = tuple[Steps, TomlFault]
"""Where in the model (`("layout", "boxes", 3, "field")`), and what is wrong there."""

BUILT_IN_DATES = ("issued_on", "valid_from", "valid_until")


def fault(steps: Steps, problem: str, mend: str, problem_zh: str, mend_zh: str) -> Fault:
    """A fault, in both languages; its path is filled in by who knows the files."""
    return steps, TomlFault("", problem, mend, problem_zh, mend_zh)


def all_layouts(kind: LicenseType) -> Iterator[tuple[Steps, Layout]]:
    """Every layout of a type with the steps that lead to it."""
    yield ("layout",), kind.layout
    for name, layout in kind.variant_layouts.items():
        yield ("variant_layouts", name), layout


def table_columns(kind: LicenseType, table: Table) -> Sequence[str]:
    """Keys of the columns that a table's rows have; none if its field has no rows."""
    if table.field == HOLDER_ROWS:
        return HOLDER_COLUMNS
    spec = kind.by_key.get(table.field)
    return [column.key for column in spec.columns] if spec else []


def dangling(kind: LicenseType) -> Iterator[Fault]:
    """Every name that leads nowhere: of a field, a column, a source, a choice, a layout."""
    yield from _sources(kind)
    yield from _variants(kind)
    rows = [HOLDER_ROWS, *(field.key for field in kind.fields if field.type is FieldType.ROWS)]
    single = [*BUILT_IN_FIELDS, *kind.by_key, *kind.computed_by_key]
    single = [key for key in single if key not in rows]
    for steps, layout in all_layouts(kind):
        for index, box in enumerate(layout.boxes):
            place = (*steps, "boxes", index, "field")
            if box.field in rows:
                yield fault(place, f"{box.field!r} has rows, no single text", "give it a table: [[tables]]",
                            f"{box.field!r} 是多行数据，不是单个文字", "改用表格：[[tables]]")  # fmt: skip
            elif box.field not in single:
                yield _unknown(place, f"the type has no field {box.field!r}", f"类型中没有字段 {box.field!r}",
                               box.field, single, "add the field to type.toml",
                               "在 type.toml 中加上该字段")  # fmt: skip
        for index, table in enumerate(layout.tables):
            place = (*steps, "tables", index)
            if table.field not in rows:
                yield _unknown((*place, "field"), f"the type has no rows {table.field!r}",
                               f"类型中没有多行字段 {table.field!r}", table.field, rows,
                               'add a field with type = "rows" to type.toml',
                               '在 type.toml 中加上 type = "rows" 的字段')  # fmt: skip
                continue
            known = table_columns(kind, table)
            for number, column in enumerate(table.columns):
                if column.field not in known:
                    yield _unknown((*place, "columns", number, "field"),
                                   f"{table.field!r} has no column {column.field!r}",
                                   f"{table.field!r} 没有列 {column.field!r}", column.field, known,
                                   f"its columns are {', '.join(known)}", f"其列为 {'、'.join(known)}")  # fmt: skip


def contradictions(kind: LicenseType, folder: str) -> Iterator[Fault]:
    """Every fault of `type.toml` whose single values are all right."""
    if kind.key != folder:
        yield fault(("key",), f"is {kind.key!r}", f"the folder's name: {folder!r}",
                    f"为 {kind.key!r}", f"应为文件夹名 {folder!r}")  # fmt: skip
    yield from _rules(kind)
    yield from _names(kind)
    for steps, spec in _specs(kind):
        yield from _forms(steps, spec)


def _rules(kind: LicenseType) -> Iterator[Fault]:
    allowed = {
        HolderKind.ORGANISATION: ORGANISATION_KINDS,
        HolderKind.PERSON: HOLDER_NUMBER_KINDS.keys() - ORGANISATION_KINDS,
        HolderKind.EITHER: HOLDER_NUMBER_KINDS.keys(),
    }[kind.holder.kind]
    for index, code in enumerate(kind.holder.number_kinds):
        if code not in allowed:
            yield fault(("holder", "number_kinds", index),
                        f"{code!r} is no kind of number (GB/T 36903 annex A) that such a holder has",
                        f"use {', '.join(sorted(allowed))}",
                        f"{code!r} 不是此类持证主体的代码类型（GB/T 36903 附录A）",
                        f"可用 {'、'.join(sorted(allowed))}")  # fmt: skip
    if kind.number.rule == "holder":
        if kind.number.in_qr and kind.holder.kind is not HolderKind.ORGANISATION:
            yield fault(("number", "in_qr"), "a person's own number must never stand in the QR", "in_qr = false",
                        "个人号码不得进入二维码", "in_qr = false")  # fmt: skip
        if kind.holder.several:
            yield fault(("number", "rule"), "with several holders, the number cannot be the holder's own",
                        'rule = "given", or allow one holder only',
                        "有多个持证主体时，证照编号不能是持证主体的号码",
                        'rule = "given"，或只允许一个持证主体')  # fmt: skip


def _names(kind: LicenseType) -> Iterator[Fault]:
    """Names that must be told apart: of fields, of computed fields, and of the columns of one field."""
    yield from _twice(kind.fields, ("fields",), ("key", "code", "label"))
    for number, field in enumerate(kind.fields):
        yield from _twice(field.columns, ("fields", number, "columns"), ("key", "code", "label"))
    taken = {*BUILT_IN_FIELDS, *REQUEST_COLUMNS, *kind.by_key}
    seen: set[str] = set()
    for index, computed in enumerate(kind.computed):
        if computed.key in taken | seen:
            yield fault(("computed", index, "key"), f"{computed.key!r} is taken", "choose another key",
                        f"{computed.key!r} 已被占用", "换一个名称")  # fmt: skip
        seen.add(computed.key)


def _twice(specs: Sequence[ColumnSpec], steps: Steps, attributes: Sequence[str]) -> Iterator[Fault]:
    for attribute in attributes:
        seen: set[str] = set()
        for index, spec in enumerate(specs):
            value = getattr(spec, attribute)
            if value in seen:
                yield fault((*steps, index, attribute), f"{value!r} stands twice", "make it unique",
                            f"{value!r} 重复", "改为唯一")  # fmt: skip
            seen.add(value)


def _specs(kind: LicenseType) -> Iterator[tuple[Steps, ColumnSpec]]:
    for index, field in enumerate(kind.fields):
        yield ("fields", index), field
        for number, column in enumerate(field.columns):
            yield ("fields", index, "columns", number), column


def _forms(steps: Steps, spec: ColumnSpec) -> Iterator[Fault]:
    if spec.type is not FieldType.TEXT and (spec.choices or spec.pattern):
        yield fault((*steps, "type"), f"a field of type {spec.type} has its own form",
                    "remove its choices and pattern",
                    f"类型为 {spec.type} 的字段自有格式", "删去 choices 和 pattern")  # fmt: skip
    for choice in spec.choices:
        if choice != choice.strip() or not 1 <= len(choice) <= spec.max_length:
            yield fault((*steps, "choices"), f"{choice!r} could never be chosen",
                        f"1 to {spec.max_length} characters, without white space around",
                        f"{choice!r} 永远无法选用", f"1至{spec.max_length}个字符，前后无空格")  # fmt: skip
    if len(set(spec.choices)) < len(spec.choices):
        yield fault((*steps, "choices"), "holds a choice twice", "name each once", "有重复的选项", "每项只写一次")


def _sources(kind: LicenseType) -> Iterator[Fault]:
    for index, computed in enumerate(kind.computed):
        yield from _source(kind, computed, ("computed", index))


def _source(kind: LicenseType, computed: ComputedField, steps: Steps) -> Iterator[Fault]:
    of_type: dict[str, FieldType] = {field.key: field.type for field in kind.fields}
    of_type |= dict.fromkeys(BUILT_IN_DATES, FieldType.DATE)
    if computed.form is not ComputedForm.SUM:
        of_type[HOLDER_ROWS] = FieldType.ROWS
    wanted = {
        ComputedForm.AMOUNT: FieldType.DECIMAL,
        ComputedForm.NUMBER: FieldType.DECIMAL,
        ComputedForm.DATE: FieldType.DATE,
    }.get(computed.form, FieldType.ROWS)
    fitting = [key for key, found in of_type.items() if found is wanted]
    fields = "、".join(fitting) or "-"
    if computed.of not in of_type:
        yield _unknown((*steps, "of"), f"the type has no field {computed.of!r} to compute from",
                       f"没有可供计算的字段 {computed.of!r}", computed.of, fitting,
                       f'fields of type "{wanted}": {fields}', f'类型为 "{wanted}" 的字段：{fields}')  # fmt: skip
    elif of_type[computed.of] is not wanted:
        yield fault((*steps, "of"), f'form = "{computed.form}" needs a field of type "{wanted}"',
                    f"one of: {fields}", f'form = "{computed.form}" 需要类型为 "{wanted}" 的字段',
                    f"可用：{fields}")  # fmt: skip
    elif computed.column is not None:
        columns = {column.key: column.type for column in kind.by_key[computed.of].columns}
        if columns.get(computed.column) is not FieldType.DECIMAL:
            numbers = [key for key, found in columns.items() if found is FieldType.DECIMAL]
            yield _unknown((*steps, "column"), f"{computed.of!r} has no column {computed.column!r} of numbers",
                           f"{computed.of!r} 没有数字列 {computed.column!r}", computed.column, numbers,
                           'give a column type = "decimal"', '给出 type = "decimal" 的列')  # fmt: skip


def _variants(kind: LicenseType) -> Iterator[Fault]:
    variants = kind.variants
    if variants is None:
        return
    field = kind.by_key.get(variants.field)
    choosing = [one.key for one in kind.fields if one.choices and one.required]
    if field is None:
        yield _unknown(("variants", "field"), f"the type has no field {variants.field!r}",
                       f"类型中没有字段 {variants.field!r}", variants.field, choosing,
                       "name a required field with choices", "应为有 choices 的必填字段")  # fmt: skip
        return
    if not field.choices or not field.required:
        yield fault(("variants", "field"), f"{field.key!r} does not always say which layout is meant",
                    "name a required field with choices", f"{field.key!r} 不能决定使用哪个版面",
                    "应为有 choices 的必填字段")  # fmt: skip
    for choice in variants.layouts:
        if field.choices and choice not in field.choices:
            yield _unknown(("variants", "layouts", choice), f"{choice!r} is no choice of {field.key!r}",
                           f"{choice!r} 不是 {field.key!r} 的选项", choice, field.choices,
                           f"its choices are {'、'.join(field.choices)}",
                           f"其选项为 {'、'.join(field.choices)}")  # fmt: skip
    if field.choices and set(field.choices) <= variants.layouts.keys():
        yield fault(("variants", "layouts"), "no choice is left for layout.toml",
                    "leave out the choice that layout.toml is made for",
                    "没有选项使用 layout.toml", "去掉由 layout.toml 表示的选项")  # fmt: skip


def _unknown(
    steps: Steps, problem: str, problem_zh: str, name: str, known: Iterable[str], mend: str, mend_zh: str
) -> Fault:
    """A name that leads nowhere: the nearest one that there is, or else `mend`."""
    near = difflib.get_close_matches(name, list(known), 1)
    if near:
        return fault(steps, problem, f"did you mean {near[0]!r}?", problem_zh, f"是否应为 {near[0]!r}？")
    return fault(steps, problem, mend, problem_zh, mend_zh)
