"""A day at a counter, from the usage trail: the last checks, and what a shift comes to 班次报表."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from license_lib.repository.entries import Usage, UsageKind

PLACE = "counter"
"""Of entries that the counter page makes."""
_CHECKS = frozenset({UsageKind.VERIFY, UsageKind.REDEEM})


@dataclass(frozen=True, slots=True)
class ItemCount:
    """Checks for an item and purpose, by outcome."""

    item: str
    purpose: str
    outcomes: Counter[str]

    @property
    def total(self) -> int:
        """All of them."""
        return self.outcomes.total()


@dataclass(frozen=True, slots=True)
class Shift:
    """A person's day.

    Args:
        checks: entries of what was judged, in the order of record.
        looks: how many licences were looked up beside that.
    """

    checks: tuple[Usage, ...]
    looks: int

    @property
    def outcomes(self) -> Counter[str]:
        """How many checks of each outcome."""
        return Counter(one.outcome for one in self.checks)

    @property
    def by_item(self) -> tuple[ItemCount, ...]:
        """The same for each item and purpose, those with most checks first."""
        counts: dict[tuple[str, str], Counter[str]] = {}
        for one in self.checks:
            counts.setdefault((one.use.item, one.use.purpose), Counter())[one.outcome] += 1
        return tuple(
            sorted((ItemCount(*key, found) for key, found in counts.items()), key=lambda one: (-one.total, one.item))
        )


def shift_of(entries: Iterable[Usage]) -> Shift:
    """What somebody did at the counter, of all that they did."""
    theirs = [one for one in entries if one.use.place == PLACE]
    checks = tuple(one for one in theirs if one.kind in _CHECKS)
    return Shift(checks, sum(one.kind is UsageKind.LOOK for one in theirs))
