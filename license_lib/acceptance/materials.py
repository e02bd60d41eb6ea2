"""Materials check 材料核对: which of an item's materials lie in the repository already and need not be asked for.

Pure over what was looked up: whoever calls brings the licences that the applicants' numbers found, and a judge of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from license_lib.acceptance.findings import AcceptanceFinding
from license_lib.acceptance.items import Material, ServiceItem, Whose
from license_lib.acceptance.judging import Applicants, absent_holders, ends_too_early, outside
from license_lib.findings import Effect, Finding
from license_lib.lifecycle import LicenseState
from license_lib.repository.values import StoredLicense
from license_lib.verification import Outcome, Verdict
from license_lib.verification.report import finding_value

_MOST_JUDGED: Final = 50
"""Licences for one material: a fleet's owner has thousands of one type."""
_MOST_TOLD: Final = 3
"""Of those that do not serve."""

Reason = Finding | AcceptanceFinding
Judge = Callable[[str], Verdict | None]
"""Identifier → the verdict on the licence's present state; None if it is not there."""


class Answer(StrEnum):
    """What the repository says of a material."""

    PRESENT = "present"
    """It is there and in force: do not ask for it."""
    NOT_IN_FORCE = "not-in-force"
    """There is one that does not serve, and the reasons say why not."""
    ABSENT = "absent"
    """There is none: ask for it."""
    UNKNOWN = "unknown"
    """Not all could be judged: ask, or look it up by its number."""


