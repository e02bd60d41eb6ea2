"""What the signing room says, in the words of this one."""

from license_lib.findings import CODES, Effect, Finding
from license_lib.verification.verdict import SealFacts
from signing.reports import ChangeKind, SealFinding, SealReport


def as_finding(found: SealFinding) -> Finding:
    """A finding of the signing room as one of ours; one that we have no row for keeps the question open."""
    if found.code not in CODES:
        return Finding("verification.incomplete", {"step": found.code})
    return Finding(found.code, dict(found.params))


def seal_facts(report: SealReport) -> SealFacts:
    """How long a seal can be judged."""
    stamped = {change.revision for change in report.changes if change.kind is ChangeKind.TIME_STAMP}
    return SealFacts(report.level, len(stamped))


def speaks_against(finding: Finding) -> bool:
    """Tell whether a finding is more than a note."""
    return finding.effect is not Effect.NOTE
