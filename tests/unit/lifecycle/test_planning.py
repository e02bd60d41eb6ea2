"""New versions' identifiers, and one event over many licences: what a dry run tells is what the run does."""

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from lifecycle_history import day, event, way_to

from license_lib.errors import MachineError
from license_lib.identifiers import LicenseIdentifier, NumberError
from license_lib.lifecycle import (
    DEFAULT_RULES,
    Candidate,
    EventError,
    EventKind,
    LicenseState,
    Planned,
    Proposed,
    Subject,
    TypeRules,
    Words,
    check,
    next_identifier,
    plan,
)

FACE = Subject(valid_until=date(2030, 1, 1))
# Version 002 is a real one, printed beside version 001 in public material; see shared/standards.md §1.
KNOWN = LicenseIdentifier.parse("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U")
KNOWN_NEXT = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S"


def version(number: int, serial: str = "20230000403") -> LicenseIdentifier:
    return LicenseIdentifier.build(KNOWN.type_code, KNOWN.issuer, serial, number)


def test_the_next_version_of_a_real_licence() -> None:
    assert str(next_identifier(KNOWN)) == KNOWN_NEXT


def test_a_version_that_was_used_is_not_used_again() -> None:
    others = (version(2), version(4), version(3), version(900, serial="20230000404"))
    assert next_identifier(KNOWN, others).version == 5
    assert next_identifier(version(7), others).version == 8


def test_there_is_no_version_after_999() -> None:
    assert next_identifier(version(998)).version == 999
    for current, others in ((version(999), ()), (KNOWN, (version(999),))):
        with pytest.raises(EventError) as error:
            next_identifier(current, others)
        assert error.value.code == "event.versions-used-up"
        assert KNOWN.serial not in str(error.value) + error.value.message_zh


def test_a_foreign_identifier_that_does_not_check_has_no_next() -> None:
    foreign = LicenseIdentifier.parse_foreign(KNOWN_NEXT[:-1] + "T")
    assert next_identifier(foreign).check_ok  # the bodies check; a version of ours is made strictly
    broken = LicenseIdentifier.parse_foreign(
        "1.2.156.3005.2.11100000000013338W011.11430000006122244X.20230000403.001.U"
    )
    with pytest.raises(NumberError):
        next_identifier(broken)


def candidate(
    identifier: LicenseIdentifier, events: Sequence[Proposed], *, rules: TypeRules = DEFAULT_RULES, **details: object
) -> Candidate:
    return Candidate(identifier=str(identifier), events=events, rules=rules, subject=FACE, details=details)


def planned(kind: EventKind, *candidates: Candidate, **details: object) -> list[Planned]:
    return list(plan(kind, candidates, effective_at=day(50), recorded_at=day(60), details=details))


def codes(made: list[Planned]) -> list[str]:
    assert all((one.event is None) is not (one.refused is None) for one in made)
    return [one.refused.code if one.refused else "" for one in made]


def test_a_decree_over_many_licences() -> None:
    extended = (*way_to(LicenseState.ISSUED), event(2, EventKind.EXTEND, 5, valid_until="2031-01-01"))
    never = TypeRules(never={EventKind.EXTEND: Words("无", "none")})
    candidates = (
        candidate(version(1), way_to(LicenseState.ISSUED)),
        candidate(version(2), way_to(LicenseState.SUSPENDED)),
        candidate(version(3), way_to(LicenseState.CANCELLED)),
        candidate(version(4), extended),
        candidate(version(5), way_to(LicenseState.ISSUED), rules=never),
        candidate(version(1), way_to(LicenseState.ISSUED)),
        candidate(version(6), ()),
        candidate(version(7), way_to(LicenseState.ISSUED), valid_until="2029-01-01"),
    )
    made = planned(EventKind.EXTEND, *candidates, valid_until="2030-06-30", decree="2026-7")
    assert [one.identifier for one in made] == [one.identifier for one in candidates]
    assert codes(made) == [
        "", "", "event.not-allowed", "event.extends-nothing", "event.not-for-type", "event.planned-twice",
        "event.before-issue", "event.extends-nothing",
    ]  # fmt: skip
    for one, asked in zip(made, candidates, strict=True):
        if one.event is not None:
            assert (one.event.effective_at, one.event.recorded_at) == (day(50), day(60))
            assert one.event.details == {"valid_until": "2030-06-30", "decree": "2026-7"}
            check(asked.events, one.event, asked.rules, subject=asked.subject)


def test_renewals_name_the_new_versions() -> None:
    used = Candidate(
        identifier=str(version(3)),
        events=way_to(LicenseState.ISSUED),
        rules=DEFAULT_RULES,
        subject=FACE,
        versions=(version(4),),
    )
    made = planned(
        EventKind.RENEW,
        candidate(KNOWN, way_to(LicenseState.ISSUED)),
        used,
        candidate(version(5), way_to(LicenseState.ISSUED), next="another"),
        candidate(version(999), way_to(LicenseState.ISSUED)),
        candidate(version(6), way_to(LicenseState.SUSPENDED)),
    )
    assert codes(made) == ["", "", "", "event.versions-used-up", "event.not-allowed"]
    assert [one.event.details["next"] for one in made if one.event] == [KNOWN_NEXT, str(version(5)), "another"]


def test_a_machine_that_is_broken_stops_the_whole_plan() -> None:
    lagging = (*way_to(LicenseState.ISSUED), event(2, EventKind.INSPECT, 70))
    with pytest.raises(MachineError):
        planned(EventKind.CANCEL, candidate(version(1), lagging))


def test_a_plan_is_a_stream() -> None:
    def candidates() -> Iterator[Candidate]:
        yield candidate(version(1), way_to(LicenseState.ISSUED))
        raise AssertionError("asked for more than the first")

    stream = plan(EventKind.CANCEL, candidates(), effective_at=day(50), recorded_at=day(60), details={})
    assert next(stream).event is not None