ANSWER_TEXTS: Final = {
    Answer.PRESENT: ("库中已有，不要再收", "In the repository: do not ask for it"),
    Answer.NOT_IN_FORCE: ("库中有，但不能用", "In the repository, but does not serve"),
    Answer.ABSENT: ("库中没有，请申请人提供", "Not in the repository: ask for it"),
    Answer.UNKNOWN: ("未能核对", "Not known"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A licence on record, and by which of the applicants' numbers it was found.

    Args:
        found_by: places of these numbers in `Applicants.numbers`.
    """

    license: StoredLicense
    found_by: frozenset[int]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A licence, and all that speaks against it as a material; nothing if it serves.

    Args:
        valid_until: last day, of the face or a decree; None is 长期.
    """

    license: StoredLicense
    valid_until: date | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A material, and what the repository says of it.

    Args:
        licenses: the one that serves, or the newest of those that do not.
    """

    material: Material
    answer: Answer
    licenses: tuple[Weighed, ...] = ()

    @property
    def asked_for(self) -> bool:
        """Whether the applicant still has to bring it."""
        return self.material.required and self.answer is not Answer.PRESENT


@dataclass(frozen=True, slots=True)
class Checklist:
    """All materials of an item, in the file's order."""

    item: ServiceItem
    materials: tuple[Checked, ...]

    @property
    def lacking(self) -> tuple[Checked, ...]:
        """What the applicants still have to bring."""
        return tuple(one for one in self.materials if one.asked_for)

    @property
    def told(self) -> tuple[StoredLicense, ...]:
        """The licences that it tells of, each once."""
        found = {one.license.identifier: one.license for checked in self.materials for one in checked.licenses}
        return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialsCheck:
    """The question: an item, who applies, and until when the licences are needed.

    Args:
        until: last day, in Beijing; None if they need not last.
    """

    item: ServiceItem
    applicants: Applicants = field(repr=False)
    until: date | None = None

    def answered(self, held: Sequence[Held], judge: Judge) -> Checklist:
        """Weigh what the repository holds; of each material's licences the newest that serves is enough."""
        newest = sorted(held, key=lambda one: one.license.position, reverse=True)
        return Checklist(self.item, tuple(self._checked(one, newest, judge) for one in self.item.materials))

    def _checked(self, material: Material, held: Sequence[Held], judge: Judge) -> Checked:
        accepted = {one.type: one.whose for one in material.accepts}
        candidates = [one for one in held if one.license.type_key in accepted]
        weighed = []
        for one in candidates[:_MOST_JUDGED]:
            found = self._weighed(one, accepted[one.license.type_key], judge)
            if not found.reasons:
                return Checked(material, Answer.PRESENT, (found,))
            weighed.append(found)
        if len(candidates) > _MOST_JUDGED:
            return Checked(material, Answer.UNKNOWN)
        current = [one for one in weighed if one.license.state is not LicenseState.SUPERSEDED] or weighed
        if any(any(_undecided(reason) for reason in one.reasons) for one in current):
            return Checked(material, Answer.UNKNOWN, tuple(current[:_MOST_TOLD]))
        return Checked(material, Answer.NOT_IN_FORCE if current else Answer.ABSENT, tuple(current[:_MOST_TOLD]))

    def _weighed(self, held: Held, whose: Whose, judge: Judge) -> Weighed:
        stored, verdict = held.license, judge(held.license.identifier)
        last = stored.valid_until
        if verdict is None:
            return Weighed(stored, last, (AcceptanceFinding("acceptance.in-force-unknown"),))
        if last is not None and verdict.recorded and verdict.recorded.valid_until:
            last = max(last, verdict.recorded.valid_until)
        if verdict.outcome is not Outcome.IN_FORCE:
            return Weighed(stored, last, verdict.decisive or (AcceptanceFinding("acceptance.in-force-unknown"),))
        reasons = (
            *self._holders(held, whose),
            ends_too_early(last, self.until),
            outside(self.item, stored.issuer_code),
        )
        return Weighed(stored, last, tuple(one for one in reasons if one is not None))

    def _holders(self, held: Held, whose: Whose) -> Iterator[AcceptanceFinding]:
        """Who applies is a holder by any number that they have or had: that is how the licence was found."""
        if whose is Whose.ANYBODY:
            return
        if len(held.found_by) < len(self.applicants.numbers):
            yield AcceptanceFinding("acceptance.holder")
        elif whose is Whose.ALL_HOLDERS and len(held.license.holders) > 1:
            absent = absent_holders(held.license.holders, self.applicants)
            if absent:
                yield AcceptanceFinding("acceptance.holders-missing", {"count": str(absent)})


def checklist_value(checklist: Checklist) -> dict[str, Any]:
    """A checklist as plain JSON values; no number of a holder."""
    return {
        "item": item_value(checklist.item),
        "complete": not checklist.lacking,
        "materials": [
            {
                "name": one.material.name,
                "english": one.material.english,
                "required": one.material.required,
                "answer": one.answer.value,
                "text": dict(zip(("zh", "en"), ANSWER_TEXTS[one.answer], strict=True)),
                "licenses": [_weighed_value(found) for found in one.licenses],
            }
            for one in checklist.materials
        ],
    }


def item_value(item: ServiceItem) -> dict[str, str]:
    """An item's names."""
    return {"code": item.code, "name": item.name, "english": item.english}


def _weighed_value(one: Weighed) -> dict[str, Any]:
    stored = one.license
    return {
        "identifier": stored.identifier,
        "type": stored.type_name,
        "issuer": stored.issuer_name,
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "reasons": [_reason_value(reason) for reason in one.reasons],
    }


def _reason_value(reason: Reason) -> dict[str, Any]:
    said = (
        finding_value(reason)
        if isinstance(reason, Finding)
        else {
            "code": reason.code,
            "text": {"zh": reason.text("zh"), "en": reason.text("en")},
            "remedy": {"zh": reason.remedy("zh"), "en": reason.remedy("en")},
        }
    )
    return {name: said[name] for name in ("code", "text", "remedy")}


def _undecided(reason: Reason) -> bool:
    if isinstance(reason, AcceptanceFinding):
        return not reason.decided
    return reason.effect in {Effect.GENUINE_UNKNOWN, Effect.IN_FORCE_UNKNOWN}
