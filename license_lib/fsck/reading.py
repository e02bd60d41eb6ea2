"""Rows in pages, so that memory stays bounded; where a page cannot be read, its rows, so that the bad one is named."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, select

from license_lib.errors import MachineError
from license_lib.repository.database import Database

PAGE: Final = 1000
"""Rows that are read at once."""

T = TypeVar("T")


def keys_in_pages(database: Database, key: ColumnElement[int], *, until: int | None = None) -> Iterator[Sequence[int]]:
    """The values of an integer key in order, a page at a time; none beyond `until`."""
    after = 0
    while True:
        query = select(key).where(key > after).order_by(key).limit(PAGE)
        if until is not None:
            query = query.where(key <= until)
        page = database.read(lambda connection: connection.execute(query).scalars().all())  # noqa: B023 — called at once
        if not page:
            return
        yield page
        after = page[-1]


def readable(
    database: Database, numbers: Sequence[int], fetch: Callable[[Connection, int, int], Sequence[T]]
) -> tuple[list[T], list[int]]:
    """The rows of a page.

    Args:
        numbers: the keys of the page, in order.
        fetch: connection, first and last key → rows.

    Returns:
        What could be read, and the keys of what could not.
    """
    if not numbers:
        return [], []
    try:
        return list(database.read(lambda connection: fetch(connection, numbers[0], numbers[-1]))), []
    except MachineError as error:
        if error.code != "storage.corrupt":
            raise
    if len(numbers) == 1:
        return [], [numbers[0]]
    middle = len(numbers) // 2
    left, bad_left = readable(database, numbers[:middle], fetch)
    right, bad_right = readable(database, numbers[middle:], fetch)
    return [*left, *right], [*bad_left, *bad_right]
