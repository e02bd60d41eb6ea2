"""Verification reports 核验报告 that somebody saved into a case 案卷: each belongs to the check that it tells of.

A copy for the case's file. That the check was made, by whom and with what outcome, stands on the usage trail.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from license_lib.repository.database import Database
from license_lib.repository.entries import Usage, require_zone
from license_lib.repository.tables import CASE_REPORT, USAGE
from license_lib.repository.usage_search import usage_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """A saved report.

    Args:
        check: the entry of the trail that it tells of.
        saved_at: when, UTC.
        value: the report, opaque here; it may hold what a licence says.
    """

    check: Usage
    saved_at: datetime
    value: bytes = field(repr=False)


class CaseReports:
    """The saved reports of a repository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, sequence: int, value: bytes, *, at: datetime) -> bool:
        """Save the report of a check; False if it was saved before, which stays as it is.

        Args:
            sequence: of the check's entry in the trail. value: the report. at: now.
        """
        require_zone(at, "at")

        def work(connection: Connection) -> bool:
            if connection.execute(_one(sequence)).first():
                return False
            of = connection.execute(select(USAGE.c.body, USAGE.c.case_number).where(USAGE.c.sequence == sequence)).one()
            row = {"sequence": sequence, "body": of.body, "case_number": of.case_number, "saved_at": at, "value": value}
            connection.execute(insert(CASE_REPORT), row)
            return True

        return self._database.write(work)

    def of_case(self, body: str, case_number: str) -> tuple[CaseReport, ...]:
        """The reports of a department's case, in the order of their checks."""
        theirs = (CASE_REPORT.c.body == body) & (CASE_REPORT.c.case_number == case_number)
        query = _query().where(theirs).order_by(CASE_REPORT.c.sequence)
        return self._database.read(_reports(query))

    def get(self, sequence: int) -> CaseReport | None:
        """The report of a check; None if none was saved."""
        found = self._database.read(_reports(_one(sequence)))
        return found[0] if found else None


def _query() -> Any:
    return select(USAGE, CASE_REPORT.c.saved_at, CASE_REPORT.c.value).join(
        CASE_REPORT, CASE_REPORT.c.sequence == USAGE.c.sequence
    )


def _one(sequence: int) -> Any:
    return _query().where(CASE_REPORT.c.sequence == sequence)


def _reports(query: Any) -> Callable[[Connection], tuple[CaseReport, ...]]:
    def work(connection: Connection) -> tuple[CaseReport, ...]:
        return tuple(_report(row) for row in connection.execute(query))

    return work


def _report(row: Row[Any]) -> CaseReport:
    return CaseReport(check=usage_of(row), saved_at=row.saved_at, value=row.value)
