"""Every finding that verification may report: a stable code, what it answers, and words that somebody can act on.

Two questions decide about a licence: *is it genuine*, and *is it in force*. A finding answers one of them with no or
with unknown, or it is a note. Nothing else decides: `license_lib.verification.verdict` derives the outcome from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from license_lib.findings import agreement, files, issuers, logs, papers, presentations, seals, states
from license_lib.findings.texts import Effect, FindingText

__all__ = ["CODES", "Effect", "Finding", "FindingText", "Severity"]


class Severity(StrEnum):
    """How grave a finding is, for those who sort and colour."""

    ERROR = "error"
    """It says no."""
    WARNING = "warning"
    """It leaves the question open."""
    NOTE = "note"


_SEVERITY: Mapping[Effect, Severity] = MappingProxyType(
    {
        Effect.NOT_GENUINE: Severity.ERROR,
        Effect.GENUINE_UNKNOWN: Severity.WARNING,
        Effect.NOT_IN_FORCE: Severity.ERROR,
        Effect.IN_FORCE_UNKNOWN: Severity.WARNING,
        Effect.NOTE: Severity.NOTE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: its code and the values its text speaks of (field keys, dates; never an ID number)."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a code that the table does not know."""
        if self.code not in CODES:
            raise ValueError(f"finding code {self.code!r} is not in license_lib.findings.CODES")

    @property
    def effect(self) -> Effect:
        """What it does to the outcome."""
        return CODES[self.code].effect

    @property
    def severity(self) -> Severity:
        """How grave it is: what its effect says, in one of three words; a note may be told as a warning."""
        return Severity.WARNING if CODES[self.code].loud else _SEVERITY[self.effect]

    def text(self, language: str = "zh") -> str:
        """What was found, in Chinese (`zh`) or English (`en`)."""
        entry = CODES[self.code]
        return (entry.zh if language == "zh" else entry.en).format_map(_Known(self.params))

    def remedy(self, language: str = "zh") -> str:
        """What to do about it; empty for a note that asks for nothing."""
        entry = CODES[self.code]
        return entry.remedy_zh if language == "zh" else entry.remedy_en


class _Known(dict[str, str]):
    """A text never fails for want of a value."""

    def __missing__(self, key: str) -> str:
        return "—"


CODES: Mapping[str, FindingText] = MappingProxyType(
    {
        **files.ROWS,
        **seals.ROWS,
        **issuers.ROWS,
        **agreement.ROWS,
        **papers.ROWS,
        **logs.ROWS,
        **states.ROWS,
        **presentations.ROWS,
    }
)
"""Code → row. Codes are stable: tests, vectors, API and docs use them."""
