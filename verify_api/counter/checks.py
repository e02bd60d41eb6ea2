"""From what was asked to what is shown. Each check is on the usage trail before its result leaves this module."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from license_lib.acceptance import Acceptance, Applicants, Checklist, MaterialsCheck, accept, check_materials
from license_lib.accounts import Action
from license_lib.counter import CounterDesk, Found, Typed, TypedKind, read_typed
from license_lib.findings import Finding
from license_lib.lifecycle import Words
from license_lib.paper import Paper, PaperCheck, PaperChecks
from license_lib.qr.pictures import looks_like_pdf
from license_lib.verification import OUTCOME_TEXTS, Outcome, Verdict
from license_lib.verification.report import finding_value, verdict_report
from license_lib.verification_reports import Check, named_report
from verify_api.access import Staff
from verify_api.bench import Bench, Judge
from verify_api.counter import views
from verify_api.counter.asking import Asked, Case
from verify_api.counter.sealing import opened, sealed
from verify_api.pages import face_rows
from verify_api.presentations import told_presentation
from verify_api.problems import Problem
from verify_api.schemas import FindingDocument, VerdictDocument
from verify_api.service import told

_CODE_NAME: Final = "二维码 QR code"
_RECORD_NAME: Final = "证照标识 identifier"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a question gave: results of checks, or what a number found; and what was wrong with a file as a whole.

    Args:
        mended: whether the text was taken otherwise than it was typed.
    """

    results: tuple[views.CheckResult, ...] = ()
    found: tuple[views.Listed, ...] | None = None
    more: bool = False
    checklist: Checklist | None = None
    notes: tuple[FindingDocument, ...] = ()
    mended: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """A verdict, with what is to be shown beside it."""

    verdict: Verdict
    document: VerdictDocument
    subject: Words
    name: str
    data: bytes = field(repr=False)
    print: PaperCheck | None = None
    minimal: bool = False


