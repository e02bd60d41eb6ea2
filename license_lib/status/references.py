"""Where the state of a licence stands: the number of a list, and an index in it."""

import re
from dataclasses import dataclass
from typing import Final

LIST_SIZE: Final = 2**20
"""Entries of a list: so many licences hide each other, and the list stays small enough for a telephone."""
MAX_LIST_NUMBER: Final = 999_999
"""10**12 licences; a bound that keeps references short."""
_URI: Final = re.compile(r"https?://[!\"$->@-~]{1,100}(?<!/)/status/([1-9][0-9]{0,5})")


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

    def claim(self, base_url: str) -> "StatusClaim":
        """This place with the address of its list, as a licence's record has it; `base_url` as in `uri`."""
        return StatusClaim(self.uri(base_url), self.index)


LONGEST: Final = StatusRef(MAX_LIST_NUMBER, LIST_SIZE - 1)
"""The reference that takes the most room: with it a code is measured before a licence has its place."""


@dataclass(frozen=True, slots=True)
class StatusClaim:
    """What a licence says about where its state stands: the status claim of Token Status List §6.2.

    Args:
        uri: the list, as `StatusRef.uri` spells it. It names the list; where to fetch it, a verifier learns from the
            trust list and not from a document that it does not trust yet.
        index: which entry.

    Raises:
        ValueError: no address of a status list, or an index out of range.
    """

    uri: str
    index: int

    def __post_init__(self) -> None:
        """Check both."""
        match = _URI.fullmatch(self.uri)
        if match is None:
            raise ValueError("no address of a status list")
        StatusRef(int(match[1]), self.index)

    @property
    def ref(self) -> StatusRef:
        """The place by the list's number, as the QR has it."""
        return StatusRef(int(self.uri.rpartition("/")[2]), self.index)
