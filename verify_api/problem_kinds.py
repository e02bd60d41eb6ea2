"""What a code of a problem means, and those that came with look-ups, limits and batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What one code means: HTTP status, title, hint, and seconds to wait before another try (0: none is promised)."""

    status: int
    zh: str
    en: str
    hint_zh: str
    hint_en: str
    retry_after: int = 0


OF_REQUESTS: Final[Mapping[str, ProblemKind]] = MappingProxyType(
    {
        "http.cursor": ProblemKind(
            400,
            "翻页标记无效",
            "The cursor is none of ours, or belongs to another question",
            "请从第一页重新查询",
            "Ask for the first page again, without a cursor",
        ),
        "http.too-many": ProblemKind(
            413,
            "一批的件数超过上限",
            "The batch holds too many documents",
            "请分批提交",
            "Send several batches; the documentation names the limit",
        ),
        "idempotency.key": ProblemKind(
            400,
            "幂等键格式有误",
            "The Idempotency-Key is not well-formed",
            "请使用1至128个可见字符",
            "Use 1 to 128 visible ASCII characters, such as a UUID",
        ),
        "idempotency.reused": ProblemKind(
            422,
            "该幂等键已用于另一请求",
            "This Idempotency-Key was used for another request",
            "请为每个请求使用新的幂等键",
            "Use a new key for each new request",
        ),
        "idempotency.running": ProblemKind(
            409,
            "同一请求正在处理",
            "The same request is being answered",
            "请稍后重试",
            "Send it again in a moment",
            retry_after=1,
        ),
        "rate.address": ProblemKind(
            429,
            "该网络地址的请求过于频繁",
            "Too many requests from this address",
            "请稍后重试",
            "Wait for the seconds of Retry-After",
        ),
        "rate.caller": ProblemKind(
            429,
            "请求过于频繁",
            "Too many requests",
            "请稍后重试",
            "Wait for the seconds of Retry-After; programs that have signed in may ask more often",
        ),
        "rate.files": ProblemKind(
            429,
            "您同时提交的文件过多",
            "Too many of your files are being examined at once",
            "请等前面的文件有了结果再提交",
            "Wait for an answer before you send the next",
            retry_after=2,
        ),
        "page.unknown": ProblemKind(
            404, "证照没有这一页", "The licence has no such page", "请检查页码", "Pages are counted from 1"
        ),
        "usage": ProblemKind(
            422,
            "用证记录缺少必要内容",
            "The use lacks something that the usage trail needs",
            "请填写用途",
            "Say the purpose",
        ),
        "entry": ProblemKind(
            422,
            "文字含有不能登记的字符",
            "A text holds characters that cannot be put on record",
            "请删除控制字符",
            "Leave control characters out",
        ),
    }
)
"""Code, or the first part of a code, → what it means."""
