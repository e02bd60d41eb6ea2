"""Every cell of the table, written out once more by hand: what may follow what, and what it makes of a licence."""

import pytest
from lifecycle_history import NEEDED, day, event, way_to

from license_lib.error_texts import TITLES_ZH
from license_lib.lifecycle import (
    DEFAULT_RULES,
    KIND_WORDS,
    STATE_WORDS,
    EventError,
    EventKind,
    LicenseState,
    check,
    last_state,
    state_at,
)

# Columns: issue renew amend replace inspect suspend reinstate revoke withdraw cancel out in ended extend.
# Letters: what follows; "." is not legal.
COLUMNS = (
    EventKind.ISSUE, EventKind.RENEW, EventKind.AMEND, EventKind.REPLACE, EventKind.INSPECT, EventKind.SUSPEND,
    EventKind.REINSTATE, EventKind.REVOKE, EventKind.WITHDRAW, EventKind.CANCEL, EventKind.TRANSFER_OUT,
    EventKind.TRANSFER_IN, EventKind.HOLDER_ENDED, EventKind.EXTEND,
)  # fmt: skip
LETTERS = {
    "I": LicenseState.ISSUED,
    "S": LicenseState.SUSPENDED,
    "R": LicenseState.REVOKED,
    "W": LicenseState.WITHDRAWN,
    "C": LicenseState.CANCELLED,
    "N": LicenseState.SUPERSEDED,
    "T": LicenseState.TRANSFERRED,
    "H": LicenseState.HOLDER_ENDED,
}
TABLE = {
    LicenseState.ISSUED: ".NNNIS.RWCT.HI",
    LicenseState.SUSPENDED: "....S.IRWC..HS",
    LicenseState.REVOKED: "..............",
    LicenseState.WITHDRAWN: ".......R.C....",
    LicenseState.CANCELLED: ".......R......",
    LicenseState.SUPERSEDED: ".......R......",
    LicenseState.TRANSFERRED: ".......R...I..",
    LicenseState.HOLDER_ENDED: ".......R.C....",
}
CELLS = [
    (state, kind, LETTERS.get(letter))
    for state, letters in TABLE.items()
    for kind, letter in zip(COLUMNS, letters, strict=True)
]


def test_the_table_here_is_whole() -> None:
    assert set(TABLE) == set(LicenseState)
    assert {*COLUMNS, EventKind.CORRECT} == set(EventKind)


@pytest.mark.parametrize(("state", "kind", "after"), CELLS)
def test_every_cell(state: LicenseState, kind: EventKind, after: LicenseState | None) -> None:
    events = way_to(state)
    assert state_at(events, day(50)) is state
    new = event(9, kind, 100)
    if after is None:
        with pytest.raises(EventError) as refused:
            check(events, new, DEFAULT_RULES)
        assert refused.value.code == "event.not-allowed"
        for words in (KIND_WORDS[kind], STATE_WORDS[state]):
            assert words.en in refused.value.message
            assert words.zh in refused.value.message_zh
        assert refused.value.hint
        assert refused.value.code in TITLES_ZH
    else:
        check(events, new, DEFAULT_RULES)
        assert state_at((*events, new), day(99)) is state
        assert state_at((*events, new), day(100)) is after
        assert last_state((*events, new)) is after


@pytest.mark.parametrize("kind", [kind for kind in COLUMNS if kind is not EventKind.ISSUE])
def test_nothing_happens_to_a_licence_before_its_issue(kind: EventKind) -> None:
    for events in ((), way_to(LicenseState.ISSUED)):
        with pytest.raises(EventError) as refused:
            check(events, event(9, kind, -1, 1), DEFAULT_RULES)
        assert refused.value.code == "event.before-issue"


def test_a_licence_begins_with_its_issue() -> None:
    check((), event(1, EventKind.ISSUE, 0), DEFAULT_RULES)
    assert state_at((), day(0)) is None
    assert last_state(()) is None
    assert state_at(way_to(LicenseState.ISSUED), day(-0.001)) is None
    assert state_at(way_to(LicenseState.ISSUED), day(0)) is LicenseState.ISSUED


def test_an_earlier_second_issue_is_no_other() -> None:
    with pytest.raises(EventError) as refused:
        check(way_to(LicenseState.SUSPENDED), event(9, EventKind.ISSUE, -1, 2), DEFAULT_RULES)
    assert refused.value.code == "event.not-allowed"


def test_every_kind_and_state_has_words() -> None:
    assert set(KIND_WORDS) == set(EventKind)
    assert set(STATE_WORDS) == set(LicenseState)
    assert set(NEEDED) < set(EventKind)
