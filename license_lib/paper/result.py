"""What a paper check tells: the verdict on the code, which proves what it proves, and, apart from it, the paper."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from license_lib.errors import InputError
from license_lib.findings import Effect, Finding
from license_lib.paper.comparing import Answer, Result, Why
from license_lib.paper.signed import SignedField
from license_lib.qr.places import Point
from license_lib.verification import Outcome, Proof, Verdict
from license_lib.verification.report import finding_value, verdict_report
from license_lib.verification.verdict import CODE_PROOFS

Seen = Literal["same", "different"]
Region = tuple[Point, ...]
"""Corners, in pixels of the upright picture, clockwise from the field's upper left one."""


class Paper(StrEnum):
    """What is known about the paper."""

    DIFFERS = "differs"
    """It is not what was signed."""
    DOUBTFUL = "doubtful"
    """Something about it is not as it should be."""
    COMPARE = "compare"
    """Nothing speaks against it, and nobody has compared it by eye."""
    SEEN = "seen-same"
    """A person compared it, and says that it is the same."""
    NONE = "none"
    """There is nothing to compare with: the code is not proved."""


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field: what was signed, what the picture shows there, and what the machine found out.

    Args:
        region: where in the picture it should be; None if that is not known or not in the picture.
        crop: the picture of that place, JPEG; None as well.
    """

    signed: SignedField
    answer: Answer
    region: Region | None = None
    crop: bytes | None = None


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """One licence on paper.

    Args:
        verdict: on its code alone. page: of the file, from 1. fields: in the order in which one reads the face.
        findings: about the paper. type_name: empty if the type is not known.
        overview: the whole picture with the fields' numbers, JPEG.
        by_machine: whether the page has texts that one sees, which were compared.
    """

    verdict: Verdict
    page: int = 1
    fields: tuple[ComparedField, ...] = ()
    findings: tuple[Finding, ...] = ()
    type_name: str = ""
    issuer_name: str = ""
    overview: bytes | None = None
    by_machine: bool = False

    @property
    def code_proved(self) -> bool:
        """Whether what the code says was signed by somebody whom a trust anchor vouches for."""
        return Proof.CODE in self.verdict.proved

    @property
    def paper(self) -> Paper:
        """The answer about the paper."""
        if not self.code_proved:
            return Paper.NONE
        effects = {finding.effect for finding in self.findings}
        codes = {finding.code for finding in self.findings}
        if Effect.NOT_GENUINE in effects:
            return Paper.DIFFERS
        if codes & {"paper.missing", "paper.code-place"}:
            return Paper.DOUBTFUL
        return Paper.SEEN if "paper.seen-same" in codes else Paper.COMPARE

    @property
    def outcome(self) -> Outcome:
        """Of paper and code together; IN_FORCE only where a person said that the paper is the same."""
        if self.paper is Paper.DIFFERS:
            return Outcome.NOT_GENUINE
        if self.verdict.outcome is Outcome.IN_FORCE and self.paper is not Paper.SEEN:
            return Outcome.UNDETERMINED
        return self.verdict.outcome

    def seen(self, seen: Seen, codes: Sequence[str] = ()) -> "PaperCheck":
        """The check with what a person saw.

        Args:
            codes: of the fields that differ, by GB/T 36903 code or by key.

        Raises:
            InputError: `field.unknown`, there is no such field; `paper.nothing`, there is nothing to compare with.
        """
        if not self.code_proved:
            hint = "a code that is not proved says nothing that paper could agree with"
            raise InputError("paper.nothing", "there are no signed texts to compare the paper with", hint=hint)
        found = [one.signed for one in self.fields if {one.signed.code, one.signed.key} & set(codes)]
        known = {name for one in found for name in (one.code, one.key)}
        if set(codes) - known:
            listed = ", ".join(one.signed.code or one.signed.key for one in self.fields)
            raise InputError("field.unknown", "the licence shows no such field", hint=f"it has {listed}")
        said = Finding("paper.seen-same") if seen == "same" else Finding("paper.seen-different", named(found))
        rest = tuple(one for one in self.findings if one.code != "paper.by-eye")
        return replace(self, findings=(said, *rest))


def named(fields: Iterable[SignedField]) -> dict[str, str]:
    """The fields that a finding speaks of."""
    listed = list(fields)
    return {
        "fields": ", ".join(dict.fromkeys(one.code or one.key for one in listed)) or "—",
        "labels": "、".join(dict.fromkeys(one.zh for one in listed)) or "—",
    }


@dataclass(frozen=True, slots=True)
class PaperChecks:
    """All licences of one file.

    Args:
        findings: about the file: why there are none, or why there may be more.
    """

    checks: tuple[PaperCheck, ...] = ()
    findings: tuple[Finding, ...] = ()


def proofs(check: PaperCheck) -> tuple[tuple[Proof, bool], ...]:
    """Each step that a code needs, and whether it was proved."""
    return tuple((proof, proof in check.verdict.proved) for proof in CODE_PROOFS if proof in check.verdict.required)


def finding_of(answer: Answer) -> str:
    """The code of what a machine's answer amounts to; empty for nothing."""
    if answer.result is Result.DIFFERENT:
        return "paper.differs"
    if answer.result is Result.MISSING:
        return "paper.missing"
    return "paper.hidden-text" if answer.why is Why.HIDDEN else ""


def check_value(check: PaperCheck, *, pictures: bool = False) -> dict[str, Any]:
    """A check as plain JSON values.

    Args:
        pictures: with the pictures of the fields, JPEG in base64.
    """
    value: dict[str, Any] = {
        "outcome": check.outcome.value,
        "paper": check.paper.value,
        "page": check.page,
        "type": check.type_name or None,
        "issuer": check.issuer_name or None,
        "by_machine": check.by_machine,
        "fields": [_field_value(one, pictures=pictures) for one in check.fields],
        "findings": [finding_value(one) for one in check.findings],
        "proved": [proof.value for proof, is_so in proofs(check) if is_so],
        "not_proved": [proof.value for proof, is_so in proofs(check) if not is_so],
        "code": verdict_report(check.verdict),
    }
    return value | ({"overview": _base64(check.overview)} if pictures and check.overview else {})


def _field_value(one: ComparedField, *, pictures: bool) -> dict[str, Any]:
    signed, place = one.signed, one.signed.place
    value: dict[str, Any] = {
        "key": signed.key,
        "code": signed.code or None,
        "title": {"zh": signed.zh, "en": signed.en},
        "signed": signed.value,
        "source": signed.source,
        "masked": bool(signed.hidden),
        "place": {"page": signed.page, "mm": [place.x, place.y, place.w, place.h]} if place else None,
        "region": [[round(axis, 1) for axis in corner] for corner in one.region] if one.region else None,
        "result": one.answer.result.value,
        "why": one.answer.why.value or None,
        "found": one.answer.found if one.answer.result is Result.DIFFERENT else None,
    }
    return value | ({"picture": _base64(one.crop)} if pictures and one.crop else {})


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
