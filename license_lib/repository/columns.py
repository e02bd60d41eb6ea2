"""What a query has to know of a table: its name, its columns and their types.

`models.py` says all the rest, as SQLModel classes: keys, indexes, references, checks. They load the session machinery
of SQLAlchemy, and that takes as long as a short command, which makes no tables.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, TableClause, TypeDecorator, column, table


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always UTC. SQLite knows no time zones, so it stores what is UTC by agreement."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """To an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def columns_of(name: str, /, **types: Any) -> TableClause:
    """A table as a query names it.

    Args:
        types: SQLAlchemy's type of each column, by its name and in its order.
    """
    return table(name, *(column(key, kind) for key, kind in types.items()))
