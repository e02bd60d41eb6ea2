"""What the report says, before anybody draws it: made from the JSON report, so that both say the same.

Personal data is masked there, and nothing else is read here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from license_lib.calendar import CHINA
from license_lib.catalogue import PUBLIC_LABELS, Catalogue
from license_lib.findings import Severity
from license_lib.identifiers import LicenseIdentifier
from license_lib.issuers import Issuers
from license_lib.verification.verdict import DOCUMENT_PROOFS, PROOF_TEXTS, Outcome, Proof, StepResult
from license_lib.verification_reports import words
from license_lib.verification_reports.check import Check
from license_lib.verification_reports.printable import printable
from license_lib.verification_reports.words import Words

NOTHING = "—"
_MOST_HOLDERS = 5
_MOST_FINDINGS = 60
_NARROW = 12
"""Characters that stand beside another fact in one line."""
_PROVED = {Outcome.IN_FORCE, Outcome.NOT_IN_FORCE}


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; `narrow` ones may stand two in a row."""

    label: Words
    value: str
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and what it came to."""

    number: int
    name: Words
    result: StepResult

    @property
    def words(self) -> Words:
        """The result in words."""
        return words.RESULTS[self.result]


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as people read it."""

    code: str
    severity: Severity
    text: Words
    remedy: Words


@dataclass(frozen=True, slots=True)
class Content:
    """The report's texts, every one of them printable.

    Attributes:
        meaning: of the outcome, for somebody who has to act on it.
        facts: about the file and the licence. caution: what to bear in mind reading them; empty if nothing.
        evidence: moments, and how fresh the evidence was.
        steps: all eight, in their order.
        more: how many findings there are beside `findings`.
        checked: who checked, and why.
        program: what made the report.
    """

    outcome: Outcome
    meaning: Words
    facts: tuple[Fact, ...]
    caution: Words | None
    evidence: tuple[Fact, ...]
    steps: tuple[Step, ...]
    findings: tuple[Found, ...]
    more: int
    checked: tuple[Fact, ...]
    identifier: str
    sha256: str
    checked_on: date
    program: str
    office: str


def attached_report(report: Mapping[str, Any], check: Check) -> bytes:
    """The JSON report that travels inside the file; it has the schema of `license verify --schema`."""
    value = {"input": check.name, **report, "check": check.value}
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def named_report(report: Mapping[str, Any], catalogue: Catalogue, issuers: Issuers) -> dict[str, Any]:
    """A report with the names of type, issuing body and public facts, where a code alone has none."""
    facts = report["license"]
    if facts is None:
        return dict(report)
    kind = catalogue.find(str(LicenseIdentifier.parse(facts["identifier"]).type_code))
    body = issuers.find(facts["issuer"]["code"])
    issuer = {"name": body.issuer.name, **facts["issuer"]} if body else facts["issuer"]
    named = {"type": kind.name, **facts} if kind else dict(facts)
    if "public" in facts:
        labels = kind.public_labels if kind else PUBLIC_LABELS
        known = {code: labels[code] for code in facts["public"] if code in labels}
        named["labels"] = {code: {"zh": zh, "en": en} for code, (zh, en) in known.items()}
    return {**report, "license": {**named, "issuer": issuer}}


def content_of(report: Mapping[str, Any], check: Check, draws: Callable[[str], bool], *, office: str = "") -> Content:
    """Say a JSON report in words.

    Args:
        report: of `verdict_report`.
        check: what the verdict does not know.
        draws: whether there is a picture of a character.
        office: whose seal the report will bear; empty for none.
    """

    def clean(text: str) -> str:
        return printable(text, draws) or NOTHING

    outcome = Outcome(report["outcome"])
    license_facts = report["license"]
    caution = None if outcome in _PROVED else words.NOT_PROVED if license_facts else words.UNREAD
    found = [_found(one, clean) for one in report["findings"]]
    return Content(
        outcome=outcome,
        meaning=_meaning(outcome, report),
        facts=(
            Fact(words.FILE_NAME, clean(check.name)),
            Fact(words.SHA256, check.sha256),
            *(Fact(fact.label, clean(fact.value), fact.narrow) for fact in _license(license_facts or {})),
        ),
        caution=caution,
        evidence=tuple(_evidence(report, check)),
        steps=tuple(_steps(report)),
        findings=tuple(found[:_MOST_FINDINGS]),
        more=max(0, len(found) - _MOST_FINDINGS),
        checked=tuple(_checked(check, office, clean)),
        identifier=clean(license_facts["identifier"]) if license_facts and outcome in _PROVED else "",
        sha256=check.sha256,
        checked_on=check.checked_at.astimezone(CHINA).date(),
        program=f"{report['program']['name']} {report['program']['version']}",
        office=clean(office) if office else "",
    )


