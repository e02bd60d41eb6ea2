"""What a check of the repository may find: a stable code, and words that whoever keeps the repository can act on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class FsckText:
    """The table's row behind a code; texts may name values in braces.

    Args:
        harmless: left by a crash or by time, as it may be; it harms nobody and fails no check.
    """

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class FsckFinding:
    """One finding.

    Args:
        code: one of `FSCK_CODES`.
        params: the values that its text speaks of: identifiers, places, digests; never a person's name or number.
        repaired: it was there, and is mended.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    repaired: bool = False

    def __post_init__(self) -> None:
        """Refuse a code that the table does not know."""
        if self.code not in FSCK_CODES:
            raise ValueError(f"finding code {self.code!r} is not in FSCK_CODES")

    @property
    def harmless(self) -> bool:
        """Whether all is well in spite of it."""
        return self.repaired or FSCK_CODES[self.code].harmless

    def text(self, language: str = "zh") -> str:
        """What was found, in Chinese (`zh`) or English (`en`)."""
        row = FSCK_CODES[self.code]
        return (row.zh if language == "zh" else row.en).format_map(self.params)

    def remedy(self, language: str = "zh") -> str:
        """What to do about it."""
        row = FSCK_CODES[self.code]
        return row.remedy_zh if language == "zh" else row.remedy_en


def found(code: str, **params: object) -> FsckFinding:
    """A finding with its values as text."""
    return FsckFinding(code, {name: str(value) for name, value in params.items()})


_RESTORE = (
    "停止颁发，查明谁改动了数据，然后从备份恢复（license restore）",
    "Stop issuing, find out who changed the data, then restore a backup (license restore)",
)
_REPAIR = ("可用 license fsck --repair 修复", "license fsck --repair mends it")
_FETCH = (
    "从备份的 files 文件夹把同名文件复制回文件库",
    "Copy the file of that name from the files folder of a backup back into the file store",
)
_LEAVE = (
    "无需处理；license fsck --repair 会把文件夹中一小时前的移入 quarantine，存储桶中的保留",
    "Nothing; license fsck --repair moves what is older than an hour to quarantine, but out of no bucket",
)
_STAND_STILL = (
    "不要颁发或公布；见 docs/operations.md“日志倒退”",
    "Neither issue nor publish; see docs/operations.md, “The log was rolled back”",
)
_SEE_FIRST = (
    "先确认日志和事件完整（本次检查没有其他损坏），再重新公布（license publish）",
    "First see that log and events are whole (this check finds nothing else); then publish again (license publish)",
)
_AGAIN = (
    "用 license publish --again 重写公布的文件，并查明原因",
    "Write what is published anew (license publish --again), and find out why",
)

