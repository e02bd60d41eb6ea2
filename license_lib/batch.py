"""Batch files: CSV or JSON lines → one request a row, each with its own line number and its own fault if it has one.

CSV: one row a licence; columns `type, issuer, number, holder_name, holder_number, holder_number_kind, issued_on,
valid_from, valid_until, photo, request_key` and the face fields, in English keys or Chinese labels. Several holders are
separated by `|`. JSON lines: one object a line, `holders` a list of `{name, number, number_kind}`, `fields` an object.
Photos are paths relative to the batch file.
"""

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from license_lib.errors import InputError, MachineError
from license_lib.identifiers import CheckOverride
from license_lib.licenses.request import LONG_TERM_INPUT, HolderRequest, LicenseRequest

MAX_BATCH_BYTES = 256 * 1024 * 1024
MAX_PHOTO_BYTES = 8 * 1024 * 1024

CSV_COLUMNS: Mapping[str, str] = {
    "证照类型": "type",
    "颁发机构": "issuer",
    "证照编号": "number",
    "持证主体": "holder_name",
    "持证主体代码": "holder_number",
    "持证主体代码类型": "holder_number_kind",
    "颁发日期": "issued_on",
    "有效期起始": "valid_from",
    "有效期截止": "valid_until",
    "照片": "photo",
    "请求标识": "request_key",
}
_KNOWN = frozenset(CSV_COLUMNS.values())


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row of a batch file: its line (from 1), and what it asks for or what is wrong with it."""

    line: int
    request: LicenseRequest | InputError


def read_batch(path: Path) -> Iterator[BatchRow]:
    """Read a `.csv` or `.jsonl` file row by row. A bad row is a row with an error; the others are read all the same.

    Raises:
        InputError: `batch.missing`, `batch.format`, `batch.encoding`: nothing of the file can be read.
    """
    try:
        if path.stat().st_size > MAX_BATCH_BYTES:
            raise InputError("batch.format", "the batch file is larger than 256 MiB", hint="split it")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError("batch.missing", f"{path.name}: there is no such file") from None
    except OSError as error:
        raise MachineError("batch.unreadable", f"{path.name}: {error.strerror}") from None
    readers = {".csv": _csv_rows, ".jsonl": _json_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError("batch.format", f"{path.name}: is neither .csv nor .jsonl")
    return reader(_text(data, path.name), path.parent)


def read_request(path: Path, defaults: Mapping[str, str | None]) -> LicenseRequest:
    """Read one request from a `.toml` or `.json` file, such as a template's `example.toml`.

    Args:
        defaults: values for keys that the file leaves out.

    Raises:
        InputError: `batch.*` or `request.*`.
    """
    try:
        text = _text(path.read_bytes(), path.name)
        raw = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise InputError("batch.missing", f"{path.name}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise InputError("batch.format", f"{path.name}: is neither TOML (.toml) nor JSON") from None
    given = {name: value for name, value in defaults.items() if value is not None}
    return request_from_mapping({**given, **raw} if isinstance(raw, dict) else raw, path.parent)


def request_from_mapping(raw: object, folder: Path) -> LicenseRequest:
    """A request from a JSON object or a TOML table, as in a batch line or a template's `example.toml`.

    Args:
        folder: where relative photo paths start.

    Raises:
        InputError: `request.*`, naming the path.
    """
    if not isinstance(raw, dict):
        raise InputError("request.form", "is not an object")
    unknown = set(raw) - {
        "type", "issuer", "number", "holders", "fields", "issued_on", "valid_from", "valid_until", "photo", "request_key"
    }  # fmt: skip
    if unknown:
        raise InputError("request.unknown", f"{min(map(str, unknown))[:40]!r} is not known here")
    holders, fields = raw.get("holders", []), raw.get("fields", {})
    if not isinstance(holders, list) or not isinstance(fields, dict):
        raise InputError("request.form", "`holders` must be a list and `fields` an object")
    return LicenseRequest(
        license_type=_required(raw, "type"),
        issuer=_required(raw, "issuer"),
        holders=tuple(_holder(holder, index) for index, holder in enumerate(holders)),
        fields={str(key): _plain(value, f"fields.{str(key)[:40]}") for key, value in fields.items()},
        number=_optional(raw, "number"),
        issued_on=_day(raw, "issued_on"),
        valid_from=_day(raw, "valid_from"),
        valid_until=_until(raw),
        photo=_photo(_optional(raw, "photo"), folder),
        request_key=_optional(raw, "request_key"),
    )


def _text(data: bytes, name: str) -> str:
    """UTF-8 (with or without mark), or GB 18030 as Chinese spreadsheets write it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("batch.encoding", f"{name}: is neither UTF-8 nor GB 18030")


