"""TOML files that people write by hand: read strictly, with every fault located and a mend for each."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

_PLACE = re.compile(r" \(at (.+)\)$")
_PROBLEMS = {"missing": "is missing", "extra_forbidden": "is not known here"}
_MENDS = {
    "missing": "add it",
    "string_type": "write a text, in quotes",
    "bool_type": "write true or false, without quotes",
    "int_type": "write a whole number, without quotes",
    "float_type": "write a number, without quotes",
    "tuple_type": "write a list in [ ], or tables headed by [[ ]]",
    "model_type": "write a table headed by [ ]",
}


@dataclass(frozen=True, slots=True)
class TomlFault:
    """One fault of a file: where in it (`fields[2].pattern`), what is wrong and how to mend it."""

    path: str
    problem: str
    mend: str


class TomlError(Exception):
    """A file that is no TOML at all; translated by whoever knows what the file is for."""

    def __init__(self, fault: TomlFault) -> None:
        super().__init__(fault.problem)
        self.fault = fault


def mendable(problem: str, mend: str) -> PydanticCustomError:
    """What a validator raises, so that its mend comes out of `located`."""
    return PydanticCustomError("mendable", "{problem}", {"problem": problem, "mend": mend})


def read_toml(path: Path) -> dict[str, Any]:
    """Read a UTF-8 file, with or without byte order mark.

    Raises:
        FileNotFoundError: there is none.
        TomlError: it cannot be opened, is not UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise TomlError(TomlFault("", f"cannot be read: {error.strerror}", "check the permissions")) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TomlError(TomlFault(f"line {line}", "not UTF-8", "save the file as UTF-8")) from None
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        problem = f"not TOML: {_PLACE.sub('', str(error))}"
        raise TomlError(TomlFault(place[1] if place else "", problem, "correct the syntax there")) from None
    except RecursionError:
        raise TomlError(TomlFault("", "not TOML: nested too deeply", "correct the syntax")) from None


def located(
    error: ValidationError, model: type[BaseModel], *, elsewhere: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[int | str, ...], TomlFault]]:
    """Every fault of a document that does not fit its model, with the steps that lead to it.

    Args:
        elsewhere: names at the top that do not come from the file, so that no mend suggests them.
    """
    details = error.errors(include_url=False, include_input=False)
    for detail in details:
        steps = detail["loc"]
        if detail["type"] == "too_short" and any(other["loc"][:-1][: len(steps)] == steps for other in details):
            continue  # not the list is too short: its items are at fault
        problem = _PROBLEMS.get(detail["type"], detail["msg"])
        yield steps, TomlFault(path_of(steps), problem, _mend(detail, model, elsewhere))


def path_of(steps: tuple[int | str, ...]) -> str:
    """`fields[2].pattern`: keys by dots, positions from 0 in brackets."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _mend(detail: ErrorDetails, model: type[BaseModel], elsewhere: frozenset[str]) -> str:
    if detail["type"] == "mendable":
        return str(detail["ctx"]["mend"])
    if detail["type"] == "extra_forbidden":
        above = detail["loc"][:-1]
        known = [name for name in _known_names(model, above) if above or name not in elsewhere]
        near = difflib.get_close_matches(str(detail["loc"][-1]), known, 1)
        return f"did you mean `{near[0]}`?" if near else f"remove it, or use one of: {', '.join(known)}"
    return _MENDS.get(detail["type"], "correct the value")


def _known_names(model: type[BaseModel], steps: tuple[int | str, ...]) -> list[str]:
    """Names allowed at a place, found by walking the annotations down `steps`."""
    inner: Any = model
    for step in steps:
        if isinstance(step, int):
            continue
        annotation = inner.model_fields[step].annotation
        arguments = [annotation, *getattr(annotation, "__args__", ())]
        inner = next(a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel))
    return list(inner.model_fields)
