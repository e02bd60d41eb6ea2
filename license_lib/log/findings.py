"""What may be found about a log: a stable code, and words that somebody can act on.

A table of its own: what is found here is about whoever keeps the log, not about a single licence's verdict. The same
words serve as a value (an audit's finding) and as an error (a witness that refuses, a proof that is none).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from license_lib.errors import InputError


@dataclass(frozen=True, slots=True)
class LogText:
    """The table's row behind a code; texts may name values in braces."""

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class LogFinding:
    """One finding: its code and the values its text speaks of (paths, sizes, digests; never a person's)."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a code that the table does not know."""
        if self.code not in LOG_CODES:
            raise ValueError(f"finding code {self.code!r} is not in LOG_CODES")

    def text(self, language: str = "zh") -> str:
        """What was found, in Chinese (`zh`) or English (`en`)."""
        row = LOG_CODES[self.code]
        return (row.zh if language == "zh" else row.en).format_map(self.params)

    def remedy(self, language: str = "zh") -> str:
        """What to do about it."""
        row = LOG_CODES[self.code]
        return row.remedy_zh if language == "zh" else row.remedy_en


class LogError(InputError):
    """A finding where nothing else can be returned: what was handed in does not hold.

    Args:
        code: one of `LOG_CODES`.
        params: the values its text speaks of.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.finding = LogFinding(code, {name: str(value) for name, value in params.items()})
        super().__init__(code, self.finding.text("en"), hint=self.finding.remedy("en"))


_KEEP = (
    "保留两份检查点作为证据，通知其他见证方与主管部门",
    "Keep both checkpoints as evidence; tell the other witnesses and the supervising body",
)
_AGAIN = ("稍后重试；仍不符时通知日志运营方", "Try again later; if it stays so, tell who keeps the log")
_ASK = ("保留该文件，请颁发机构说明", "Keep the file, and have the issuing body explain it")
LOG_CODES: Mapping[str, LogText] = MappingProxyType(
    {
        "log.malformed": LogText(
            "日志的{what}格式有误",
            "{what} of the log is malformed: {problem}",
            *_AGAIN,
        ),
        "log.missing": LogText(
            "日志没有公布{path}",
            "The log does not publish {path}",
            *_AGAIN,
        ),
        "log.signature": LogText(
            "检查点不是由所信任的日志签名",
            "The checkpoint is not signed by the trusted log ({problem})",
            "核对日志公钥；不要采信该检查点",
            "Check the log's public key; do not rely on the checkpoint",
        ),
        "log.unwitnessed": LogText(
            "检查点只有{count}个见证方签名，需要{quorum}个",
            "Only {count} witnesses signed the checkpoint; {quorum} are needed",
            "等见证方签名后再取一次证明",
            "Fetch the proof again after the witnesses have signed",
        ),
        "log.not-included": LogText(
            "证明不成立：该内容不在日志的这个位置",
            "The proof does not hold: this entry is not at this place of the log",
            *_ASK,
        ),
        "log.altered": LogText(
            "{path}与签名的检查点不符",
            "{path} is not what the signed checkpoint stands for",
            *_AGAIN,
        ),
        "log.rolled-back": LogText(
            "日志倒退：曾公布{seen}条，现在只公布{size}条",
            "The log was rolled back: it had {seen} entries and now shows {size}",
            *_KEEP,
        ),
        "log.forked": LogText(
            "日志分叉：前{seen}条与先前签名的检查点不符",
            "The log forked: its first {seen} entries are not those of a checkpoint that it signed before",
            *_KEEP,
        ),
        "log.unlogged-license": LogText(
            "日志中没有这份证照",
            "The log does not have this licence",
            "不予采信；请颁发机构说明为何未入日志",
            "Do not accept it; have the issuing body explain why it is not in the log",
        ),
        "log.other-file": LogText(
            "日志中此证照的文件摘要与所持文件不同",
            "The log has this licence with another file than this one",
            *_ASK,
        ),
        "log.unlogged-event": LogText(
            "日志中没有这项办理记录",
            "The log does not have this event",
            *_ASK,
        ),
        "log.changed-event": LogText(
            "办理记录与日志第{index}条不一致：{values}",
            "The event differs from entry {index} of the log: {values}",
            *_ASK,
        ),
        "log.repeated": LogText(
            "日志第{index}条与先前的一条重复（{what}）",
            "Entry {index} of the log repeats an earlier one ({what})",
            *_ASK,
        ),
        "log.impossible": LogText(
            "日志第{index}条及其后的记录与该证照先前的记录不合",
            "What the log says of a licence from entry {index} on cannot have happened",
            *_ASK,
        ),
        "log.status-differs": LogText(
            "状态名单{list}有{count}处与日志不符，例如第{index}项：名单为{published}，按日志应为{expected}",
            "Status list {list} differs from the log in {count} places, such as entry {index}: "
            "it says {published}, the log {expected}",
            *_ASK,
        ),
        "log.status-late": LogText(
            "状态名单{list}签发于{issued}，有{count}处早已变更而名单仍未更新，例如第{index}项",
            "Status list {list}, signed at {issued}, does not tell of {count} changes that have long been in effect, "
            "such as of entry {index}",
            *_ASK,
        ),
        "log.status-unusable": LogText(
            "状态名单{list}不可采信（{why}）",
            "Status list {list} cannot be relied on ({why})",
            *_AGAIN,
        ),
        "log.license-unreadable": LogText(
            "该文件不是完好的盖章证照，无法在日志中查找",
            "This file is no intact sealed licence; it cannot be looked up in the log",
            "请取得原始文件后再次审计",
            "Audit again with the original file",
        ),
    }
)
"""Code → row. Codes are stable."""
