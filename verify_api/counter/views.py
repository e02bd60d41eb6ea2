"""What a result shows, before any template: values that are escaped there, and pictures as texts for a canvas."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from license_lib.acceptance import Acceptance
from license_lib.calendar import CHINA
from license_lib.counter import Shown
from license_lib.history import History
from license_lib.identifiers import ORGANISATION_KINDS, mask
from license_lib.lifecycle import KIND_WORDS, Words, state_words
from license_lib.paper import Paper, PaperCheck, Result, check_value
from license_lib.paper.words import ANSWERS, RESULTS
from license_lib.verification import OUTCOME_TEXTS, Outcome
from license_lib.verification.report import finding_value
from verify_api.schemas import VerdictDocument

PROVED: Final = frozenset({Outcome.IN_FORCE, Outcome.NOT_IN_FORCE})
FILE: Final = Words("证照文件", "Licence file")
CODE: Final = Words("二维码（未看纸面）", "QR code (not the paper)")
PAPER: Final = Words("纸质证照", "Licence on paper")
RECORD: Final = Words("证照库记录（未看证照）", "Record (no licence was seen)")
PRESENTED: Final = Words("亮证码", "Presentation code")
_COMPARE: Final = Words("请比对纸面", "Compare the paper")
_PICTURE_DPI: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """An event of a licence's life."""

    day: str
    what: Words
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A field of a print: what was signed, and the picture of the place where the paper should say it."""

    label: Words
    signed: str
    result: Words
    wrong: bool
    picture: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Printed:
    """A print to be compared by eye.

    Args:
        answer: about the paper. open: whether somebody may say now that all is the same.
    """

    answer: Words
    open: bool
    fields: tuple[Compared, ...]
    overview: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check.

    Args:
        check: its entry on the usage trail. kind: of the look: `in-force`, `not-in-force`, `not-genuine`,
            `undetermined`, `compare`. subject: what was looked at. headline: the word that fills the screen.
        rows: what was read, as labels and values. serves: whether it is a material of the chosen item.
        held: to be handed back, for a report. picture: PNG of the first page, base64; empty if there is none.
    """

    check: int
    at: str
    kind: str
    subject: Words
    headline: Words
    verdict: VerdictDocument
    rows: Sequence[tuple[Any, Any]]
    held: str = field(repr=False)
    printed: Printed | None = None
    history: tuple[Line, ...] = ()
    state: Words | None = None
    picture: str = field(default="", repr=False)
    serves: Acceptance | None = None

    @property
    def proved(self) -> bool:
        """Whether what was read may be relied on."""
        return self.verdict.outcome in PROVED or self.kind == "compare"

    @property
    def against(self) -> list[Any]:
        """The findings behind the outcome, those first that decide it."""
        return [one for one in self.verdict.findings if one.effect.value != "note"]

    @property
    def notes(self) -> list[Any]:
        """The others."""
        return [one for one in self.verdict.findings if one.effect.value == "note"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A licence in a list that a number found; a person's number is masked."""

    identifier: str
    type_name: str
    number: str
    issuer: str
    valid_until: str
    state: Words
    good: bool


def kind_of(outcome: Outcome, printed: PaperCheck | None = None) -> str:
    """How a result looks."""
    if printed is not None and printed.paper is Paper.COMPARE and printed.verdict.outcome is Outcome.IN_FORCE:
        return "compare"
    return outcome.value.lower().replace("_", "-")


def headline_of(kind: str, outcome: Outcome) -> Words:
    """The word that fills the screen."""
    return _COMPARE if kind == "compare" else Words(*OUTCOME_TEXTS[outcome])


def paper_report(report: Mapping[str, Any], check: PaperCheck) -> dict[str, Any]:
    """The report on a print: that of its code, with the outcome and the findings of the paper."""
    zh, en = OUTCOME_TEXTS[check.outcome]
    of_paper = [finding_value(one) for one in check.findings]
    of_code = [one for one in report["findings"] if one["code"] != "paper.compare"]
    return {**report, "outcome": check.outcome.value, "text": {"zh": zh, "en": en}, "findings": [*of_paper, *of_code]}


def printed_of(check: PaperCheck) -> Printed:
    """A print as it is shown."""
    value = check_value(check, pictures=True)
    fields = tuple(
        Compared(
            Words(one["title"]["zh"], one["title"]["en"]),
            one["signed"],
            Words(*RESULTS[Result(one["result"])]),
            one["result"] in {Result.DIFFERENT, Result.MISSING},
            one.get("picture", ""),
        )
        for one in value["fields"]
    )
    return Printed(Words(*ANSWERS[check.paper]), check.paper is Paper.COMPARE, fields, value.get("overview", ""))


def history_of(history: History) -> tuple[Line, ...]:
    """A licence's life, the newest event first. Who recorded an event is not told, their department is."""
    return tuple(
        Line(
            f"{event.effective_at.astimezone(CHINA):%Y-%m-%d}",
            KIND_WORDS[event.kind],
            "，".join(filter(None, (event.cause.reason, event.cause.paper, event.cause.body))),
        )
        for event in reversed(history.events)
    )


def picture_of(shown: Shown) -> str:
    """The first page of a licence of ours."""
    from license_lib.rendering import page_png

    return base64.b64encode(page_png(shown.file, dpi=_PICTURE_DPI)).decode("ascii")


def listed_of(history: History) -> Listed:
    """A licence in a list."""
    stored, standing = history.license, history.standing
    personal = {one.number for one in stored.holders if one.number_kind not in ORGANISATION_KINDS}
    until = (standing.valid_until if standing else None) or stored.valid_until
    return Listed(
        stored.identifier,
        stored.type_name,
        mask(stored.number) if stored.number in personal else stored.number,
        stored.issuer_name,
        until.isoformat() if until else "",
        state_words(standing.state if standing else None),
        bool(standing) and standing.state.value == "issued" if standing else False,
    )


def clock_time(moment: datetime) -> str:
    """Beijing time, to the second."""
    return f"{moment.astimezone(CHINA):%H:%M:%S}"
