"""Settings from the environment: `LICENSE__SIGN_IN__IDLE_MINUTES=15` is `idle_minutes = 15` in `[sign_in]`.

For containers and units that have one file for many machines. What is given so goes before what the file says, and is
checked with it.
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Final

PREFIX: Final = "LICENSE__"


def with_environment(document: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The document of a settings file, with what the environment says.

    A value that is none of TOML (`15`, `true`, `["a"]`) is a text.
    """
    merged = dict(document)
    for name in sorted(environment):
        if name.startswith(PREFIX):
            steps = name.removeprefix(PREFIX).lower().split("__")
            merged = _put(merged, steps, _value(environment[name]))
    return merged


def _put(table: Mapping[str, Any], steps: list[str], value: Any) -> dict[str, Any]:
    first, *rest = steps
    if not rest:
        return {**table, first: value}
    below = table.get(first)
    return {**table, first: _put(below if isinstance(below, Mapping) else {}, rest, value)}


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        return text