def _json_rows(text: str, folder: Path) -> Iterator[BatchRow]:
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            yield BatchRow(line, request_from_mapping(json.loads(content), folder))
        except InputError as error:
            yield BatchRow(line, error)
        except (ValueError, RecursionError):
            yield BatchRow(line, InputError("batch.json", "this line is not JSON"))


def _csv_rows(text: str, folder: Path) -> Iterator[BatchRow]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [CSV_COLUMNS.get(name.strip(), name.strip()) for name in next(reader, [])]
    except csv.Error:
        raise InputError("batch.format", "the first line is not a CSV header") from None
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or "type" not in header:
        problem = f"column {twice[0]!r} stands twice" if twice else "there is no column `type` (证照类型)"
        raise InputError("batch.format", f"the CSV header is wrong: {problem}")
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BatchRow(line, InputError("batch.csv", f"this row is not CSV: {error}"))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        try:
            yield BatchRow(line, _csv_request(header, cells, folder))
        except InputError as error:
            yield BatchRow(line, error)


def _csv_request(header: list[str], cells: list[str], folder: Path) -> LicenseRequest:
    if len(cells) != len(header):
        raise InputError("batch.csv", f"the row has {len(cells)} cells, the header {len(header)}")
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    names, numbers = row.pop("holder_name", "").split("|"), row.pop("holder_number", "").split("|")
    kinds = row.pop("holder_number_kind", "")
    number_kinds = kinds.split("|") if kinds else [""] * len(numbers)
    if not len(names) == len(numbers) == len(number_kinds):
        raise InputError(
            "batch.csv", "holder_name, holder_number and holder_number_kind list different numbers of holders"
        )
    raw: dict[str, object] = {name: row[name] for name in row if name in _KNOWN}
    raw["fields"] = {name: row[name] for name in row if name not in _KNOWN}
    raw["holders"] = [
        {"name": name.strip(), "number": number.strip()} | ({"number_kind": kind.strip()} if kind.strip() else {})
        for name, number, kind in zip(names, numbers, number_kinds, strict=True)
    ]
    return request_from_mapping(raw, folder)


def _holder(raw: object, index: int) -> HolderRequest:
    where = f"holders[{index}]"
    if not isinstance(raw, dict) or set(raw) - {"name", "number", "number_kind", "override"}:
        raise InputError("request.form", f"{where}: takes name, number, number_kind and override")
    override = raw.get("override")
    if override is not None and not (
        isinstance(override, dict)
        and set(override) == {"reason", "approved_by"}
        and all(isinstance(value, str) for value in override.values())
    ):
        raise InputError("request.form", f"{where}.override: takes reason and approved_by")
    return HolderRequest(
        name=_required(raw, "name", where),
        number=_required(raw, "number", where),
        number_kind=_optional(raw, "number_kind", where),
        override=CheckOverride(override["reason"], override["approved_by"]) if override else None,
    )


def _required(raw: Mapping[str, object], name: str, where: str = "") -> str:
    value = _optional(raw, name, where)
    if value is None:
        raise InputError("request.missing", f"{where + '.' if where else ''}{name}: is missing")
    return value


def _optional(raw: Mapping[str, object], name: str, where: str = "") -> str | None:
    value = raw.get(name)
    return None if value is None else _plain(value, f"{where + '.' if where else ''}{name}")


def _plain(value: object, where: str) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise InputError("request.form", f"{where}: must be a text")
    return value


def _day(raw: Mapping[str, object], name: str) -> date | None:
    text = _optional(raw, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("request.date", f"{name}: is not a date", hint="write it as YYYY-MM-DD") from None


def _until(raw: Mapping[str, object]) -> date | Literal["long-term"] | None:
    if raw.get("valid_until") in {LONG_TERM_INPUT, "长期"}:
        return cast('Literal["long-term"]', LONG_TERM_INPUT)
    return _day(raw, "valid_until")


def _photo(path: str | None, folder: Path) -> bytes | None:
    if path is None:
        return None
    try:
        file = folder / path
        if file.stat().st_size > MAX_PHOTO_BYTES:
            raise InputError("photo.invalid", "photo: is larger than 8 MiB")
        return file.read_bytes()
    except (OSError, ValueError):
        raise InputError(
            "photo.missing", "photo: the file cannot be read", hint="paths start at the batch file"
        ) from None
