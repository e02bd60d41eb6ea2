"""`--at`: was it in force on 2025-03-01? The first and the last moment of days in Beijing, revocations, the future.

A licence's seal is judged by what is known now, its state and its days by the moment asked for.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from support import ISSUERS, NOON, PASSPHRASE, StillClock, example_request, license_command

from license_lib.authority import Authority
from license_lib.calendar import CHINA, start_of
from license_lib.issuing import Issued
from license_lib.lifecycle import EventKind, LicenseState, Overdue, TypeRules
from license_lib.qr import scan_file
from license_lib.repository.entries import Cause
from license_lib.repository_states import RepositoryStates
from license_lib.resources import resource_folder
from license_lib.verification import Asked, Outcome, Verdict
from signing.devkit import publish_crls

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
FIRST, LAST = date(2026, 3, 2), date(2031, 3, 1)
CAUSE = Cause(actor="样例·经办人", reason="骗取")
YES, NO, UNKNOWN = Outcome.IN_FORCE, Outcome.NOT_IN_FORCE, Outcome.UNDETERMINED


@pytest.fixture
def permit(authority: Authority) -> Issued:
    """食品经营许可证, five years."""
    issued = authority.issue(example_request("food-business-permit"))
    assert (issued.license.valid_from, issued.license.valid_until) == (FIRST, LAST)
    return issued


@pytest.fixture
def ten_years_on(authority: Authority, permit: Issued, clock: StillClock) -> Iterator[Authority]:
    """The same authority when all is long over."""
    assert permit
    clock.advance(days=8 * 365)
    publish_crls(authority.settings.keys_folder, passphrase=PASSPHRASE, at=clock())
    with Authority(authority.settings, clock=clock) as later:
        yield later


def decisive(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.decisive]


@pytest.mark.parametrize(
    ("at", "outcome", "codes"),
    [
        (datetime(2025, 3, 1, tzinfo=CHINA), NO, ["validity.not-yet"]),
        (start_of(FIRST) - SECOND, NO, ["validity.not-yet"]),
        (start_of(FIRST), YES, []),
        (datetime(2026, 3, 1, 16, 0, tzinfo=UTC), YES, []),
        (datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC), NO, ["validity.not-yet"]),
        (start_of(LAST), YES, []),
        (start_of(LAST) + DAY - timedelta(microseconds=1), YES, []),
        (start_of(LAST) + DAY, NO, ["validity.expired"]),
        (datetime(2031, 3, 1, 16, 0, tzinfo=UTC), NO, ["validity.expired"]),
    ],
)
def test_first_and_last_day_are_whole_days_in_beijing(
    ten_years_on: Authority, permit: Issued, at: datetime, outcome: Outcome, codes: list[str]
) -> None:
    """The file and the identifier say the same, eight years later."""
    verdict = ten_years_on.verify(permit.pdf, at=at)
    assert (verdict.outcome, decisive(verdict)) == (outcome, codes), verdict.findings
    looked_up = ten_years_on.status(permit.identifier, at=at)
    assert looked_up is not None
    assert (looked_up.outcome, decisive(looked_up)) == (outcome, codes)


def test_the_seals_certificate_does_not_make_the_past_doubtful_but_paper_does(
    ten_years_on: Authority, permit: Issued
) -> None:
    """The file has a time-stamp; of a code nobody knows when it was signed, so long after its certificate ended."""
    file = ten_years_on.verify(permit.pdf, at=start_of(LAST))
    paper = ten_years_on.verifier.verify_code(scan_file(permit.pdf)[0], at=start_of(LAST), now=NOON + 8 * 365 * DAY)
    assert file.outcome is YES
    assert (paper.outcome, decisive(paper)) == (UNKNOWN, ["seal.certificate-expired"])


@pytest.mark.parametrize(
    ("asked", "outcome", "codes"),
    [
        (-SECOND, YES, []),
        (timedelta(0), NO, ["status.revoked"]),
        (SECOND, NO, ["status.revoked"]),
        (2 * DAY, NO, ["status.revoked"]),
        (300 * DAY, NO, ["status.revoked"]),
    ],
)
def test_a_revocation_counts_from_when_it_takes_effect_not_from_when_it_was_recorded(
    authority: Authority, permit: Issued, clock: StillClock, asked: timedelta, outcome: Outcome, codes: list[str]
) -> None:
    """Revoked on the tenth day, with effect from the second: nobody could rely on it from the second on."""
    effective = NOON + 2 * DAY
    clock.advance(days=10)
    authority.record(permit.identifier, EventKind.REVOKE, CAUSE, effective_at=effective)
    verdict = authority.verify(permit.pdf, at=effective + asked)
    assert (verdict.outcome, decisive(verdict)) == (outcome, codes)


def test_a_look_up_tells_the_state_at_the_moment_asked_for(
    authority: Authority, permit: Issued, clock: StillClock
) -> None:
    clock.advance(days=10)
    authority.record(permit.identifier, EventKind.REVOKE, CAUSE, effective_at=NOON + 2 * DAY)
    issued_on = start_of(permit.license.issued_on)
    for at, state, since in (
        (issued_on - SECOND, None, None),
        (NOON, LicenseState.ISSUED, issued_on),
        (NOON + 2 * DAY, LicenseState.REVOKED, NOON + 2 * DAY),
    ):
        verdict = authority.status(permit.identifier, at=at)
        assert verdict is not None
        assert verdict.recorded is not None
        assert (verdict.recorded.state, verdict.recorded.since) == (state, since)


def test_inspections_are_due_by_the_rules_of_the_type(authority: Authority, permit: Issued) -> None:
    issued_on = permit.license.issued_on
    for overdue in Overdue:
        rules = TypeRules(inspection_months=12, overdue=overdue)
        states = RepositoryStates(authority.repository, {"food-business-permit": rules}.__getitem__)
        known = states.state_of(Asked(permit.identifier), NOON, NOON)
        assert known is not None
        assert (known.inspection_due, known.overdue) == (issued_on.replace(year=issued_on.year + 1), overdue)


def test_a_revocation_that_is_to_come_is_known_for_the_days_after_it(
    authority: Authority, permit: Issued, clock: StillClock
) -> None:
    effective = clock() + 10 * DAY
    authority.record(permit.identifier, EventKind.REVOKE, CAUSE, effective_at=effective)
    assert authority.verify(permit.pdf).outcome is YES
    before = authority.verify(permit.pdf, at=effective - SECOND)
    assert (before.outcome, decisive(before)) == (UNKNOWN, ["status.future"])
    after = authority.verify(permit.pdf, at=effective)
    assert (after.outcome, decisive(after)) == (NO, ["status.revoked"])


@pytest.mark.parametrize(
    ("ahead", "outcome", "codes"),
    [
        (timedelta(0), YES, []),
        (SECOND, UNKNOWN, ["status.future"]),
        (DAY, UNKNOWN, ["status.future"]),
        (5 * 365 * DAY, NO, ["validity.expired"]),
    ],
)
def test_the_future_is_unknown_but_for_what_is_certain(
    authority: Authority, permit: Issued, ahead: timedelta, outcome: Outcome, codes: list[str]
) -> None:
    verdict = authority.verify(permit.pdf, at=NOON + ahead)
    assert (verdict.outcome, decisive(verdict)) == (outcome, codes)


def test_a_licence_without_end_is_in_force_from_its_first_day(authority: Authority) -> None:
    issued = authority.issue(replace(example_request("business-license"), request_key="long"))
    assert issued.license.valid_until is None
    assert authority.verify(issued.pdf, at=start_of(FIRST)).outcome is YES
    assert authority.verify(issued.pdf, at=start_of(FIRST) - SECOND).outcome is NO


@pytest.mark.parametrize(
    ("typed", "code", "outcome"),
    [
        ("2026-03-02", 0, "IN_FORCE"),
        ("2026-03-01", 1, "NOT_IN_FORCE"),
        ("2026-03-01T23:59:59", 1, "NOT_IN_FORCE"),
        ("2026-03-02 00:00:00", 0, "IN_FORCE"),
        ("2025-03-01", 1, "NOT_IN_FORCE"),
        ("2099-01-01", 1, "NOT_IN_FORCE"),
    ],
)
def test_the_command_takes_a_day_or_a_time_of_beijing(city: Path, typed: str, code: int, outcome: str) -> None:
    request = resource_folder("templates") / "food-business-permit" / "example.toml"
    pdf = city / "permit.pdf"
    given = ["--type", "food-business-permit", "--issuer", ISSUERS["food-business-permit"], "--home", city]
    assert license_command("issue", request, *given, "-o", pdf).code == 0
    done = license_command("verify", pdf, "--at", typed, "--home", city, "--json")
    assert (done.code, done.value["outcome"]) == (code, outcome)
    assert done.value["at"].endswith("+08:00")
