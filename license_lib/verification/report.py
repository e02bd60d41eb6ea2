"""A verdict as plain JSON values: the same words for the command line, the service and the pages."""

from datetime import date, datetime
from typing import Any

from license_lib.findings import Finding
from license_lib.identifiers import ORGANISATION_KINDS, mask
from license_lib.licenses import License
from license_lib.masking import mask_name
from license_lib.qr import QrProof
from license_lib.resources import PROGRAM, program_version
from license_lib.verification.standing import Logged
from license_lib.verification.verdict import DOCUMENT_PROOFS, OUTCOME_TEXTS, Recorded, SealFacts, Verdict

REPORT_VERSION = 2
"""Version of the report's format: it changes when something that was there is gone, or means something else."""


def verdict_report(verdict: Verdict, *, minimal: bool = False) -> dict[str, Any]:
    """Everything that may be told about a verdict.

    Args:
        minimal: leave out what only somebody who holds the document may see; for look-ups by identifier.
    """
    zh, en = OUTCOME_TEXTS[verdict.outcome]
    used, told = verdict.evidence.trust_list, verdict.evidence.status_list
    report: dict[str, Any] = {
        "version": REPORT_VERSION,
        "program": {"name": PROGRAM, "version": program_version()},
        "outcome": verdict.outcome.value,
        "text": {"zh": zh, "en": en},
        "at": verdict.at.isoformat(),
        "findings": [finding_value(finding) for finding in verdict.findings],
        "steps": [
            {
                "number": DOCUMENT_PROOFS.index(proof) + 1,
                "step": proof.value,
                "proved": proof in verdict.proved,
                "result": verdict.result_of(proof).value,
            }
            for proof in verdict.required
        ],
        "license": _facts(verdict, minimal=minimal),
        "evidence": {
            "sealed_at": _iso(verdict.evidence.sealed_at),
            "revocation_as_of": _iso(verdict.evidence.revocation_as_of),
            "status_as_of": _iso(verdict.evidence.status_as_of),
            "trust_list": {
                "list_id": used.list_id,
                "sequence": used.sequence,
                "sha256": used.sha256,
                "issued_at": _iso(used.issued_at),
                "next_update": _iso(used.next_update),
            }
            if used
            else None,
            "status_list": {"uri": told.uri, "as_of": _iso(told.as_of), "expires": _iso(told.expires)}
            if told
            else None,
            "log": _log(verdict.evidence.log),
        },
        "seal": _seal(verdict.seal),
    }
    if verdict.recorded is not None:
        report["recorded"] = _recorded(verdict.recorded)
    return report


def finding_value(finding: Finding) -> dict[str, Any]:
    """A finding as plain JSON values."""
    return {
        "code": finding.code,
        "effect": finding.effect.value,
        "severity": finding.severity.value,
        "params": dict(finding.params),
        "text": {"zh": finding.text("zh"), "en": finding.text("en")},
        "remedy": {"zh": finding.remedy("zh"), "en": finding.remedy("en")},
    }


def _log(logged: Logged | None) -> dict[str, Any] | None:
    if logged is None:
        return None
    return {
        "origin": logged.origin,
        "index": logged.index,
        "size": logged.size,
        "published": logged.published,
        "source": "proof" if logged.by_proof else "repository",
    }


def _recorded(recorded: Recorded) -> dict[str, Any]:
    return {
        "file_sha256": recorded.file_sha256,
        "record_sha256": recorded.record_sha256,
        "state": recorded.state.value if recorded.state else None,
        "since": _iso(recorded.since),
        "valid_until": _iso(recorded.valid_until),
        "next": recorded.next_identifier,
    }


def _seal(facts: SealFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "level": facts.level.value if facts.level else None,
        "archive_time_stamps": facts.archive_time_stamps,
    }


def _facts(verdict: Verdict, *, minimal: bool) -> dict[str, Any] | None:
    if verdict.license is not None:
        return _license_facts(verdict.license, minimal=minimal)
    return _code_facts(verdict.code) if verdict.code is not None else None


def _license_facts(document: License, *, minimal: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "identifier": str(document.identifier),
        "type": document.type_name,
        "issuer": {"name": document.issuer.name, "code": document.issuer.code},
        "issued_on": _iso(document.issued_on),
        "valid_from": _iso(document.valid_from),
        "valid_until": _iso(document.valid_until),
    }
    if not minimal:
        personal = {holder.number for holder in document.holders if holder.number_kind not in ORGANISATION_KINDS}
        facts |= {
            "number": mask(document.number) if document.number in personal else document.number,
            "holders": [
                {
                    "name": holder.name if holder.number_kind in ORGANISATION_KINDS else mask_name(holder.name),
                    "number": mask(holder.number),
                    "number_kind": holder.number_kind,
                }
                for holder in document.holders
            ],
        }
    return facts


def _code_facts(proof: QrProof) -> dict[str, Any]:
    return {
        "identifier": str(proof.identifier),
        "issuer": {"code": str(proof.identifier.issuer)},
        "issued_on": _iso(proof.issued_on),
        "valid_from": _iso(proof.valid_from),
        "valid_until": _iso(proof.valid_until),
        "public": dict(proof.public),
    }


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
