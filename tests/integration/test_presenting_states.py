"""Any order of presenting, waiting, redeeming, suspending: codes do what a small model says, and so the trail."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from recorded import log_is_whole
from support import StillClock, example_request

from license_lib.authority import Authority
from license_lib.lifecycle import EventKind
from license_lib.repository.entries import Cause, Use
from license_lib.verification import Outcome

HOLDER = Use(actor="持证人", purpose="办理变更")
WINDOW = Use(actor="窗口")
CAUSE = Cause(actor="科长", reason="停业整顿")
AUDIENCES = st.sampled_from(["", "", "样例诊所", "样例银行"])
DAY = timedelta(days=1)


@dataclass
class Model:
    """What is to be expected of one code."""

    text: str
    audience: str
    end: datetime
    used_at: datetime | None = None
    refused: int = 0

    def says(self, audience: str, now: datetime) -> str | None:
        if self.used_at:
            return "presentation.used"
        if now >= self.end:
            return "presentation.expired"
        return "presentation.audience" if self.audience not in {"", audience} else None


@dataclass
class Office:
    """One licence for all runs: the clock only goes on."""

    authority: Authority
    clock: StillClock
    identifier: str
    suspended: bool = False
    trail: list[str] = field(default_factory=list)


class Phone(RuleBasedStateMachine):
    """Codes on phones, and who scans them."""

    office: ClassVar[Office]
    codes = Bundle("codes")

    @rule(target=codes, seconds=st.integers(30, 120), audience=AUDIENCES)
    def present(self, seconds: int, audience: str) -> Model:
        code = self.office.authority.present(
            self.office.identifier, replace(HOLDER, audience=audience), seconds=seconds
        )
        assert code.verdict.outcome is (Outcome.NOT_IN_FORCE if self.office.suspended else Outcome.IN_FORCE)
        self.office.trail.append("")
        return Model(code.text, audience, self.office.clock() + timedelta(seconds=seconds))

    @rule(seconds=st.sampled_from([1, 5, 29, 30, 60, 120, 86_400]))
    def wait(self, seconds: int) -> None:
        self.office.clock.advance(seconds=seconds)

    @rule()
    def suspend_or_reinstate(self) -> None:
        self.office.authority.record(
            self.office.identifier, EventKind.REINSTATE if self.office.suspended else EventKind.SUSPEND, CAUSE
        )
        self.office.clock.advance(microseconds=1)
        self.office.suspended = not self.office.suspended

    @rule(code=codes, audience=AUDIENCES)
    def redeem(self, code: Model, audience: str) -> None:
        expected, now = code.says(audience, self.office.clock()), self.office.clock()
        shown = self.office.authority.redeem(code.text, replace(WINDOW, audience=audience))
        found = [finding.code for finding in shown.verdict.findings]
        if found == ["presentation.unknown"]:
            assert now > code.end + DAY, "forgotten too early"
            return
        if expected is None:
            assert shown.accepted
            code.used_at = now
            outcome = Outcome.NOT_IN_FORCE if self.office.suspended else Outcome.IN_FORCE
            assert shown.verdict.outcome is outcome
            self.office.trail.append(outcome.value)
            return
        assert (shown.accepted, found, shown.public) == (False, [expected], ())
        code.refused += 1
        if code.refused <= 5:
            self.office.trail.append(expected)

    @rule(code=codes, last=st.integers(0, 9))
    def guess(self, code: Model, last: int) -> None:
        text = f"{code.text[:-2]}{last}{code.text[-1]}"
        if text != code.text:
            shown = self.office.authority.redeem(text, WINDOW)
            assert [finding.code for finding in shown.verdict.findings] == ["presentation.unknown"]

    @invariant()
    def the_trail_tells_all_of_it(self) -> None:
        assert [
            one.outcome for one in self.office.authority.repository.usage.of_license(self.office.identifier)
        ] == self.office.trail


def test_codes_do_what_a_model_says(authority: Authority, clock: StillClock) -> None:
    office = Office(authority, clock, authority.issue(example_request("business-license")).identifier)
    Phone.office = office
    few = settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Phone, settings=few)
    assert set(office.trail) > {"presentation.used", "presentation.expired", "presentation.audience", "IN_FORCE"}
    assert log_is_whole(authority.repository)
