"""Does a licence serve for a service item? Asked only of one that is in force; every reason against it is collected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from license_lib.acceptance.findings import AcceptanceFinding
from license_lib.acceptance.items import Material, ServiceItem, Whose
from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.identifiers import CitizenId, NumberError
from license_lib.identifiers.basics import clean_upper
from license_lib.licenses import Holder, License
from license_lib.licenses.rules import CITIZEN_ID_KIND
from license_lib.qr import QrProof
from license_lib.repository.values import HolderEntry
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
        material: the one that the licence serves as, or would but for the findings; None if its type serves as none.
        findings: every reason against it; empty if it is accepted.
    """

    item: ServiceItem
    material: Material | None
    findings: tuple[AcceptanceFinding, ...]

    @property
    def decision(self) -> Decision:
        """A reason that is certain decides before what is not known."""
        if any(finding.decided for finding in self.findings):
            return Decision.REFUSED
        return Decision.UNDETERMINED if self.findings else Decision.ACCEPTED

    def of_anybody(self) -> "Acceptance":
        """The same while nobody has said who applies: nothing is said against holders."""
        return replace(
            self, findings=tuple(one for one in self.findings if not one.code.startswith("acceptance.holder"))
        )


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
        return Acceptance(item, None, (AcceptanceFinding("acceptance.in-force-unknown"),))
    if verdict.outcome is not Outcome.IN_FORCE or subject is None:
        return Acceptance(item, None, (AcceptanceFinding("acceptance.not-in-force"),))
    material, findings = _served(subject, item, applicants, catalogue)
    early = ends_too_early(_last_day(subject, verdict), until)
    further = (early, outside(item, str(subject.identifier.issuer)))
    return Acceptance(item, material, (*findings, *(one for one in further if one is not None)))


def acceptance_report(acceptance: Acceptance) -> dict[str, Any]:
    """An acceptance as plain JSON values."""
    zh, en = DECISION_TEXTS[acceptance.decision]
    return {
        "item": {"code": acceptance.item.code, "name": acceptance.item.name, "english": acceptance.item.english},
        "material": {"name": acceptance.material.name, "english": acceptance.material.english}
        if acceptance.material
        else None,
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


def _served(
    subject: License | QrProof, item: ServiceItem, applicants: Applicants, catalogue: Catalogue
) -> tuple[Material | None, tuple[AcceptanceFinding, ...]]:
    """The material that a licence serves as, and what its holders have against that; the first with nothing."""
    type_code = subject.type_code if isinstance(subject, License) else subject.identifier.type_code
    kind = catalogue.find(type_code)
    served = item.served_by(kind.key) if kind else ()
    if not served:
        wanted = [catalogue.get(one.type).name for material in item.materials for one in material.accepts]
        params = {"item": item.name, "type": kind.name if kind else type_code}
        return None, (
            AcceptanceFinding("acceptance.type", {**params, "wanted": "、".join(dict.fromkeys(wanted)) or "—"}),
        )
    holders = subject.holders if isinstance(subject, License) else None
    judged = [(material, tuple(against(holders, accepted.whose, applicants))) for material, accepted in served]
    return next((one for one in judged if not one[1]), judged[0])


def _last_day(subject: License | QrProof, verdict: Verdict) -> date | None:
    """Of the face, or of an extension by decree 延长有效期."""
    if subject.valid_until is None:
        return None
    extended = [date.fromisoformat(one.params["date"]) for one in verdict.findings if one.code == "status.extended"]
    return max([subject.valid_until, *extended])


def ends_too_early(last: date | None, until: date | None) -> AcceptanceFinding | None:
    """The last day is before the day on which the licence is needed."""
    if until is None or last is None or last >= until:
        return None
    return AcceptanceFinding("acceptance.ends-too-early", {"valid_until": last.isoformat(), "until": until.isoformat()})


def outside(item: ServiceItem, issuer_code: str) -> AcceptanceFinding | None:
    """The issuing body is of a division whose licences do not serve."""
    region = issuer_code[_REGION]
    if item.covers(region):
        return None
    return AcceptanceFinding("acceptance.region", {"region": region, "wanted": "、".join(item.regions)})


def against(holders: Sequence[Holder] | None, whose: Whose, applicants: Applicants) -> Iterator[AcceptanceFinding]:
    """What is wrong with the holders of a licence; None if nobody knows them."""
    if whose is Whose.ANYBODY:
        return
    if holders is None:
        yield AcceptanceFinding("acceptance.holder-unknown")
    elif not all(any(_is(holder, number) for holder in holders) for number in applicants.numbers):
        yield AcceptanceFinding("acceptance.holder")
    elif whose is Whose.ALL_HOLDERS:
        absent = absent_holders(holders, applicants)
        if absent:
            yield AcceptanceFinding("acceptance.holders-missing", {"count": str(absent)})


def absent_holders(holders: Sequence[Holder | HolderEntry], applicants: Applicants) -> int:
    """How many holders are not among the applicants."""
    return sum(not any(_is(one, number) for number in applicants.numbers) for one in holders)


def _is(holder: Holder | HolderEntry, number: str) -> bool:
    """Whether a number, as typed, is a holder's: by their kind, for 15 digits may be a person's or a body's."""
    if holder.number_kind != CITIZEN_ID_KIND:
        return clean_upper(holder.number) == clean_upper(number)
    try:
        return CitizenId.parse(holder.number).number == CitizenId.parse(number).number
    except NumberError:
        return False
