"""`lifecycle.toml` in a type's folder: its rules of the life cycle, read strictly; see docs/lifecycle.md.

The file is no part of the template's releases: it says how a body works from now on, not what a licence looked like.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from license_lib.errors import InputError
from license_lib.lifecycle.codes import INFORMATION, CodeMap, Condition
from license_lib.lifecycle.kinds import SUCCESSIONS, EventKind
from license_lib.lifecycle.rules import ALWAYS, DEFAULT_RULES, Overdue, TypeRules
from license_lib.lifecycle.words import Words
from license_lib.links import leads_outside
from license_lib.toml_files import TomlError, TomlFault, located, mendable, read_toml

FILE_NAME: Final = "lifecycle.toml"
_KEY = ".[key]"  # how pydantic says that a name itself is wrong
_Kind = Annotated[EventKind, Field(strict=False)]
_Why = Annotated[str, Field(min_length=2, max_length=200)]
_CodeText = Annotated[str, Field(min_length=1, max_length=32)]


class RulesError(InputError):
    """A `lifecycle.toml` that says something wrong; every fault is a line of the message, in English and in Chinese."""

    def __init__(self, file: str, faults: Iterable[TomlFault]) -> None:
        self.file = file
        self.faults = tuple(faults)
        places = [f"{file}: {fault.path + ': ' if fault.path else ''}" for fault in self.faults]
        told = tuple(zip(places, self.faults, strict=True))
        super().__init__("lifecycle.invalid", "\n".join(f"{place}{one.problem} → {one.mend}" for place, one in told))
        self.message_zh = "\n".join(f"{place}{one.problem_zh} → {one.mend_zh}" for place, one in told)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NeverHere(_Frozen):
    """Kinds that make no sense for the type, and why not."""

    kinds: Annotated[tuple[_Kind, ...], Field(min_length=1, strict=False)]
    zh: _Why
    en: _Why

    @field_validator("kinds")
    @classmethod
    def _may_be_missing(cls, value: tuple[EventKind, ...]) -> tuple[EventKind, ...]:
        for kind in value:
            if kind in ALWAYS:
                said = f"every type has {kind.value!r}", "remove it", f"各类证照都有 {kind.value}", "删去"
                raise mendable(*said)
        return value


class SectorCodes(_Frozen):
    """The codes of a sector, out and in."""

    send: Annotated[Mapping[Annotated[Condition, Field(strict=False)], _CodeText], Field(strict=False)]
    receive: Annotated[Mapping[_CodeText, Annotated[Condition, Field(strict=False)]], Field(strict=False)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        missing = [condition.value for condition in Condition if condition not in self.send]
        if missing:
            names = ", ".join(missing)
            raise mendable(f"send has no code for {names}", "add them", f"send 缺少 {names}", "补上")
        for code in self.send.values():
            if code not in self.receive:
                raise mendable(
                    f"code {code!r} is sent, but receive does not have it", "say what it means when it comes back",
                    f"receive 没有 send 发出的代码 {code!r}", "写明收到时的含义",
                )  # fmt: skip
        for code, condition in self.receive.items():
            if code in self.send.values() and self.send[condition] != code:
                raise mendable(
                    f"code {code!r} is received as {condition.value}, which is sent as {self.send[condition]!r}",
                    "make both ways agree",
                    f"收到的 {code!r} 为 {condition.value}，发出时却是 {self.send[condition]!r}", "使两者一致",
                )  # fmt: skip
        return self


class LifecycleFile(_Frozen):
    """The whole file; all of it has defaults."""

    inspection_months: Annotated[int, Field(ge=1, le=120)] | None = None
    overdue: Annotated[Overdue, Field(strict=False)] = Overdue.NOTED
    late: Annotated[tuple[_Kind, ...], Field(strict=False)] = ()
    never: Annotated[tuple[NeverHere, ...], Field(strict=False)] = ()
    codes: SectorCodes | None = None

    @field_validator("late")
    @classmethod
    def _successions(cls, value: tuple[EventKind, ...]) -> tuple[EventKind, ...]:
        for kind in value:
            if kind not in SUCCESSIONS:
                known = ", ".join(sorted(SUCCESSIONS))
                raise mendable(f"{kind.value!r} makes no new version", f"use some of: {known}",
                               f"{kind.value} 不产生新版本", f"可用：{known}")  # fmt: skip
        return value


def load_rules(folder: Path) -> TypeRules:
    """The rules of the type that a template folder holds; the defaults where it has no `lifecycle.toml`.

    Raises:
        RulesError: `lifecycle.invalid`: every fault with its place and mend.
    """
    path = folder / FILE_NAME
    shown = f"{folder.name}/{FILE_NAME}"
    if leads_outside(path):
        fault = TomlFault("", "leads out of the folder of templates", "put the file itself there",
                          "链接到模板文件夹之外", "把文件放在这里")  # fmt: skip
        raise RulesError(shown, [fault])
    try:
        document = LifecycleFile.model_validate(read_toml(path))
    except FileNotFoundError:
        return DEFAULT_RULES
    except TomlError as error:
        raise RulesError(shown, [error.fault]) from None
    except ValidationError as error:
        faults = (replace(fault, path=fault.path.removesuffix(_KEY)) for _, fault in located(error, LifecycleFile))
        raise RulesError(shown, faults) from None
    if found := tuple(_contradictions(document)):
        raise RulesError(shown, found)
    return _rules(document)


def _contradictions(document: LifecycleFile) -> Iterator[TomlFault]:
    seen: set[EventKind] = set()
    for place, never in enumerate(document.never):
        for which, kind in enumerate(never.kinds):
            if kind in seen:
                yield TomlFault(f"never[{place}].kinds[{which}]", "is there twice", "keep one reason",
                                "重复", "只保留一个理由")  # fmt: skip
            seen.add(kind)
    if document.inspection_months is not None and EventKind.INSPECT in seen:
        yield TomlFault("inspection_months", "the type knows no inspections", "remove it, or inspect from never",
                        "此类证照不办理年检", "删去，或从 never 中删去 inspect")  # fmt: skip
    for which, kind in enumerate(document.late):
        if kind in seen:
            yield TomlFault(f"late[{which}]", "the type does not know this kind", "remove it, here or from never",
                            "此类证照不办理此事", "从此处或 never 中删去")  # fmt: skip


def _rules(document: LifecycleFile) -> TypeRules:
    never = {kind: Words(one.zh, one.en) for one in document.never for kind in one.kinds}
    codes = document.codes
    return TypeRules(
        never=MappingProxyType(never),
        inspection_months=document.inspection_months,
        overdue=document.overdue,
        late=frozenset(document.late),
        codes=INFORMATION
        if codes is None
        else CodeMap(MappingProxyType(dict(codes.send)), MappingProxyType(dict(codes.receive))),
    )
