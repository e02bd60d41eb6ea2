"""What a template that loads may still do badly, in words that a clerk of a department can act on, Chinese and English.

An error keeps a template from being released: some licence would be wrong on paper, or could never be printed.
A warning is for a person to weigh.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from license_lib.catalogue.faults import Steps
from license_lib.catalogue.problems import TemplateProblem
from license_lib.error_texts import TITLES_ZH
from license_lib.errors import InputError
from license_lib.toml_files import TomlFault

Severity = Literal["error", "warning"]
LOADING = "template.invalid"
"""The code of a finding that keeps the template from being loaded at all."""


class LintRow(NamedTuple):
    """One kind of finding: format strings over the values that `lint` is given."""

    severity: Severity
    problem: str
    mend: str
    problem_zh: str
    mend_zh: str


class Lint(NamedTuple):
    """One finding before its place in the files is known.

    Attributes:
        steps: where in the type; () where `file` is what is at fault.
        file: a file of the type's folder that is no part of the type, such as an example.
    """

    code: str
    fault: TomlFault
    steps: Steps = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a check: its code, how grave it is, and where, what and what to do."""

    code: str
    severity: Severity
    problem: TemplateProblem


LINT: Mapping[str, LintRow] = MappingProxyType({
    # What stands where
    "place.overlap": LintRow(
        "error", "lies over {other}", "move or shrink one of the two", "与 {other} 重叠", "移动或缩小其中之一",
    ),
    "place.border": LintRow(
        "error", "stands on or beyond the border", "keep {inner:.1f} mm from the page's edges",
        "压在边框上或超出边框", "与页边保持 {inner:.1f} 毫米",
    ),
    "seal.covers": LintRow(
        "error", "lies under the seal", "move it, or the seal: the seal covers issuer and date only",
        "被印章压住", "移开它或印章：印章只应压颁发机构和日期",
    ),
    "signatory.covers": LintRow(
        "error", "lies under the mark of who issues", "move it, or the mark: it may stand over names only",
        "被签发人签章压住", "移开它或签章：签章只可压文字",
    ),
    # What does not fit
    "box.small": LintRow(
        "warning", "{field!r} may have {given} characters, about {fits} fit at min_size",
        "enlarge the box, lower max_length or min_size",
        "{field!r} 至多 {given} 个字符，按 min_size 约放得下 {fits} 个",
        "加大此框，或减小 max_length、min_size",
    ),
    "box.never": LintRow(
        "error", "{field!r} has values that never fit: {given} characters, about {fits} do", "enlarge the box",
        "{field!r} 有放不下的取值：{given} 个字符，约放得下 {fits} 个", "加大此框",
    ),
    "table.small": LintRow(
        "warning", "{field!r} may have {given} long rows, {fits} fit", 'enlarge the table, or overflow = "continue"',
        "{field!r} 至多 {given} 行，写满时放得下 {fits} 行", '加大表格，或 overflow = "continue"',
    ),
    "overflow.fails": LintRow(
        "error", "the longest {field!r} cannot go on on other pages: {why}", "lower max_length or max_rows",
        "最长的 {field!r} 无法续页：{why}", "减小 max_length 或 max_rows",
    ),
    "longest.refused": LintRow(
        "error", "the longest licence of this layout cannot be printed: {why}", "shorten what it may hold",
        "此版面最长的证照无法印制：{why}", "减小各字段的长度上限",
    ),
    # The QR code
    "qr.fine": LintRow(
        "warning", "the longest code has modules of {module:.2f} mm", "{wanted} mm reads well: enlarge it or show less",
        "内容最长时，二维码每个模块为 {module:.2f} 毫米", "{wanted} 毫米以上便于识读：加大二维码，或减少公开内容",
    ),
    "qr.too-fine": LintRow(
        "error", "the longest code has modules of {module:.2f} mm", "at least {wanted} mm: enlarge it, or show less",
        "内容最长时，二维码每个模块仅 {module:.2f} 毫米", "至少 {wanted} 毫米：加大二维码，或减少公开内容",
    ),
    "qr.dense": LintRow(
        "warning", "the example's code is of version {version}", "version {aim} is the aim: show less in public",
        "样例的二维码为版本 {version}", "宜不超过版本 {aim}：减少公开内容",
    ),
    "qr.full": LintRow(
        "error", "no code can hold the longest values: {why}", "lower max_length of fields with in_qr, or show fewer",
        "内容最长时，二维码放不下：{why}", "减小 in_qr 字段的 max_length，或减少公开内容",
    ),
    # Characters and pictures
    "glyph.static": LintRow(
        "error", "cannot be printed: {why}", "use another character, or add a font that has it",
        "无法印制：{why}", "换用其他字符，或添加含有该字的字体",
    ),
    "artwork.undrawable": LintRow(
        "error", "cannot be drawn: {why}", "save it as plain shapes and paths in solid colours, or as PNG",
        "无法绘制：{why}", "另存为纯色的图形与路径，或PNG",
    ),
    # Codes
    "code.meaning": LintRow(
        "error", "{code} is {other!r} in {type}", "one code means one thing: use its label, or another code",
        "{code} 在 {type} 中是“{other}”", "一个代码只有一个含义：使用相同名称，或换一个代码",
    ),
    "code.other": LintRow(
        "warning", "{label!r} has the code {other} in {type}", "use that code if the same is meant",
        "“{label}”在 {type} 中的代码是 {other}", "含义相同时使用同一代码",
    ),
    "code.local": LintRow(
        "error", "does not say 本地代码, though official = false", "say that the code is local, and whose it is",
        "未写明“本地代码”，而 official = false", "写明是本地代码及其由来",
    ),
    "code.not-local": LintRow(
        "error", "says 本地代码, though official = true", "official = false, or say where the code was published",
        "写明是“本地代码”，却 official = true", "official = false，或写明公布该代码的文件",
    ),
    "pattern.impossible": LintRow(
        "error", "asks for {least} characters at least, max_length is {most}", "raise max_length, or mend the pattern",
        "至少需要 {least} 个字符，而 max_length 为 {most}", "增大 max_length，或修改 pattern",
    ),
    "release.lost": LintRow(
        "warning", "version {version} is not in releases/", "if it was released, put it back: its licences need it",
        "releases/ 中缺少版本 {version}", "如曾发布，放回原文件：没有它，用它颁发的证照无法核验",
    ),
    # Examples
    "example.none": LintRow(
        "error", "no example shows this layout", "add an example*.toml: what `license issue` takes",
        "没有此版面的样例", "加一个 example*.toml，即 `license issue` 所用的文件",
    ),
    "example.refused": LintRow(
        "error", "could not be issued: {why}", "correct it", "无法颁发：{why}", "改正",
    ),
})  # fmt: skip


def lint(code: str, steps: Steps = (), /, *, file: str = "", why: InputError | None = None, **values: Any) -> Lint:
    """A finding in words.

    Args:
        why: the error that the finding passes on.
        values: what the row's format strings ask for.
    """
    row = LINT[code]
    english = values if why is None else {**values, "why": str(why)}
    chinese = values if why is None else {**values, "why": f"{TITLES_ZH.get(why.code, '')}（{why.message}）"}
    fault = TomlFault(
        "",
        row.problem.format_map(english),
        row.mend.format_map(english),
        row.problem_zh.format_map(chinese),
        row.mend_zh.format_map(chinese),
    )
    return Lint(code, fault, steps, file)
