"""TOML files that people write by hand: read strictly, with every fault located and a mend for each."""

import difflib
import errno
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

MAX_BYTES = 256 * 1024
"""Of one file; the largest of ours has four thousand."""
MOST_FAULTS = 100
"""Of one document. Who has made more mends these first."""
_MOST_DOTS = 300
"""On a line: the time that Python's reader takes for a dotted key grows with the square of its parts, and more."""
_PLACE = re.compile(r" \(at (.+)\)$")
_PROBLEMS = {"missing": "is missing", "extra_forbidden": "is not known here"}
_PROBLEMS_ZH = {
    "missing": "缺少",
    "extra_forbidden": "此处没有这一项",
    "string_type": "应为文字",
    "bool_type": "应为 true 或 false",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "tuple_type": "应为列表",
    "model_type": "应为表",
    "dict_type": "应为表",
    "date_type": "应为日期",
    "date_from_datetime_inexact": "应为日期，不带时刻",
    "finite_number": "应为有限的数",
    "less_than": "应小于{lt}",
    "less_than_equal": "不得大于{le}",
    "greater_than": "应大于{gt}",
    "greater_than_equal": "不得小于{ge}",
    "string_too_short": "至少{min_length}个字符",
    "string_too_long": "至多{max_length}个字符",
    "string_pattern_mismatch": "格式应为 {pattern}",
    "too_short": "至少{min_length}项",
    "too_long": "至多{max_length}项",
    "literal_error": "应为 {expected} 之一",
    "enum": "应为 {expected} 之一",
    "mendable": "{problem_zh}",
}
_MENDS = {
    "missing": ("add it", "补上"),
    "string_type": ("write a text, in quotes", "写成文字，加引号"),
    "bool_type": ("write true or false, without quotes", "写 true 或 false，不加引号"),
    "int_type": ("write a whole number, without quotes", "写整数，不加引号"),
    "float_type": ("write a number, without quotes", "写数字，不加引号"),
    "tuple_type": ("write a list in [ ], or tables headed by [[ ]]", "写成 [ ] 列表，或以 [[ ]] 开头的表"),
    "model_type": ("write a table headed by [ ]", "写成以 [ ] 开头的表"),
    "dict_type": ("write a table headed by [ ]", "写成以 [ ] 开头的表"),
    "date_type": ("write a date, without quotes: 2027-01-01", "写日期，不加引号：2027-01-01"),
}
_REASONS_ZH = {
    errno.ENOENT: "不存在",
    errno.EISDIR: "不是文件",
    errno.ENOTDIR: "不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ELOOP: "链接循环",
    errno.ENAMETOOLONG: "名称过长",
}


@dataclass(frozen=True, slots=True)
class TomlFault:
    """One fault of a file: where in it (`fields[2].pattern`), what is wrong, how to mend it; both in Chinese, too."""

    path: str
    problem: str
    mend: str
    problem_zh: str = ""
    mend_zh: str = ""


class TomlError(Exception):
    """A file that is no TOML at all; translated by whoever knows what the file is for."""

    def __init__(self, fault: TomlFault) -> None:
        super().__init__(fault.problem)
        self.fault = fault


def mendable(problem: str, mend: str, problem_zh: str = "", mend_zh: str = "") -> PydanticCustomError:
    """What a validator raises, so that its mend comes out of `located`."""
    said = {"problem": problem, "mend": mend, "problem_zh": problem_zh or problem, "mend_zh": mend_zh or mend}
    return PydanticCustomError("mendable", "{problem}", said)


def reasons(error: OSError) -> dict[str, str]:
    """Why a file cannot be read, in English (`why`) and in Chinese (`why_zh`)."""
    why = error.strerror or "not readable"
    return {"why": why, "why_zh": _REASONS_ZH.get(error.errno or 0, f"系统提示 {why}")}


def read_toml(path: Path, most: int = MAX_BYTES) -> dict[str, Any]:
    """Read a UTF-8 file, with or without byte order mark.

    Args:
        most: bytes.

    Raises:
        FileNotFoundError: there is none.
        TomlError: it cannot be opened, is too large, is not UTF-8 or not TOML.
    """
    try:
        text = _bounded_text(bounded_bytes(path, most), most)
        return tomllib.loads(text)
    except FileNotFoundError:
        raise
    except OSError as error:
        why = reasons(error)
        fault = TomlFault("", f"cannot be read: {why['why']}", "check the permissions",
                          f"无法读取：{why['why_zh']}", "检查文件权限")  # fmt: skip
        raise TomlError(fault) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        fault = TomlFault(f"line {line}", "not UTF-8", "save the file as UTF-8", "不是UTF-8编码", "另存为UTF-8")
        raise TomlError(fault) from None
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        problem, zh = _PLACE.sub("", str(error)), "不是正确的TOML"
        fault = TomlFault(place[1] if place else "", f"not TOML: {problem}", "correct the syntax there",
                          f"{zh}：{problem}", "改正此处的写法")  # fmt: skip
        raise TomlError(fault) from None
    except ValueError:
        # Python reads no number of more than some thousand digits.
        fault = TomlFault("", "not TOML: a number has too many digits", "correct the number", "数字过长", "改正该数字")
        raise TomlError(fault) from None
    except RecursionError:
        fault = TomlFault("", "not TOML: nested too deeply", "correct the syntax", "嵌套过深", "改正写法")
        raise TomlError(fault) from None


