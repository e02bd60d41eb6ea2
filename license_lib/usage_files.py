"""The usage trail as files 用证记录导出: CSV for spreadsheets, JSON lines for programs; a piece at a time.

A spreadsheet takes a cell that begins with `= + - @`, a tab or a line end for a formula, and would run what a stranger
wrote as a purpose. Such a cell gets an apostrophe in front (OWASP, CSV Injection).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from license_lib.calendar import CHINA
from license_lib.repository.entries import Usage, UsageKind
from license_lib.used import USAGE_KINDS, used_value
from license_lib.verification import OUTCOME_TEXTS, Outcome

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK: Final = "\ufeff"
"""Without it spreadsheets read UTF-8 as something else."""
_COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "sequence": ("日志序号", "Log entry"),
    "at": ("时间（北京）", "Time (Beijing)"),
    "body": ("部门", "Department"),
    "actor": ("人员", "Person"),
    "kind": ("操作", "What was done"),
    "identifier": ("证照标识", "Licence"),
    "outcome": ("结果", "Outcome"),
    "purpose": ("用途", "Purpose"),
    "item": ("事项编码", "Service item"),
    "case": ("案卷号", "Case"),
    "place": ("地点", "Place"),
    "audience": ("出示对象", "Shown to"),
    "consent": ("授权序号", "Consent"),
}


def csv_pieces(pages: Iterable[Iterable[Usage]], *, english: bool) -> Iterator[bytes]:
    """CSV (RFC 4180) in UTF-8 with a byte order mark, a piece for each page; the first brings the heading."""
    heading = [names[english] for names in _COLUMNS.values()]
    begin: list[list[str]] = [heading]
    mark = _MARK
    for page in pages:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([*begin, *(_cells(one, english=english) for one in page)])
        yield f"{mark}{text.getvalue()}".encode()
        begin, mark = [], ""


def json_pieces(pages: Iterable[Iterable[Usage]]) -> Iterator[bytes]:
    """A JSON object a line; `{"done": n}` is the last, and without it the answer was cut off."""
    count = 0
    for page in pages:
        lines = [json.dumps(used_value(one), ensure_ascii=False) + "\n" for one in page]
        count += len(lines)
        yield "".join(lines).encode()
    yield f'{{"done": {count}}}\n'.encode()


def outcome_words(outcome: str, *, english: bool) -> str:
    """What came of a use: the words for an outcome of verification, anything else as it is."""
    return OUTCOME_TEXTS[Outcome(outcome)][english] if outcome in set(Outcome) else outcome


def _cells(usage: Usage, *, english: bool) -> list[str]:
    value = used_value(usage)
    kind, at = USAGE_KINDS[UsageKind(value["kind"])], datetime.fromisoformat(value["at"])
    value["kind"] = kind.en if english else kind.zh
    value["outcome"] = outcome_words(value["outcome"] or "", english=english)
    value["at"] = f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    return [_harmless(value[name]) for name in _COLUMNS]


def _harmless(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
