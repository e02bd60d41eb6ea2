"""What a licence type asks of the life cycle of its licences beyond the general table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from license_lib.lifecycle.codes import INFORMATION, CodeMap
from license_lib.lifecycle.kinds import EventKind
from license_lib.lifecycle.words import Words

ALWAYS: Final = frozenset({EventKind.ISSUE, EventKind.REVOKE, EventKind.CORRECT})
"""What every type has: it is issued, what was unlawful is revoked, and what was recorded wrongly is corrected."""


class Overdue(StrEnum):
    """What it means that an inspection 年检 is overdue."""

    NOTED = "noted"
    """It is told; whoever relies on the licence decides. The body may suspend or withdraw."""
    NOT_IN_FORCE = "not-in-force"
    """Until it is inspected the licence is not in force, as one that has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRules:
    """The rules of one licence type. They judge events when these are recorded; no later change rewrites a state.

    Args:
        never: kinds that make no sense for the type, and why not.
        inspection_months: from one inspection 年检 to the next; None if the type has none, or no fixed period.
        overdue: what it means that one is overdue.
        late: kinds of new versions that may be made after the last day (行政许可法 art. 50 says before).
        codes: state codes of the sector, out and in.
    """

    never: Mapping[EventKind, Words] = field(default_factory=lambda: MappingProxyType({}))
    inspection_months: int | None = None
    overdue: Overdue = Overdue.NOTED
    late: frozenset[EventKind] = frozenset()
    codes: CodeMap = INFORMATION


DEFAULT_RULES: Final = TypeRules()
"""For types without `lifecycle.toml`: every kind, no fixed inspections, the common codes."""
