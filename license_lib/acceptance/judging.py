"""Does a licence serve for a service item? Asked only of one that is in force; every reason against it is collected."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from license_lib.acceptance.findings import AcceptanceFinding
from license_lib.acceptance.items import ServiceItem, Whose
from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.identifiers import CitizenId, NumberError
from license_lib.identifiers.basics import clean_upper
from license_lib.licenses import Holder, License
from license_lib.licenses.rules import CITIZEN_ID_KIND
from license_lib.qr import QrProof
from license_lib.verification import Outcome, Verdict

_MOST_APPLICANTS: Final = 100
_REGION: Final = slice(2, 8)  # of a credit code: the division of GB/T 2260


class Decision(StrEnum):
    """Whether a licence is accepted for an item."""

    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    UNDETERMINED = "UNDETERMINED"


DECISION_TEXTS = {
    Decision.ACCEPTED: ("可以受理", "Accepted"),
    Decision.REFUSED: ("不予受理", "Not accepted"),
    Decision.UNDETERMINED: ("无法判定", "Undetermined"),
}


@dataclass(frozen=True, slots=True)
class Applicants:
    """Who applies, by numbers as they were typed; kept out of `repr`.

    Raises:
        InputError: `applicant.missing`, `applicant.several` for more than a hundred, or `number.…`.
    """

    numbers: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse none, and too many."""
        if not self.numbers:
            raise InputError("applicant.missing", "no applicant is given", hint="one number a line")
        if len(self.numbers) > _MOST_APPLICANTS:
            raise InputError("applicant.several", f"more than {_MOST_APPLICANTS} applicants", hint="one number a line")
        for line, number in enumerate(self.numbers, 1):
            try:
                clean_upper(number)
            except NumberError as error:
                raise InputError(error.code, f"applicant {line}: {error.message}", hint=error.hint) from None

    @classmethod
    def read(cls, text: str) -> "Applicants":
        """One number a line; empty lines count for nothing."""
        return cls(tuple(line for line in text.splitlines() if line.strip()))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a department's rules say of a licence; the verdict beside it stays what it is.

    Args:
        item: the service item.
        findings: every reason against it; empty if it is accepted.
    """

    item: ServiceItem
    findings: tuple[AcceptanceFinding, ...]

    @property
    def decision(self) -> Decision:
        """A reason that is certain decides before what is not known."""
        if any(finding.decided for finding in self.findings):
            return Decision.REFUSED
        return Decision.UNDETERMINED if self.findings else Decision.ACCEPTED


def accept(
    verdict: Verdict, item: ServiceItem, applicants: Applicants, catalogue: Catalogue, *, until: date | None = None
) -> Acceptance:
    """Judge whether a licence serves for a service item.

    Args:
        verdict: on the licence; of one that is not IN_FORCE nothing further is asked, for nothing of it is proved.
        applicants: who applies; each must be a holder where the item says so.
        catalogue: the licence types.
        until: the last day on which the licence is needed, in Beijing; None if it need not last.
    """
    subject = verdict.license or verdict.code
    if verdict.outcome is Outcome.UNDETERMINED:
        findings: Iterable[AcceptanceFinding] = [AcceptanceFinding("acceptance.in-force-unknown")]
    elif verdict.outcome is not Outcome.IN_FORCE or subject is None:
        findings = [AcceptanceFinding("acceptance.not-in-force")]
    else:
        early = _ends_too_early(subject.valid_until, verdict, until)
        findings = _findings(subject, item, applicants, catalogue, early)
    return Acceptance(item, tuple(findings))


def acceptance_report(acceptance: Acceptance) -> dict[str, Any]:
    """An acceptance as plain JSON values."""
    zh, en = DECISION_TEXTS[acceptance.decision]
    return {
        "item": {"code": acceptance.item.code, "name": acceptance.item.name, "english": acceptance.item.english},
        "decision": acceptance.decision.value,
        "text": {"zh": zh, "en": en},
        "findings": [
            {
                "code": finding.code,
                "params": dict(finding.params),
                "text": {"zh": finding.text("zh"), "en": finding.text("en")},
                "remedy": {"zh": finding.remedy("zh"), "en": finding.remedy("en")},
            }
            for finding in acceptance.findings
        ],
    }


def _findings(
    subject: License | QrProof,
    item: ServiceItem,
    applicants: Applicants,
    catalogue: Catalogue,
    early: AcceptanceFinding | None,
) -> Iterator[AcceptanceFinding]:
    type_code = subject.type_code if isinstance(subject, License) else subject.identifier.type_code
    kind = catalogue.find(type_code)
    accepted = item.accepted(kind.key) if kind else None
    if accepted is None:
        wanted = "、".join(catalogue.get(one.type).name for one in item.accepts)
        name = kind.name if kind else type_code
        yield AcceptanceFinding("acceptance.type", {"item": item.name, "type": name, "wanted": wanted})
    elif accepted.whose is not Whose.ANYBODY:
        yield from _holder(subject, accepted.whose, applicants)
    if early is not None:
        yield early
    region = str(subject.identifier.issuer)[_REGION]
    if not item.covers(region):
        yield AcceptanceFinding("acceptance.region", {"region": region, "wanted": "、".join(item.regions)})


def _ends_too_early(on_face: date | None, verdict: Verdict, until: date | None) -> AcceptanceFinding | None:
    """The last day, of the face or of an extension by decree 延长有效期, is before the day on which it is needed."""
    if until is None or on_face is None:
        return None
    extended = [date.fromisoformat(one.params["date"]) for one in verdict.findings if one.code == "status.extended"]
    last = max([on_face, *extended])
    if last >= until:
        return None
    return AcceptanceFinding("acceptance.ends-too-early", {"valid_until": last.isoformat(), "until": until.isoformat()})


def _holder(subject: License | QrProof, whose: Whose, applicants: Applicants) -> Iterator[AcceptanceFinding]:
    if not isinstance(subject, License):
        yield AcceptanceFinding("acceptance.holder-unknown")
        return
    if not all(any(_is(holder, number) for holder in subject.holders) for number in applicants.numbers):
        yield AcceptanceFinding("acceptance.holder")
    elif whose is Whose.ALL_HOLDERS:
        absent = [one for one in subject.holders if not any(_is(one, number) for number in applicants.numbers)]
        if absent:
            yield AcceptanceFinding("acceptance.holders-missing", {"count": str(len(absent))})


def _is(holder: Holder, number: str) -> bool:
    """Whether a number, as typed, is a holder's: by their kind, for 15 digits may be a person's or a body's."""
    if holder.number_kind != CITIZEN_ID_KIND:
        return clean_upper(holder.number) == clean_upper(number)
    try:
        return CitizenId.parse(holder.number).number == CitizenId.parse(number).number
    except NumberError:
        return False