class Checks:
    """Answers one person's questions.

    Args:
        at: now.
    """

    def __init__(self, bench: Bench, who: Staff, at: datetime) -> None:
        self._bench, self._who, self._at = bench, who, at
        self._allowed: Callable[[str], bool] = partial(who.may, Action.LOOK)

    @property
    def _desk(self) -> CounterDesk:
        return self._bench.desk

    @property
    def _judge(self) -> Judge:
        return self._bench.judge(self._at)

    def typed(self, asked: Asked) -> Answered:
        """A text: a code, an identifier or a number.

        Raises:
            InputError, NumberError: as `read_typed`, and of the use.
        """
        self._desk.require(asked.case.use(self._who))
        text = read_typed(asked.text)
        match text.kind:
            case TypedKind.CODE:
                answer = self._code(asked.case, text)
            case TypedKind.PRESENTATION:
                answer = self._presented(asked.case, text)
            case TypedKind.IDENTIFIER:
                answer = self._identifier(asked.case, text.value)
            case TypedKind.NUMBER:
                answer = self._number(asked.case, text.value)
        return replace(answer, mended=text.mended)

    def file(self, asked: Asked) -> Answered:
        """A file: a sealed PDF is judged by its seal, all else is a print of one or of several licences."""
        self._desk.require(asked.case.use(self._who))
        judge = self._judge
        if looks_like_pdf(asked.data) and b"/ByteRange" in asked.data:
            verdict = judge.verify(asked.data, at=self._at, now=self._at)
            seen = _Seen(verdict, told(verdict, judge), views.FILE, asked.name, asked.data)
            return Answered((self._result(asked.case, seen),))
        printed: PaperChecks = self._bench.paper(asked.data, at=self._at)
        results = tuple(self._result(asked.case, self._printed(judge, one, asked)) for one in printed.checks)
        if not results:
            self._desk.checked(asked.case.use(self._who), Outcome.UNDETERMINED.value, None)
        notes = tuple(FindingDocument.model_validate(finding_value(one)) for one in printed.findings)
        return Answered(results, notes=notes)

    def materials(self, case: Case, identifier: str = "") -> Checklist:
        """What need not be asked for.

        Args:
            identifier: a licence whose holders apply; empty where the case has the numbers.

        Raises:
            Problem: `counter.item`. InputError: `applicant.missing`; of the use.
        """
        applicants = case.applicants
        if applicants is None and identifier:
            applicants = Applicants(self._desk.holders_of(identifier, allowed=self._allowed))
        if case.item is None:
            raise Problem("counter.item")
        check = MaterialsCheck(item=case.item, applicants=applicants or Applicants(()))
        use = case.use(self._who)
        return check_materials(self._bench.records, use, check, self._state, allowed=self._allowed)

    def seen(self, held: str, *, same: bool) -> Answered:
        """Somebody compared a print by eye: a check of its own, whose outcome they answer for.

        Raises:
            Problem: `counter.sealed`: nothing of theirs, or nothing that they could say so of.
        """
        told_before = opened(self._bench.key, self._who.login, held, self._at)
        if not told_before["open"]:
            raise Problem("counter.sealed")
        finding = (
            Finding("paper.seen-same") if same else Finding("paper.seen-different", {"fields": "—", "labels": "—"})
        )
        outcome = Outcome(told_before["code"]) if same else Outcome.NOT_GENUINE
        report = told_before["report"]
        rest = [one for one in report["findings"] if one["code"] != "paper.by-eye"]
        zh, en = OUTCOME_TEXTS[outcome]
        report |= {"outcome": outcome.value, "text": {"zh": zh, "en": en}, "findings": [finding_value(finding), *rest]}
        use = self._who.use(**told_before["use"])
        entry = self._desk.checked(use, outcome.value, told_before["identifier"])
        again = {**told_before, "report": report, "sequence": entry.sequence, "open": False}
        document = VerdictDocument.model_validate(report)
        kind = views.kind_of(outcome)
        result = views.CheckResult(
            check=entry.sequence,
            at=views.clock_time(self._at),
            kind=kind,
            subject=views.PAPER,
            headline=views.headline_of(kind, outcome),
            verdict=document,
            rows=face_rows(document.license) if document.license else (),
            held=sealed(self._bench.key, self._who.login, again, self._at),
        )
        return Answered((result,))

    def _code(self, case: Case, text: Typed) -> Answered:
        judge = self._judge
        verdict = judge.verify_code(text.value, at=self._at, now=self._at)
        seen = _Seen(verdict, told(verdict, judge), views.CODE, _CODE_NAME, text.value.encode())
        return Answered((self._result(case, seen),))

    def _identifier(self, case: Case, identifier: str) -> Answered:
        verdict = self._state(identifier)
        if verdict is None:
            return self._number(case, identifier)
        judge = self._judge
        document = told(verdict, judge, minimal=True)
        seen = _Seen(verdict, document, views.RECORD, _RECORD_NAME, identifier.encode(), minimal=True)
        return Answered((self._result(case, seen),))

    def _number(self, case: Case, number: str) -> Answered:
        check = MaterialsCheck(item=case.item, applicants=Applicants((number,))) if case.item else None
        use = case.use(self._who)
        found: Found = self._desk.search(use, number, allowed=self._allowed, check=check, judge=self._state)
        return Answered(found=tuple(map(views.listed_of, found.licenses)), more=found.more, checklist=found.checklist)

    def _presented(self, case: Case, text: Typed) -> Answered:
        use = replace(case.use(self._who), audience=self._who.department.name)
        shown = self._bench.redeem(text.value, use)
        document = told_presentation(shown, told(shown.verdict, self._judge, minimal=True)).verdict
        kind = views.kind_of(document.outcome)
        result = views.CheckResult(
            check=shown.consent.used if shown.consent else 0,
            at=views.clock_time(self._at),
            kind=kind,
            subject=views.PRESENTED,
            headline=views.headline_of(kind, document.outcome),
            verdict=document,
            rows=face_rows(document.license) if document.license else (),
            held="",
        )
        return Answered((result,))

    def _printed(self, judge: Judge, check: PaperCheck, asked: Asked) -> _Seen:
        document = told(check.verdict, judge)
        report = views.paper_report(document.model_dump(mode="json", exclude_unset=True), check)
        return _Seen(
            check.verdict, VerdictDocument.model_validate(report), views.PAPER, asked.name, asked.data, print=check
        )

    def _result(self, case: Case, seen: _Seen) -> views.CheckResult:
        """Put a check on record, then whatever else of its licence is shown."""
        use, outcome = case.use(self._who), seen.document.outcome
        named = seen.verdict.license or seen.verdict.code
        identifier = str(named.identifier) if named else None
        entry = self._desk.checked(use, outcome.value, identifier)
        kind = views.kind_of(outcome, seen.print)
        proved = outcome in views.PROVED or kind == "compare"
        shown = self._desk.shown(use, identifier, allowed=self._allowed) if proved and identifier else None
        return views.CheckResult(
            check=entry.sequence,
            at=views.clock_time(self._at),
            kind=kind,
            subject=seen.subject,
            headline=views.headline_of(kind, outcome),
            verdict=seen.document,
            rows=face_rows(seen.document.license) if seen.document.license else (),
            held=self._held(case, seen, entry.sequence, identifier),
            printed=views.printed_of(seen.print) if seen.print else None,
            history=views.history_of(shown.history) if shown else (),
            picture=views.picture_of(shown) if shown and not seen.print else "",
            serves=self._serves(case, seen.verdict),
        )

    def _serves(self, case: Case, verdict: Verdict) -> Acceptance | None:
        """Which material of the item it is; of applicants whom nobody named, it says whether the type serves."""
        if case.item is None or verdict.outcome is not Outcome.IN_FORCE:
            return None
        if case.applicants is not None:
            return accept(verdict, case.item, case.applicants, self._judge.catalogue)
        return accept(verdict, case.item, Applicants(("-",)), self._judge.catalogue).of_anybody()

    def _state(self, identifier: str) -> Verdict | None:
        return self._judge.status(identifier, at=self._at)

    def _held(self, case: Case, seen: _Seen, sequence: int, identifier: str | None) -> str:
        """The report on a check, sealed for whoever asked: nothing is kept here of what nobody saves."""
        judge = self._judge
        report = named_report(verdict_report(seen.verdict, minimal=seen.minimal), judge.catalogue, judge.issuers)
        if seen.print is not None:
            report = views.paper_report(report, seen.print)
        check = Check.of(
            seen.name,
            seen.data,
            checked_at=self._at,
            checker=self._who.name[:40],
            department=self._who.department.name[:60],
            purpose=case.purpose,
            case=case.number,
        )
        use = case.use(self._who)
        value: dict[str, Any] = {
            "sequence": sequence,
            "identifier": identifier,
            "report": report,
            "input": check.name,
            "check": check.value,
            "open": seen.print is not None and seen.print.paper is Paper.COMPARE,
            "code": seen.verdict.outcome.value,
            "use": {"purpose": use.purpose, "item": use.item, "case_number": use.case_number, "place": use.place},
        }
        return sealed(self._bench.key, self._who.login, value, self._at)
