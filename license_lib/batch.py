"""Batch files: CSV or JSON lines → one request a row, each with its own line number and its own fault if it has one.

CSV: one row a licence; columns `type, issuer, number, holder_name, holder_number, holder_number_kind, issued_on,
valid_from, valid_until, photo, request_key` and the face fields, in English keys or Chinese labels. Several holders are
separated by `|`. JSON lines: one object a line, `holders` a list of `{name, number, number_kind}`, `fields` an object.
Photos are paths relative to the batch file.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from license_lib.catalogue.fields import REQUEST_COLUMNS
from license_lib.errors import InputError
from license_lib.licenses.request import LicenseRequest
from license_lib.request_files import object_from_json, read_request, request_from_mapping
from license_lib.text_files import LONGEST_LINE, TextLines

__all__ = ["Batch", "BatchRow", "read_batch", "read_request"]

MAX_BATCH_BYTES = 2 * 1024**3
_BY_HEADING = {heading: key for key, heading in REQUEST_COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row of a batch file: its line (from 1), and what it asks for or what is wrong with it."""

    line: int
    request: LicenseRequest | InputError


class Batch(Iterator[BatchRow]):
    """The rows of a file, each read when it is asked for.

    Attributes:
        lines: of the file.
    """

    def __init__(self, rows: Iterator[BatchRow], lines: int) -> None:
        self._rows = rows
        self.lines = lines

    def __iter__(self) -> Self:
        """Itself."""
        return self

    def __next__(self) -> BatchRow:
        """The next row.

        Raises:
            InputError: `file.unreadable`, the file was changed since it was looked through; `file.too-large`, a row of
                CSV does not end. No row follows.
        """
        return next(self._rows)


def read_batch(path: Path) -> Batch:
    """Read a `.csv` or `.jsonl` file row by row. A bad row is a row with an error; the others are read all the same.

    The file is looked through before its first row is read; neither it nor all photos are ever in memory as a whole.

    Raises:
        InputError: at once, and nothing of the file can be read: `file.unreadable`, `file.too-large`, `file.encoding`,
            `batch.format`, `batch.empty`.
    """
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".jsonl"}:
        raise InputError("batch.format", f"{path.name}: is neither .csv nor .jsonl", hint="see `license issue-batch`")
    lines = TextLines(path, MAX_BATCH_BYTES, end="" if suffix == ".csv" else "\n")  # JSON texts may hold U+2028
    if lines.is_blank:
        raise InputError("batch.empty", f"{path.name}: is empty")
    return Batch(_csv_rows(lines, path) if suffix == ".csv" else _json_rows(lines, path), lines.count)


def _json_rows(lines: TextLines, path: Path) -> Iterator[BatchRow]:
    for line, content in enumerate(lines, 1):
        if not content.strip():
            continue
        try:
            yield BatchRow(line, request_from_mapping(object_from_json(content.removesuffix("\n")), path.parent))
        except InputError as error:
            yield BatchRow(line, error)


class _LinesOfRows(Iterator[str]):
    """The lines of a table, no more for one row than a JSON request may have: a quote may take in all that follows.

    What follows such a row is not read: lines inside a cell would be taken for rows, and be issued.
    """

    def __init__(self, lines: TextLines, name: str) -> None:
        self._lines, self._name = lines, name
        self._number = 0
        self.begin_row()

    def begin_row(self) -> None:
        """The next line is the first one of a row."""
        self._first, self._left = self._number + 1, LONGEST_LINE

    def __next__(self) -> str:
        line = next(self._lines)
        self._number += 1
        self._left -= len(line)
        if self._left < 0:
            problem = f"{self._name}: the row that begins in line {self._first} has more than"
            hint = "look for a quote without its pair, then send it again; what was done stays done"
            raise InputError("file.too-large", f"{problem} {LONGEST_LINE:,} characters", hint=hint)
        return line


def _csv_rows(text: TextLines, path: Path) -> Iterator[BatchRow]:
    lines = _LinesOfRows(text, path.name)
    csv.field_size_limit(LONGEST_LINE)  # else the module gives up inside a cell, and reads on there as if it were a row
    reader = csv.reader(lines, strict=True)
    try:
        header = _header(next(reader, []))
    except csv.Error:
        raise InputError("batch.format", f"{path.name}: the first line is no CSV header") from None
    return _csv_body(reader, lines, header, path.parent)


def _header(cells: list[str]) -> list[str]:
    """The columns' keys. Names are not repeated in faults: the first line of a file without header is data."""
    header = [_BY_HEADING.get(name.strip(), name.strip()) for name in cells]
    if "type" not in header:
        raise InputError(
            "batch.format",
            "the first line has no column `type` (证照类型)",
            hint="start with a line of column names, separated by commas",
        )
    first: dict[str, int] = {}
    for position, name in enumerate(header, 1):
        if name and name in first:
            raise InputError("batch.format", f"columns {first[name]} and {position} have the same name")
        first[name] = position
    return header


def _csv_body(  # csv's reader has no public type
    reader: Any, lines: _LinesOfRows, header: list[str], folder: Path
) -> Iterator[BatchRow]:
    while True:
        line = reader.line_num + 1
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"lines {line} to {reader.line_num} are" if reader.line_num > line else "this line is"
            yield BatchRow(
                line,
                InputError("batch.csv", f"{problem} no CSV row: {error}", hint="look for a quote without its pair"),
            )
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
    if "" in row:
        raise InputError("batch.csv", f"cell {header.index('') + 1} has a value, but its column has no name")
    names, numbers = row.pop("holder_name", "").split("|"), row.pop("holder_number", "").split("|")
    kinds = row.pop("holder_number_kind", "")
    number_kinds = kinds.split("|") if kinds else [""] * len(numbers)
    if not len(names) == len(numbers) == len(number_kinds):
        raise InputError(
            "batch.csv",
            f"holder names: {len(names)}, numbers: {len(numbers)}, kinds of number: {len(number_kinds)}",
            hint="separate several holders by |, in every column alike",
        )
    raw: dict[str, object] = {name: cell for name, cell in row.items() if name in REQUEST_COLUMNS}
    raw["fields"] = {name: cell for name, cell in row.items() if name not in REQUEST_COLUMNS}
    raw["holders"] = [
        {"name": name.strip(), "number": number.strip(), "number_kind": kind.strip() or None}
        for name, number, kind in zip(names, numbers, number_kinds, strict=True)
    ]
    return request_from_mapping(raw, folder)
