"""Rows that only have to be many, written straight into the tables of a SQLite repository."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from license_lib.log.merkle import Frontier, leaf_hash
from license_lib.status import LIST_SIZE, scattered

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@contextmanager
def filling(database: Path) -> Iterator[sqlite3.Connection]:
    """The tables open for many rows at once: no triggers, no foreign keys, nothing synced before the end."""
    raw = sqlite3.connect(database, isolation_level=None)
    raw.execute("PRAGMA journal_mode=OFF")
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("PRAGMA cache_size=-1000000")
    raw.execute("BEGIN")
    yield raw
    raw.execute("COMMIT")
    raw.close()


def _insert(raw: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Insert many rows; indexes are made anew afterwards, which is much faster than keeping them up."""
    indexes = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)
    ).fetchall()
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    places = ", ".join("?" * len(columns.split(",")))
    raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608 — our own names
    for _, made in indexes:
        raw.execute(made)


def leaf_data(index: int) -> bytes:
    """An entry of the usual length; what it says does not matter here."""
    digest = f"{index:064x}"
    return (
        f'{{"effective":"2026-11-22T04:00:00.000000Z","event":"{digest}","file":"{digest}","kind":"issue","license":'
        f'"{digest}","recorded":"2026-11-22T04:00:00.000000Z","status":[1,{index % LIST_SIZE}],"type":"event"}}'
    ).encode()


def grow(raw: sqlite3.Connection, grown: Frontier, size: int) -> tuple[Frontier, int]:
    """Let a log grow to a size; returns its end, and how many entries came."""
    before, roots = grown.size, list[tuple[int, int, bytes]]()

    def leaves() -> Iterator[tuple[int, bytes, bytes]]:
        nonlocal grown
        for index in range(before, size):
            data = leaf_data(index)
            hashed = leaf_hash(data)
            grown, completed = grown.append(hashed)
            roots.extend(completed)
            yield index + 1, data, hashed

    raw.executemany("INSERT INTO leaf (sequence, data, hash) VALUES (?, ?, ?)", leaves())
    raw.executemany("INSERT INTO tile_hash (level, position, hash) VALUES (?, ?, ?)", roots)
    raw.execute("UPDATE log_head SET size = ?, frontier = ?", (grown.size, grown.packed()))
    return grown, size - before


def holder_number(number: int) -> str:
    """A holder number that does not come in the order of issue."""
    return f"9162{number * 7_919 % 10**8:08}{number:08}"


def license_rows(raw: sqlite3.Connection, start: int, end: int, *, ended: int = 0) -> None:
    """Licences as the library writes them, with a short record; every `ended`-th one is revoked."""
    moment, record, digest, key = AT.strftime("%Y-%m-%d %H:%M:%S.%f"), b"{}" * 200, bytes(32), bytes(32)

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(start, end):
            state = "revoked" if ended and number % ended == 0 else "issued"
            settled = moment if state == "revoked" else None
            place = scattered(number % LIST_SIZE, key)
            yield (
                number + 1, f"id-{number}", "11100000MB0143028R001", "food-business-permit", 1, "食品经营许可证",
                f"JY{number:014}", "11620400013870020M", "白银市市场监督管理局", "2026-11-22", "2026-11-22",
                "2031-11-21", record, digest, digest, b"key", state, moment, 1 + number // LIST_SIZE, place, None,
                settled,
            )  # fmt: skip

    columns = (
        "position, identifier, type_code, type_key, type_version, type_name, number, issuer_code, issuer_name, "
        "issued_on, valid_from, valid_until, record, record_digest, file_digest, key_id, state, recorded_at, "
        "status_list, status_index, previous, settled_at"
    )
    _insert(raw, "license", columns, rows())
    _insert(
        raw,
        "holder",
        "position, ordinal, name, number, number_kind, subject",
        ((n + 1, 0, "白银某某餐饮有限公司", holder_number(n), "001", (n + 1) * 65536) for n in range(start, end)),
    )
    # In the order of the numbers: it is a table whose rows are kept by them, and so they come at one end.
    raw.execute(
        "INSERT INTO subject_number (number, number_kind, subject) "
        "SELECT number, number_kind, subject FROM holder WHERE position > ? ORDER BY number",
        (start,),
    )
