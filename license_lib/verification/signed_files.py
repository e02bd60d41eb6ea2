"""The signatures of any PDF, licence or not: whom they are of, and whether the file is what they signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from license_lib.errors import InputError
from license_lib.findings import CODES, Finding
from license_lib.verification.confinement import Confined
from license_lib.verification.workers import Limits
from signing.reports import CHANGE_TEXTS, Change, FileOutcome, FileReport, SealFinding, SealReport
from signing.trust import TrustStore

OUTCOME_TEXTS = {
    FileOutcome.INTACT: ("签名完好", "Intact"),
    FileOutcome.ALTERED: ("签名后被改动", "Altered after signing"),
    FileOutcome.UNSIGNED: ("没有签名", "Nobody signed it"),
    FileOutcome.MALFORMED: ("文件损坏或有歧义", "Damaged, or with more than one meaning"),
    FileOutcome.INDETERMINATE: ("无法判定", "Undetermined"),
}


@dataclass(frozen=True, slots=True)
class SignatureJudge:
    """Judges the signatures of files.

    Args:
        trust: whom to trust; None: nobody is asked about, only whether the file is what was signed.
    """

    trust: TrustStore | None

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> FileReport:
        """Judge a file's signatures as of `now`, or of `at`."""
        from signing.validation import examine

        return examine(data, trust=self.trust, at=now or at)


def confined_judge(
    trust: TrustStore | None, *, workers: int, method: Literal["spawn", "fork"], limits: Limits | None = None
) -> Confined[FileReport]:
    """A judge for files of strangers, in worker processes, within limits of time and memory."""
    return Confined(partial(_opened, trust), _overrun, limits=limits, workers=workers, method=method)


def load_anchors(path: Path) -> TrustStore:
    """Trust the certificates of a PEM file, and nobody else.

    Raises:
        InputError: `trust.certificate`.
    """
    from signing.errors import KeyLoadError
    from signing.key_files import load_certificates

    try:
        return TrustStore(load_certificates(path))
    except KeyLoadError as error:
        raise InputError("trust.certificate", error.message, hint="give a PEM file with certificates") from None


def file_report(report: FileReport) -> dict[str, Any]:
    """A report as plain JSON values."""
    return {
        "outcome": report.outcome.value,
        "signatures": [_signature(one) for one in report.signatures],
        "findings": [_finding(one) for one in report.findings],
    }


def file_lines(report: FileReport, language: str) -> list[str]:
    """A report as people read it, line by line."""
    which = 0 if language == "zh" else 1
    lines = [f"{report.outcome} {OUTCOME_TEXTS[report.outcome][which]}"]
    lines += [f"  {one.code}: {_text(one, language)}" for one in report.findings]
    for one in report.signatures:
        who = one.signer.common_name if one.signer else "—"
        when = one.sealed_at or one.claimed_at
        proven = (
            ("时间戳证明" if one.sealed_at else "自称") if which == 0 else ("proven" if one.sealed_at else "claimed")
        )
        kind = ("文档时间戳", "time-stamp") if one.is_time_stamp else ("签名", "signature")
        moment = f"{when.isoformat()} ({proven})" if when else "—"
        lines.append(
            f"  {kind[which]} {one.name}  {who}  {moment}  {one.indication} {one.sub_indication or ''}".rstrip()
        )
        lines += [f"    {found.code}: {_text(found, language)}" for found in one.findings]
        for text in dict.fromkeys(CHANGE_TEXTS[change.kind][which] for change in one.changes):
            lines.append(f"    {'其后' if which == 0 else 'since'}: {text}")
    return lines


def _signature(report: SealReport) -> dict[str, Any]:
    signer = report.signer
    return {
        "name": report.name,
        "kind": "document-time-stamp" if report.is_time_stamp else "signature",
        "indication": report.indication.value,
        "sub_indication": report.sub_indication.value if report.sub_indication else None,
        "level": report.level.value if report.level else None,
        "covered": len(report.covered),
        "signer": {
            "common_name": signer.common_name,
            "organization": signer.organization,
            "organization_id": signer.organization_id,
            "sha256": signer.sha256,
            "not_before": signer.not_before.isoformat(),
            "not_after": signer.not_after.isoformat(),
        }
        if signer
        else None,
        "proven_at": report.sealed_at.isoformat() if report.sealed_at else None,
        "claimed_at": report.claimed_at.isoformat() if report.claimed_at else None,
        "changes": [_change(one) for one in report.changes],
        "findings": [_finding(one) for one in report.findings],
    }


def _change(change: Change) -> dict[str, Any]:
    zh, en = CHANGE_TEXTS[change.kind]
    return {
        "kind": change.kind.value,
        "permitted": change.permitted,
        "revision": change.revision,
        "where": change.where,
        "text": {"zh": zh, "en": en},
    }


def _finding(found: SealFinding) -> dict[str, Any]:
    return {
        "code": found.code,
        "params": dict(found.params),
        "text": {"zh": _text(found, "zh"), "en": _text(found, "en")},
    }


def _text(found: SealFinding, language: str) -> str:
    return Finding(found.code, found.params).text(language) if found.code in CODES else found.code


@contextmanager
def _opened(trust: TrustStore | None) -> Iterator[SignatureJudge]:
    yield SignatureJudge(trust)


def _overrun(_at: datetime) -> FileReport:
    return FileReport((SealFinding("verification.overrun"),), (), 0)
