"""No look-up reads a whole table, as SQLite's own query planner tells."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from license_lib.repository import Repository, StoredLicense


def test_every_look_up_goes_by_an_index(
    repository: Repository, issue: Callable[..., StoredLicense], database_path: Path, at: datetime
) -> None:
    for key in "abc":
        issue(key)
    statements: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        _, _, statement, parameters, _, _ = arguments
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        repository.by_identifier("id-a")
        repository.by_number("number-a")
        repository.by_number("number-a", "T")
        repository.by_holder_number("holder-a")
        repository.by_credit_code("holder-a")
        repository.page(2, after=1)
        repository.events("id-a")
        repository.reserve("id-d", request_key="d", request_digest=bytes(32), at=at)
        repository.require_number_free(type_code="T", issuer_code="I", number="N", at=at)
        repository.revoke("id-a", at=at, recorded_at=at, reason="错发", actor="科长")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) > 12
    with closing(sqlite3.connect(database_path)) as connection:
        for statement, parameters in statements:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            whole = [
                step
                for step in plan
                if step.startswith("SCAN") and step not in {"SCAN chain_head", "SCAN CONSTANT ROW"}
            ]
            assert whole == [], f"{statement}: {plan}"