def _bounded_text(data: bytes, most: int) -> str:
    """The text of a file, if reading it as TOML takes a bounded time."""
    if len(data) > most:
        kib = most // 1024
        raise TomlError(TomlFault("", f"has more than {kib} KiB", "make it smaller", f"超过{kib} KiB", "缩小文件"))
    text = data.decode("utf-8-sig")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS:
            raise TomlError(TomlFault(f"line {number}", f"has more than {_MOST_DOTS} dots", "break the line",
                                      f"超过{_MOST_DOTS}个点", "换行书写"))  # fmt: skip
    return text


def bounded_bytes(path: Path, most: int) -> bytes:
    """The bytes of a file, at most one more than `most`: who asks sees that there are too many.

    Raises:
        OSError: it cannot be read, or is no file; a device or a pipe would have no end.
    """
    if path.exists() and not path.is_file():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR) if path.is_dir() else "Is no regular file")
    with path.open("rb") as file:
        return file.read(most + 1)


def located(
    error: ValidationError, model: type[BaseModel], *, elsewhere: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[int | str, ...], TomlFault]]:
    """Every fault of a document that does not fit its model, with the steps that lead to it, up to MOST_FAULTS.

    Args:
        elsewhere: names at the top that do not come from the file, so that no mend suggests them.
    """
    count = error.error_count()
    details = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
    for detail in details:
        steps = detail["loc"]
        if detail["type"] == "too_short" and any(other["loc"][:-1][: len(steps)] == steps for other in details):
            continue  # not the list is too short: its items are at fault
        problem = _PROBLEMS.get(detail["type"], detail["msg"])
        in_chinese = _PROBLEMS_ZH.get(detail["type"], f"取值有误：{problem}".replace("{", "{{").replace("}", "}}"))
        problem_zh = in_chinese.format_map({name: _in_chinese(value) for name, value in detail.get("ctx", {}).items()})
        mend, mend_zh = _mend(detail, model, elsewhere)
        yield steps, TomlFault(path_of(steps), problem, mend, problem_zh, mend_zh)
    if count > MOST_FAULTS:
        more = count - MOST_FAULTS
        yield (
            (),
            TomlFault("", f"has {more} more faults", "mend the others first", f"另有{more}处错误", "先改正其他各处"),
        )


def _in_chinese(value: object) -> object:
    """A bound or a list of choices as pydantic gives it, without English words and superfluous zeros."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return re.sub(r"(?<='),? or (?=')|(?<='), (?=')", "、", value) if isinstance(value, str) else value


def path_of(steps: tuple[int | str, ...]) -> str:
    """`fields[2].pattern`: keys by dots, positions from 0 in brackets."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _mend(detail: ErrorDetails, model: type[BaseModel], elsewhere: frozenset[str]) -> tuple[str, str]:
    """In English and in Chinese."""
    if detail["type"] == "mendable":
        return str(detail["ctx"]["mend"]), str(detail["ctx"]["mend_zh"])
    if detail["type"] == "extra_forbidden":
        above = detail["loc"][:-1]
        known = [name for name in _known_names(model, above) if above or name not in elsewhere]
        near = difflib.get_close_matches(str(detail["loc"][-1]), known, 1)
        if near:
            return f"did you mean `{near[0]}`?", f"是否应为 `{near[0]}`？"
        return f"remove it, or use one of: {', '.join(known)}", f"删去，或用其一：{'、'.join(known)}"
    return _MENDS.get(detail["type"], ("correct the value", "改正取值"))


def _known_names(model: type[BaseModel], steps: tuple[int | str, ...]) -> list[str]:
    """Names allowed at a place, found by walking the annotations down `steps`."""
    inner: Any = model
    among: Any = None
    for step in steps:
        if among is not None:  # a position in a list, or a name that the file's author chose
            inner, among = among, None
            continue
        annotation = inner.model_fields[step].annotation
        arguments = [annotation, *getattr(annotation, "__args__", ())]
        found = next(a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel))
        if getattr(annotation, "__origin__", None) in {tuple, dict}:
            among = found
        else:
            inner = found
    return list(inner.model_fields)