def _checked(check: Check, office: str, clean: Callable[[str], str]) -> Iterator[Fact]:
    """Who checked, and why; with a department, one line is saved for it."""
    beside = bool(check.department) and len(check.checker) <= _NARROW
    moment = Fact(words.CHECKED_AT, _moment(check.checked_at), narrow=beside)
    yield Fact(words.OFFICE, clean(office) if office else f"{words.NO_SEAL.zh} {words.NO_SEAL.en}")
    if check.department:
        yield Fact(words.DEPARTMENT, clean(check.department))
    yield Fact(words.CHECKER, clean(check.checker), narrow=beside)
    if beside:
        yield moment
    yield Fact(words.PURPOSE, clean(check.purpose))
    yield Fact(words.CASE, clean(check.case))
    if not beside:
        yield moment


def _meaning(outcome: Outcome, report: Mapping[str, Any]) -> Words:
    """What the outcome is about: a file, or a code alone."""
    of_file = any(one["step"] == Proof.SEAL.value for one in report["steps"])
    return words.MEANINGS[outcome] if of_file else words.MEANINGS_OF_CODES.get(outcome, words.MEANINGS[outcome])


def _license(facts: Mapping[str, Any]) -> Iterator[Fact]:
    """What was read of the licence; nothing for nothing."""
    if not facts:
        return
    issuer = facts["issuer"]
    yield Fact(words.IDENTIFIER, facts["identifier"])
    if facts.get("type"):
        yield Fact(words.TYPE, facts["type"], narrow=True)
    if facts.get("number"):
        yield Fact(words.NUMBER, facts["number"], narrow=True)
    yield Fact(words.ISSUER, f"{issuer.get('name', '')} {issuer['code']}".strip())
    holders = facts.get("holders") or ()
    if holders:
        shown = "；".join(f"{one['name']} {one['number']}" for one in holders[:_MOST_HOLDERS])
        yield Fact(words.HOLDER, shown + (f" 等，共{len(holders)}个" if len(holders) > _MOST_HOLDERS else ""))
    if facts.get("public"):
        labels = facts.get("labels") or {}
        said = (f"{labels.get(code, {}).get('zh', code)} {value}" for code, value in facts["public"].items())
        yield Fact(words.PUBLIC, "；".join(said))
    yield Fact(words.ISSUED_ON, facts["issued_on"], narrow=True)
    yield Fact(words.VALIDITY, f"{facts['valid_from']} 至 {facts['valid_until'] or '长期'}", narrow=True)


def _evidence(report: Mapping[str, Any], check: Check) -> Iterator[Fact]:
    fresh, seal = report["evidence"], report["seal"]

    def moment(text: str | None) -> str:
        return _moment(datetime.fromisoformat(text)) if text else NOTHING

    level = NOTHING
    if seal:
        stamps = seal["archive_time_stamps"]
        level = f"{seal['level'] or NOTHING}" + (f"，存档时间戳 {stamps} 个" if stamps else "")
    yield Fact(words.ASKED_ABOUT, moment(report["at"]), narrow=True)
    yield Fact(words.CHECKED_AT, _moment(check.checked_at), narrow=True)
    yield Fact(words.SEALED_AT, moment(fresh["sealed_at"]), narrow=True)
    yield Fact(words.LEVEL, level, narrow=True)
    yield Fact(words.REVOCATION, moment(fresh["revocation_as_of"]), narrow=True)
    yield Fact(words.STATUS, moment(fresh["status_as_of"]), narrow=True)
    if fresh["log"]:
        yield Fact(words.LOG, _place(fresh["log"]))


def _place(log: Mapping[str, Any]) -> str:
    """Where the issue stands in the log, and whether a published head says so."""
    entry = f"{log['origin']} 第{log['index'] + 1}条"
    return f"{entry}，已载入公布的日志（共{log['size']}条）" if log["published"] else f"{entry}，尚待公布"


def _steps(report: Mapping[str, Any]) -> Iterator[Step]:
    """All steps: one that this kind of input does not have was not carried out."""
    results = {one["step"]: StepResult(one["result"]) for one in report["steps"]}
    for number, proof in enumerate(DOCUMENT_PROOFS, 1):
        yield Step(number, Words(*PROOF_TEXTS[proof]), results.get(proof.value, StepResult.NOT_CARRIED_OUT))


def _found(finding: Mapping[str, Any], clean: Callable[[str], str]) -> Found:
    text, remedy = finding["text"], finding["remedy"]
    return Found(
        finding["code"],
        Severity(finding["severity"]),
        Words(clean(text["zh"]), clean(text["en"])),
        Words(remedy["zh"], remedy["en"]),
    )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