FSCK_CODES: Mapping[str, FsckText] = MappingProxyType(
    {
        # The database itself
        "fsck.database-damaged": FsckText("数据库损坏：{problem}", "The database is damaged: {problem}", *_RESTORE),
        "fsck.index-missing": FsckText(
            "缺少索引{name}", "The index {name} is missing", "从备份恢复到新建的数据库", "Restore into a new database"
        ),
        "fsck.index-differs": FsckText(
            "索引{name}不是应有的内容",
            "The index {name} is not what it was made as",
            "从备份恢复到新建的数据库",
            "Restore into a new database",
        ),
        "fsck.guard-differs": FsckText(
            "保护历史记录的触发器{name}被换成了别的内容",
            "The trigger {name}, which keeps history from being changed, was replaced by another",
            *_RESTORE,
        ),
        "fsck.guard-missing": FsckText(
            "保护历史记录的触发器{name}不在或已停用",
            "The trigger {name}, which keeps history from being changed, is gone or out of action",
            *_RESTORE,
        ),
        "fsck.dangling": FsckText(
            "{table}.{column}有{count}行指向不存在的{parent}",
            "{count} rows of {table}.{column} point to a {parent} that is not there",
            *_RESTORE,
        ),
        "fsck.row-unreadable": FsckText(
            "{table}的第{place}行无法读取", "Row {place} of {table} cannot be read", *_RESTORE
        ),
        # The log
        "fsck.leaf-missing": FsckText(
            "日志缺少第{first}至{last}条", "Entries {first} to {last} of the log are missing", *_RESTORE
        ),
        "fsck.leaf-changed": FsckText(
            "日志第{sequence}条的内容与其散列不符", "Entry {sequence} of the log does not have its hash", *_RESTORE
        ),
        "fsck.leaf-unreadable": FsckText(
            "日志第{sequence}条不是正确的内容", "Entry {sequence} of the log says nothing that an entry says", *_RESTORE
        ),
        "fsck.entry-missing": FsckText(
            "日志第{sequence}条没有对应的记录", "Entry {sequence} of the log has no row that it stands for", *_RESTORE
        ),
        "fsck.entry-changed": FsckText(
            "{table}的第{sequence}条记录被改动：与其摘要不符",
            "Row {sequence} of {table} was changed: it does not come to its digest",
            *_RESTORE,
        ),
        "fsck.entry-differs": FsckText(
            "{table}的第{sequence}条记录与日志所载不符",
            "Row {sequence} of {table} is not what the log says of it",
            *_RESTORE,
        ),
        "fsck.tile-missing": FsckText(
            "日志缺少第{level}层第{position}个散列", "Hash {position} of row {level} of the log is missing", *_REPAIR
        ),
        "fsck.tile-changed": FsckText(
            "日志第{level}层第{position}个散列与内容不符",
            "Hash {position} of row {level} of the log is not that of the entries",
            *_RESTORE,
        ),
        "fsck.head-differs": FsckText(
            "日志末尾记为第{said}条，与已有的{size}条内容不符",
            "The log's end is given as {said} entries, and does not follow from the {size} that are there",
            *_REPAIR,
        ),
        "fsck.head-ahead": FsckText(
            "日志末尾记为第{said}条，但只有{size}条",
            "The log's end is given as {said} entries, but there are {size} only",
            *_RESTORE,
        ),
        # Licences
        "fsck.license-changed": FsckText(
            "证照{identifier}的{what}与其颁发记录不符",
            "The {what} of licence {identifier} is not what its issue says",
            *_RESTORE,
        ),
        "fsck.issue-missing": FsckText(
            "证照{identifier}没有颁发记录", "Licence {identifier} has no event of its issue", *_RESTORE
        ),
        "fsck.state-differs": FsckText(
            "证照{identifier}记录的状态与其事件得出的不符",
            "The state of licence {identifier} is not what its events come to",
            *_REPAIR,
        ),
        "fsck.version-link": FsckText(
            "证照{identifier}与{other}的前后版本关系不成对",
            "Licences {identifier} and {other} do not name each other as versions",
            *_RESTORE,
        ),
        "fsck.holder-missing": FsckText(
            "证照{identifier}缺少持证主体", "Licence {identifier} lacks a holder", *_RESTORE
        ),
        "fsck.holder-unfindable": FsckText(
            "第{position}号证照的第{ordinal}个持证主体不能按其号码找到",
            "Holder {ordinal} of the licence at {position} is not found by its number",
            *_RESTORE,
        ),
        "fsck.number-missing": FsckText(
            "日志第{sequence}条更正的号码不能找到持证主体",
            "The number of the correction in entry {sequence} of the log does not lead to its holder",
            *_RESTORE,
        ),
        "fsck.number-unexplained": FsckText(
            "有一个号码指向主体{subject}，但证照和更正记录都没有给过它",
            "A number leads to the subject {subject}, which neither a licence nor a correction gave it",
            *_RESTORE,
        ),
        "fsck.presentation-differs": FsckText(
            "授权 #{consent} 的亮证码与留痕不符",
            "The presentation code of consent #{consent} is not as the usage trail says",
            *_RESTORE,
        ),
        "fsck.presentation-twice": FsckText(
            "授权 #{consent} 的亮证码用了{count}次",
            "The presentation code of consent #{consent} was used {count} times",
            *_RESTORE,
        ),
        "fsck.reservation-differs": FsckText(
            "标识{identifier}的预留与证照不符",
            "What is reserved for {identifier} is not what the licence has",
            *_RESTORE,
        ),
        # Status lists
        "fsck.status-twice": FsckText(
            "状态名单{list}的第{index}项给了{count}个标识",
            "Entry {index} of status list {list} was given to {count} identifiers",
            *_RESTORE,
        ),
        "fsck.status-outside": FsckText(
            "标识{identifier}在状态名单{list}中的位置{index}不存在",
            "Identifier {identifier} has the entry {index} of status list {list}, which there is not",
            *_RESTORE,
        ),
        "fsck.status-count": FsckText(
            "状态名单{list}记为已给出{said}项，实有{count}项",
            "Status list {list} says that it gave away {said} entries; there are {count}",
            *_RESTORE,
        ),
        "fsck.status-scattered": FsckText(
            "状态名单{list}有{count}个位置不是其密钥所定，例如第{index}项",
            "{count} entries of status list {list} are not those that its key gives away, such as {index}",
            *_RESTORE,
        ),
        # Files
        "fsck.file-missing": FsckText(
            "证照{identifier}的文件{digest}缺失", "The file {digest} of licence {identifier} is missing", *_FETCH
        ),
        "fsck.file-damaged": FsckText(
            "证照{identifier}的文件{digest}损坏", "The file {digest} of licence {identifier} is damaged", *_FETCH
        ),
        "fsck.file-differs": FsckText(
            "证照{identifier}的文件{digest}不是所颁发的内容（{what}）",
            "The file {digest} of licence {identifier} is not what was issued ({what})",
            *_RESTORE,
        ),
        "fsck.file-shared": FsckText(
            "证照{identifier}的文件{digest}也记在另一份证照名下",
            "The file {digest} of licence {identifier} is another licence's, too",
            *_RESTORE,
        ),
        "fsck.file-unreferenced": FsckText(
            "文件{digest}不属于任何证照：颁发中断时留下",
            "The file {digest} belongs to no licence: an issue that came to nothing left it",
            *_LEAVE,
            harmless=True,
        ),
        "fsck.leftover": FsckText(
            "未写完的文件{name}：写入进程已终止", "An unfinished file {name}: its writer died", *_LEAVE, harmless=True
        ),
        # What was published
        "fsck.published-ahead": FsckText(
            "已公布的检查点有{published}条，证照库只有{size}条：数据库被恢复到了旧的备份",
            "The published checkpoint has {published} entries, the repository {size}: an old backup was restored",
            *_STAND_STILL,
        ),
        "fsck.published-differs": FsckText(
            "已公布的检查点的前{published}条与证照库的日志不同",
            "The published checkpoint over {published} entries is not the beginning of the repository's log",
            *_STAND_STILL,
        ),
        "fsck.published-beyond": FsckText(
            "公布的文件已到第{published}条日志，证照库只有{size}条",
            "What is published speaks of {published} entries of the log, the repository has {size}",
            *_STAND_STILL,
        ),
        "fsck.published-unreadable": FsckText(
            "已公布的{path}无法采信：{problem}",
            "The published {path} cannot be relied on: {problem}",
            "不要公布；从备份、镜像、审计方或见证方取回公布的文件夹（或日志公钥log.vkey），"
            "见 docs/operations.md“日志倒退”",
            "Do not publish; get the published folder (or the log's key, log.vkey) back from a backup, a mirror, an "
            "auditor or a witness; see docs/operations.md, “The log was rolled back”",
        ),
        "fsck.entries-differ": FsckText(
            "已公布的{path}与证照库的日志不符，且没有可读的检查点能判断哪一方正确",
            "The published {path} is not what the repository's log says, and no checkpoint tells which is right",
            *_STAND_STILL,
        ),
        "fsck.published-log": FsckText(
            "已公布的日志有{count}个文件缺失或被改动，例如{path}",
            "{count} files of the published log are missing or were changed, such as {path}",
            *_AGAIN,
        ),
        "fsck.list-differs": FsckText(
            "已公布的状态名单{list}有{count}项与证照库不符，例如第{index}项",
            "The published status list {list} differs from the repository in {count} entries, such as {index}",
            "先确认日志和事件完整（本次检查没有其他损坏），再重新公布（license publish），并查明原因",
            "First see that log and events are whole (this check finds nothing else); then publish again "
            "(license publish), and find out why",
        ),
        "fsck.list-contradicts": FsckText(
            "已公布的状态名单{list}有{count}项与证照库不符，例如第{index}项；证照库本身不完整或与公布的日志不能相互印证",
            "The published status list {list} differs from the repository in {count} entries, such as {index}, and the "
            "repository itself is not whole, or not vouched for by the published log",
            "不要公布：名单可能是对的；先按其他各项发现处理",
            "Do not publish: the list may be right; see to the other findings first",
        ),
        "fsck.list-unknown": FsckText(
            "公布了状态名单{list}，证照库中却没有",
            "Status list {list} is published, and the repository has none of that number",
            *_STAND_STILL,
        ),
        "fsck.list-unreadable": FsckText(
            "已公布的状态名单{list}无法采信：{problem}",
            "The published status list {list} cannot be relied on: {problem}",
            *_SEE_FIRST,
        ),
        "fsck.list-missing": FsckText(
            "状态名单{list}没有公布",
            "Status list {list} is not published",
            *_SEE_FIRST,
        ),
        "fsck.list-stale": FsckText(
            "已公布的状态名单{list}已过期，他人不再采信",
            "The published status list {list} has expired: nobody relies on it any more",
            "重新公布（license publish --follow）",
            "Publish again (license publish --follow)",
            harmless=True,
        ),
    }
)
"""Code → row. Codes are stable."""
