"""Files and plain values → requests: what every way in (a file, a batch line, later a service) has in common."""

import difflib
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from license_lib.calendar import read_day
from license_lib.errors import InputError
from license_lib.identifiers import CheckOverride, NumberError
from license_lib.licenses.photo import MAX_PHOTO_BYTES
from license_lib.licenses.request import LONG_TERM_INPUT, HolderRequest, LicenseRequest
from license_lib.licenses.rules import shown_name
from license_lib.text_files import read_file, read_text

MAX_REQUEST_BYTES = 4 * 1024 * 1024
_REQUEST_KEYS = (
    "type", "issuer", "number", "holders", "fields", "issued_on", "valid_from", "valid_until", "photo", "request_key",
)  # fmt: skip
_HOLDER_KEYS = ("name", "number", "number_kind", "override")
_OVERRIDE_KEYS = ("reason", "approved_by")
_LONG_TERM = (LONG_TERM_INPUT, "长期")


def read_request(path: Path, defaults: Mapping[str, str | None]) -> LicenseRequest:
    """Read one request from a `.toml` or `.json` file, such as a template's `example.toml`.

    Args:
        defaults: values for keys that the file leaves out.

    Raises:
        InputError: `file.*` or `request.*`.
    """
    text = read_text(path, MAX_REQUEST_BYTES)
    raw: object
    if path.suffix.lower() == ".toml":
        try:
            raw = tomllib.loads(text.replace("\r\n", "\n"))
        except tomllib.TOMLDecodeError as error:
            raise InputError("request.form", f"{path.name}: is not TOML: {error}") from None
        except RecursionError:
            raise InputError("request.form", f"{path.name}: is nested too deeply") from None
    else:
        raw = object_from_json(text)
    given = {name: value for name, value in defaults.items() if value is not None}
    return request_from_mapping({**given, **raw} if isinstance(raw, dict) else raw, path.parent)


def object_from_json(text: str) -> object:
    """A JSON text's value; a name that stands twice in an object is a fault, never the last one wins.

    Raises:
        InputError: `request.json`.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if "\n" in text else f"column {error.colno}"
        raise InputError("request.json", f"is not JSON: {error.msg} ({place})") from None
    except (ValueError, RecursionError):  # ValueError: a number of thousands of digits
        raise InputError("request.json", "is not JSON: nested too deeply, or a number too long") from None


def request_from_mapping(raw: object, folder: Path) -> LicenseRequest:
    """A request from a JSON object or a TOML table, as in a batch line or a template's `example.toml`.

    Args:
        folder: where relative photo paths start.

    Raises:
        InputError: `request.*`, naming the path; `photo.*`.
    """
    table = _table(raw, "", _REQUEST_KEYS)
    holders, fields = table.get("holders", []), table.get("fields", {})
    if not isinstance(holders, list):
        raise InputError("request.form", "holders: must be a list", hint="[[holders]] in TOML")
    if not isinstance(fields, dict):
        raise InputError("request.form", "fields: must be an object", hint="[fields] in TOML")
    return LicenseRequest(
        license_type=_required(table, "type", hint="`license issue` also takes --type"),
        issuer=_required(table, "issuer", hint="`license issue` also takes --issuer"),
        holders=tuple(_holder(holder, f"holders[{index}]") for index, holder in enumerate(holders)),
        fields={str(key): _field(value, f"fields.{shown_name(str(key))}") for key, value in fields.items()},
        number=_optional(table, "number"),
        issued_on=_day(table, "issued_on"),
        valid_from=_day(table, "valid_from"),
        valid_until=_until(table),
        photo=_photo(_optional(table, "photo"), folder),
        request_key=_optional(table, "request_key"),
    )


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise InputError("request.json", "a name stands twice in one object")
    return table


def _table(raw: object, where: str, known: tuple[str, ...]) -> dict[str, object]:
    place = f"{where}: " if where else ""
    if not isinstance(raw, dict):
        raise InputError("request.form", f"{place}must be an object", hint=f"with {', '.join(known)}")
    unknown = sorted(str(name) for name in raw if name not in known)
    if unknown:
        near = difflib.get_close_matches(unknown[0][:40], known, 1)
        raise InputError(
            "request.unknown",
            f"{place}{', '.join(shown_name(name) for name in unknown[:5])} is not known here",
            hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}; face fields go into `fields`",
        )
    return raw


def _holder(raw: object, where: str) -> HolderRequest:
    table = _table(raw, where, _HOLDER_KEYS)
    return HolderRequest(
        name=_required(table, "name", where),
        number=_required(table, "number", where),
        number_kind=_optional(table, "number_kind", where),
        override=_override(table.get("override"), f"{where}.override"),
    )


def _override(raw: object, where: str) -> CheckOverride | None:
    if raw is None:
        return None
    table = _table(raw, where, _OVERRIDE_KEYS)
    reason, approved_by = (_required(table, name, where) for name in _OVERRIDE_KEYS)
    try:
        return CheckOverride(reason, approved_by)
    except NumberError as error:
        raise InputError(error.code, f"{where}: {error.message}") from None


def _field(value: object, where: str) -> str | list[dict[str, str]]:
    """A field's text, or its rows."""
    if not isinstance(value, list):
        return _text(value, where)
    rows: list[dict[str, str]] = []
    for index, row in enumerate(value):
        place = f"{where}[{index}]"
        if not isinstance(row, dict):
            raise InputError("request.form", f"{place}: must be an object", hint="one text for each column")
        rows.append({str(name): _text(text, f"{place}.{shown_name(str(name))}") for name, text in row.items()})
    return rows


def _required(table: Mapping[str, object], name: str, where: str = "", *, hint: str = "") -> str:
    value = _optional(table, name, where)
    if value is None:
        raise InputError("request.missing", f"{where + '.' if where else ''}{name}: is missing", hint=hint)
    return value


def _optional(table: Mapping[str, object], name: str, where: str = "") -> str | None:
    value = table.get(name)
    return None if value is None else _text(value, f"{where + '.' if where else ''}{name}")


def _text(value: object, where: str) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise InputError("request.form", f"{where}: must be a text", hint="write it in quotes")
    return value


def _day(table: Mapping[str, object], name: str) -> date | None:
    text = _optional(table, name)
    if text is None:
        return None
    try:
        return read_day(text.strip())
    except ValueError:
        raise InputError("request.date", f"{name}: is not a date", hint="write it as YYYY-MM-DD") from None


def _until(table: Mapping[str, object]) -> date | Literal["long-term"] | None:
    text = _optional(table, "valid_until")
    return "long-term" if text is not None and text.strip() in _LONG_TERM else _day(table, "valid_until")


def _photo(path: str | None, folder: Path) -> bytes | None:
    if path is None:
        return None
    try:
        return read_file(folder / path, MAX_PHOTO_BYTES)
    except InputError as error:
        if error.code == "file.too-large":
            raise InputError("photo.invalid", f"photo: has more than {MAX_PHOTO_BYTES:,} bytes") from None
        hint = "paths start at the folder of the file that names it"
        raise InputError("photo.missing", "photo: the file cannot be read", hint=hint) from None
