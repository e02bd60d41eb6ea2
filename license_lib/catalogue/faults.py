"""What may be wrong with a template, in words that a clerk of a department can act on, Chinese and English.

Each row: problem, mend, and both in Chinese. `{near}` is the nearest name that there is; without one, the row's own
mend stands. One fault is one row: nothing else says what is wrong.
"""

import difflib
from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from license_lib.toml_files import TomlFault

Steps = tuple[int | str, ...]
Fault = tuple[Steps, TomlFault]
"""Where in the model (`("layout", "boxes", 3, "field")`), and what is wrong there."""


_MOST_NAMES = 100
_LONGEST = 60


class Row(NamedTuple):
    """One fault: format strings over the values that `fault` is given."""

    problem: str
    mend: str
    problem_zh: str
    mend_zh: str


_RESTORE = ("put back the file as it was released", "放回发布时的原文件")

FAULTS: Mapping[str, Row] = MappingProxyType({
    # Folders and files
    "folder.unreadable": Row(
        "cannot be read: {why}", "give the templates folder", "无法读取：{why_zh}", "给出模板文件夹",
    ),
    "folder.empty": Row(
        "holds no template", "add a folder with a type.toml", "没有模板", "加一个含有 type.toml 的文件夹",
    ),
    "file.missing": Row(
        "is missing", "add it: every type folder needs it", "缺少此文件", "补上：每个类型都要有",
    ),
    "file.outside": Row(
        "is a link that leads outside the templates", "put the file itself there",
        "是指向模板文件夹之外的链接", "放入文件本身",
    ),
    "layout.elsewhere": Row(
        "the layout has its own file", "move it to layout.toml", "版面自有文件", "移到 layout.toml",
    ),
    "variant-layouts.elsewhere": Row(
        "each layout has its own file", "move it to layout-<name>.toml", "每个版面自有文件", "移到 layout-<名称>.toml",
    ),
    "same.key": Row(
        "{other} has the same key", "make it unique", "与 {other} 的 key 相同", "改为唯一",
    ),
    "same.code": Row(
        "{other} has the same code", "make it unique", "与 {other} 的代码相同", "改为唯一",
    ),
    "same.name": Row(
        "{other} has the same name", "make it unique", "与 {other} 的名称相同", "改为唯一",
    ),
    # Shared parts
    "extends.form": Row(
        "is no list of names of parts", 'for example ["a4-landscape"]', "不是部件名的列表", '例如 ["a4-landscape"]',
    ),
    "extends.circle": Row(
        "goes round in a circle: {circle}", "remove one of them", "循环引用：{circle}", "删去其中之一",
    ),
    "list.long": Row(
        "has more than {most} entries", "leave some out", "超过{most}项", "删去部分",
    ),
    "extends.deep": Row(
        "builds on more than {most} parts, one upon the other", "join some of them",
        "层层引用的部件超过{most}个", "合并部分部件",
    ),
    "extends.unknown": Row(
        "there is no {part}", "there are: {known}", "没有 {part}", "现有：{known}",
    ),
    "id.form": Row(
        "is no name, or stands twice in this file", "give each entry a name of its own: letters, digits and hyphens",
        "不是名称，或在本文件中重复", "每项取一个不同的名称：小写字母、数字、连字符",
    ),
    "id.unknown": Row(
        "nothing before has the id {name!r}", "ids there are: {known}",
        "此前没有 id 为 {name!r} 的项", "现有 id：{known}",
    ),
    # Releases
    "version.changed": Row(
        "version {version} has been released, and is not what the folder says now", "raise version to {next}",
        "版本 {version} 已发布，与文件夹现有内容不同", "将 version 改为 {next}",
    ),
    "version.behind": Row(
        "version {version} has been released already", "raise version to {next}",
        "版本 {version} 已发布", "将 version 改为 {next}",
    ),
    "release.unreadable": Row(
        "cannot be read: {why}", "check the permissions", "无法读取：{why_zh}", "检查文件权限",
    ),
    "release.form": Row(
        "is no release in canonical form", _RESTORE[0], "不是规范格式的发布文件", _RESTORE[1],
    ),
    "release.format": Row(
        "is not {format!r}", "use a newer license-lib", "不是 {format!r}", "使用更新版本的 license-lib",
    ),
    "release.digest": Row(
        "is not the template's: it was changed after its release", _RESTORE[0], "与模板不符：发布后被改动", _RESTORE[1],
    ),
    "release.other": Row(
        "is of another type or version", _RESTORE[0], "属于其他类型或版本", _RESTORE[1],
    ),
    "release.picture": Row(
        "is not the picture that was released", _RESTORE[0], "不是发布时的图片", _RESTORE[1],
    ),
    # Pictures
    "artwork.missing": Row(
        "there is no file {name}", "put it into the type's folder", "没有文件 {name}", "放入该类型的文件夹",
    ),
    "artwork.unreadable": Row(
        "cannot be read: {why}", "check the permissions", "无法读取：{why_zh}", "检查文件权限",
    ),
    "artwork.large": Row(
        "has more than {most} KiB", "make the picture smaller", "超过{most} KiB", "缩小图片",
    ),
    "artwork.png": Row(
        "is no whole PNG", "save the picture again as PNG", "不是完整的PNG", "重新另存为PNG",
    ),
    "artwork.pixels": Row(
        "is {width} × {height} pixels", "at most {most} × {most}", "有{width}×{height}像素", "至多{most}×{most}",
    ),
    "artwork.svg": Row(
        "is no SVG", "save the picture again as SVG", "不是SVG", "重新另存为SVG",
    ),
    "artwork.xml": Row(
        "is no XML: line {line}", "save the picture again as SVG", "不是XML：第{line}行", "重新另存为SVG",
    ),
    "artwork.doctype": Row(
        "has a document type declaration", "remove <!DOCTYPE …>", "含有文档类型声明", "删去 <!DOCTYPE …>",
    ),
    "artwork.active": Row(
        "holds <{element}>", "save it as plain shapes and paths", "含有 <{element}>", "另存为纯图形与路径",
    ),
    "artwork.outside": Row(
        "<{element}> points outside the file, or acts", "save it as plain shapes and paths",
        "<{element}> 引用了文件之外的内容", "另存为纯图形与路径",
    ),
    "artwork.elements": Row(
        "has more than {most} elements", "simplify the drawing", "超过{most}个元素", "简化图形",
    ),
    "artwork.other": Row(
        "is not the picture that sha256 names", "remove sha256, or put the right picture there",
        "不是 sha256 所指的图片", "删去 sha256，或换回原来的图片",
    ),
    "artwork.many": Row(
        "holds more than {most} pictures", "join some of them", "超过{most}个图片", "合并部分图片",
    ),
    "qr.small": Row(
        "no licence's code can be read at this size", "at least {least} mm",
        "任何证照的二维码在此尺寸下都无法识读", "至少 {least} 毫米",
    ),
    # Rules of the type
    "key.folder": Row(
        "is {key!r}", "the folder's name: {folder!r}", "为 {key!r}", "应为文件夹名 {folder!r}",
    ),
    "holder.number-kind": Row(
        "{code!r} is no kind of number (GB/T 36903 annex A) that such a holder has", "use {allowed}",
        "{code!r} 不是此类持证主体的代码类型（GB/T 36903 附录A）", "可用 {allowed}",
    ),
    "number.in-qr": Row(
        "a person's own number must never stand in the QR", "in_qr = false",
        "个人号码不得进入二维码", "写成 in_qr = false",
    ),
    "number.several": Row(
        "with several holders, the number cannot be the holder's own", 'rule = "given", or allow one holder only',
        "有多个持证主体时，证照编号不能是持证主体的号码", 'rule = "given"，或只允许一个持证主体',
    ),
    # Fields
    "name.twice": Row(
        "{name!r} stands twice", "make it unique", "{name!r} 重复", "改为唯一",
    ),
    "name.taken": Row(
        "{name!r} is taken", "choose another key", "{name!r} 已被占用", "换一个名称",
    ),
    "field.form": Row(
        "a field of type {type} has its own form", "remove its choices and pattern",
        "类型为 {type} 的字段自有格式", "删去 choices 和 pattern",
    ),
    "pattern.slow": Row(
        "repeats what repeats: to refuse a text might take for ever",
        "write the pattern without a repeat within a repeat",
        "在重复之中再重复：不符的文字可能永远判断不完", "改写 pattern，不在重复之中再重复",
    ),
    "choice.impossible": Row(
        "{choice!r} could never be chosen", "1 to {most} characters, without white space around",
        "{choice!r} 永远无法选用", "1至{most}个字符，前后无空格",
    ),
    "choice.twice": Row(
        "holds a choice twice", "name each once", "有重复的选项", "每项只写一次",
    ),
    "field.nowhere": Row(
        "{key!r} has no place on the face", "add a {what} for it to layout.toml",
        "{key!r}（{label}）在照面上没有位置", "在 layout.toml 中为其加一个{what_zh}",
    ),
    "column.nowhere": Row(
        "{key!r} has no place on the face", "add a column for it to the table",
        "{key!r}（{label}）在照面上没有位置", "在表格中为其加一列",
    ),
    # Computed fields
    "computed.unknown": Row(
        "the type has no field {of!r} to compute from", 'fields of type "{type}": {fitting}',
        "没有可供计算的字段 {of!r}", '类型为 "{type}" 的字段：{fitting}',
    ),
    "computed.type": Row(
        'form = "{form}" needs a field of type "{type}"', "one of: {fitting}",
        'form = "{form}" 需要类型为 "{type}" 的字段', "可用：{fitting}",
    ),
    "computed.column": Row(
        "{of!r} has no column {column!r} of numbers", 'give a column type = "decimal"',
        "{of!r} 没有数字列 {column!r}", '给出 type = "decimal" 的列',
    ),
    # Variants
    "variants.unknown": Row(
        "the type has no field {field!r}", "name a required field with choices",
        "类型中没有字段 {field!r}", "应为有 choices 的必填字段",
    ),
    "variants.field": Row(
        "{field!r} does not always say which layout is meant", "name a required field with choices",
        "{field!r} 不能决定使用哪个版面", "应为有 choices 的必填字段",
    ),
    "variants.choice": Row(
        "{choice!r} is no choice of {field!r}", "its choices are {known}",
        "{choice!r} 不是 {field!r} 的选项", "其选项为 {known}",
    ),
    "variants.all": Row(
        "no choice is left for layout.toml", "leave out the choice that layout.toml is made for",
        "没有选项使用 layout.toml", "去掉由 layout.toml 表示的选项",
    ),
    "variants.file": Row(
        "there is no layout-{name}.toml", "add the file, or remove the choice",
        "没有 layout-{name}.toml", "加上该文件，或删去此项",
    ),
    "variants.unused": Row(
        "no variant uses this layout", "name it in [variants] of type.toml, or remove the file",
        "没有用到此版面", "在 type.toml 的 [variants] 中写上，或删去此文件",
    ),
    # What stands where
    "box.unknown": Row(
        "the type has no field {field!r}", "add the field to type.toml",
        "类型中没有字段 {field!r}", "在 type.toml 中加上该字段",
    ),
    "box.rows": Row(
        "{field!r} has rows, no single text", "give it a table: [[tables]]",
        "{field!r} 是多行数据，不是单个文字", "改用表格：[[tables]]",
    ),
    "table.unknown": Row(
        "the type has no rows {field!r}", 'add a field with type = "rows" to type.toml',
        "类型中没有多行字段 {field!r}", '在 type.toml 中加上 type = "rows" 的字段',
    ),
    "column.unknown": Row(
        "{field!r} has no column {column!r}", "its columns are {known}",
        "{field!r} 没有列 {column!r}", "其列为 {known}",
    ),
    "column.missing": Row(
        "{key!r} has no column", "add one for it", "{key!r} 没有对应的列", "为其加一列",
    ),
    "shown.missing": Row(
        "{key!r} has no place", "add a box for it", "{key!r}（{label}）没有位置", "为其加一个框",
    ),
    "shown.validity": Row(
        "the end of validity has no place", "add a box for 'validity' or 'valid_until'",
        "有效期截止没有位置", "加一个 'validity' 或 'valid_until' 的框",
    ),
    "photo.none": Row(
        "the type shows no photo", 'remove it, or photo = "required" in type.toml',
        "此类证照没有照片", '删去，或在 type.toml 中写 photo = "required"',
    ),
    "photo.nowhere": Row(
        "the type's photo has no place", 'add it, or photo = "none" in type.toml',
        "照片没有位置", '加上 [photo]，或在 type.toml 中写 photo = "none"',
    ),
    "page.title": Row(
        "the title stands on the first page", "remove `page`", "标题应在第1页", "删去 page",
    ),
    "page.gap": Row(
        "page {after} follows page {before}", "page = {next}", "第{before}页之后是第{after}页", "改为 page = {next}",
    ),
    "size.order": Row(
        "is larger than size", "make it smaller", "大于 size", "改小",
    ),
    "label.wide": Row(
        "leaves no room for the value", 'make it smaller, or label = ""', "没有给内容留下位置", '改小，或 label = ""',
    ),
    "overflow.form": Row(
        "{field!r} is no running text, it cannot go on on another page", 'overflow = "refuse"',
        "{field!r} 不是可续页的文字", '写成 overflow = "refuse"',
    ),
    "overflow.low": Row(
        "is too low to begin a text that goes on on another page", "at least {least:.1f} mm for its min_size",
        "太矮，无法容纳续页文字的开头", "按 min_size 至少 {least:.1f} 毫米",
    ),
    "table.wide": Row(
        "are {wide:g} mm wide together, the table {room:g}", "make columns narrower, or the table wider",
        "各列共宽 {wide:g} 毫米，表格宽 {room:g}", "缩窄各列，或加宽表格",
    ),
    "table.low": Row(
        "does not hold a head and one row of {row:g} mm", "make it higher",
        "容不下表头和一行（每行 {row:g} 毫米）", "加高",
    ),
    "beyond.page": Row(
        "ends at {right:g} × {bottom:g} mm, beyond the page", "stay within {width:g} × {height:g} mm",
        "止于 {right:g}×{bottom:g} 毫米，超出页面", "应在 {width:g}×{height:g} 毫米以内",
    ),
})  # fmt: skip


def said(code: str, /, *, near: str = "", path: str = "", **values: Any) -> TomlFault:
    """A fault in words.

    Args:
        near: the name that was probably meant; it is the mend, then.
        path: the place in the file, where it is known already.
        values: what the row's format strings ask for.
    """
    problem, mend, problem_zh, mend_zh = (text.format_map(values) for text in FAULTS[code])
    if near:
        mend, mend_zh = f"did you mean {near!r}?", f"是否应为 {near!r}？"
    return TomlFault(path, problem, mend, problem_zh, mend_zh)


def fault(steps: Steps, code: str, /, *, near: str = "", **values: Any) -> Fault:
    """A fault at a place of the model; its path is filled in by who knows the files."""
    return steps, said(code, near=near, **values)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that a misspelt one most likely means, or ""."""
    return next(iter(difflib.get_close_matches(name[:_LONGEST], islice(known, _MOST_NAMES), 1)), "")


def listed(names: Iterable[str]) -> str:
    """Names as a mend shows them."""
    shown = list(islice(names, _MOST_NAMES + 1))
    return ", ".join([*shown[:_MOST_NAMES], *("…" for _ in shown[_MOST_NAMES:])]) or "-"
