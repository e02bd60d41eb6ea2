"""Where the state of a licence stands: the number of a list, and an index in it."""

from dataclasses import dataclass
from typing import Final

LIST_SIZE: Final = 2**20
"""Entries of a list: so many licences hide each other, and the list stays small enough for a telephone."""
MAX_LIST_NUMBER: Final = 999_999
"""10**12 licences; a bound that keeps references short."""


@dataclass(frozen=True, slots=True)
class StatusRef:
    """A place in a status list.

    Args:
        list_number: which list, from 1.
        index: which of its entries, from 0.

    Raises:
        ValueError: a number out of range.
    """

    list_number: int
    index: int

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 1 <= self.list_number <= MAX_LIST_NUMBER or not 0 <= self.index < LIST_SIZE:
            raise ValueError("no place in a status list")

    def uri(self, base_url: str) -> str:
        """Where the list is published.

        Args:
            base_url: the public address of the authority, e.g. `https://license.example`.
        """
        return f"{base_url.rstrip('/')}/status/{self.list_number}"
