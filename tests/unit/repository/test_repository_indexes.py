"""No look-up reads a whole table, as the query planner of each database tells."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from databases import by_hand
from recorded import revocation
from sqlalchemy import Connection, Engine, event, inspect

from license_lib.repository.repository import Repository
from license_lib.repository.values import ArchiveEntry, NumberClaim, StoredLicense


def test_every_look_up_goes_by_an_index(
    repository: Repository, issue: Callable[..., StoredLicense], database_url: str, at: datetime
) -> None:
    for key in "ab":
        issue(key)
    (current, _) = repository.current_files()
    assert repository.archive(current, ArchiveEntry(repository.files.put(b"file a%%EOF+"), at, at))
    statements: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        _, _, statement, parameters, _, _ = arguments
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        issue("c")
        repository.by_identifier("id-a")
        repository.by_number("number-a")
        repository.by_number("number-a", "T")
        repository.by_holder_number("holder-a")
        repository.by_holder_number("holder-a", kinds=("001",))
        repository.page(2, after=1)
        repository.events("id-a")
        claim = NumberClaim(type_code="T", issuer_code="I", number="N")
        repository.reserve("id-d", request_key="d", request_digest=bytes(32), at=at, claim=claim)
        asked = [("a", bytes(32)), ("b", bytes(32))]
        assert set(repository.fulfilled(asked)) == set(asked)
        assert len(repository.newest_files([*repository.by_number("number-a"), *repository.by_number("number-b")])) == 2
        repository.record("id-a", revocation(at))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) > 12
    with by_hand(database_url) as connection:
        if connection.dialect.name == "postgresql":
            pretend_to_be_a_large_city(connection)
        for statement, parameters in statements:
            assert read_whole(connection, statement, parameters) <= {"log_head", "status_list"}, statement


def pretend_to_be_a_large_city(connection: Connection) -> None:
    """Tell PostgreSQL's planner of ten million rows a table: a table as small as these it had better read whole."""
    for table in inspect(connection).get_table_names():
        connection.exec_driver_sql(
            "SELECT pg_restore_relation_stats("
            f"'schemaname', 'public', 'relname', '{table}', 'relpages', 1, 'reltuples', 1e7::real)"
        )


def read_whole(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """The tables that a query would read from end to end."""
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return {step.split()[1] for (_, _, _, step) in plan if step.startswith("SCAN")} - {"CONSTANT"}
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return {found[1] for (step,) in plan if (found := re.search(r"Seq Scan on (\w+)", step))}
