from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from recorded import revocation

from license_lib.errors import InputError
from license_lib.identifiers import ORGANISATION_KINDS
from license_lib.lifecycle import EventKind, LicenseState
from license_lib.repository.entries import Cause, Change
from license_lib.repository.repository import Repository
from license_lib.repository.values import HolderEntry, StoredLicense

Issue = Callable[..., StoredLicense]
CREDIT_CODE = "91620100719023721L"


def identifiers(found: tuple[StoredLicense, ...]) -> list[str]:
    return [entry.identifier for entry in found]


def test_a_number_is_found_over_types_or_in_one(repository: Repository, issue: Issue) -> None:
    issue("a", number="N1")
    issue("b", number="N1", type_code="T2")
    issue("c", number="N2")
    assert identifiers(repository.by_number("N1")) == ["id-a", "id-b"]
    assert identifiers(repository.by_number("N1", "T2")) == ["id-b"]
    assert repository.by_number("N3") == ()


def test_every_co_owner_finds_the_license_with_all_its_holders(repository: Repository, issue: Issue) -> None:
    owners = tuple(HolderEntry(f"权利人{n}", f"number{n}", "111") for n in range(12))
    stored = issue("a", holders=owners)
    issue("b")
    for owner in owners:
        assert repository.by_holder_number(owner.number) == (stored,)
    assert repository.by_holder_number("number9")[0].holders == owners


def test_one_holder_named_twice_is_one_license(repository: Repository, issue: Issue) -> None:
    same = HolderEntry("某公司", CREDIT_CODE, "001")
    issue("a", holders=(same, same))
    assert identifiers(repository.by_holder_number(CREDIT_CODE)) == ["id-a"]


def test_a_number_finds_the_kinds_of_number_that_are_asked_for(repository: Repository, issue: Issue) -> None:
    issue("a", holders=(HolderEntry("某公司", CREDIT_CODE, "001"),))
    issue("b", holders=(HolderEntry("某所", CREDIT_CODE, "099"),))
    issue("c", holders=(HolderEntry("某人", CREDIT_CODE, "414"),))
    assert identifiers(repository.by_holder_number(CREDIT_CODE, kinds=ORGANISATION_KINDS)) == ["id-a", "id-b"]
    assert identifiers(repository.by_holder_number(CREDIT_CODE)) == ["id-a", "id-b", "id-c"]


def test_a_holder_finds_revoked_licenses_too(repository: Repository, issue: Issue, at: datetime) -> None:
    issue("a", holders=(HolderEntry("某公司", CREDIT_CODE, "001"),))
    repository.record("id-a", revocation(at))
    assert [entry.state for entry in repository.by_holder_number(CREDIT_CODE)] == [LicenseState.REVOKED]


def test_pages_walk_all_licenses_in_the_order_of_issue(repository: Repository, issue: Issue, at: datetime) -> None:
    for key in "abcde":
        issue(key)
        repository.record(f"id-{key}", revocation(at))  # leaves gaps in the positions
    first = repository.page(2)
    assert identifiers(first) == ["id-a", "id-b"]
    assert identifiers(repository.page(2, after=first[-1].position)) == ["id-c", "id-d"]
    assert [entry.identifier for entry in repository.iterate(step=2)] == [f"id-{key}" for key in "abcde"]
    assert repository.count() == 5


@pytest.mark.parametrize(("limit", "after"), [(0, 0), (-1, 0), (10_001, 0), (1, -1), (1, 2**70)])
def test_a_page_out_of_bounds_is_refused(repository: Repository, limit: int, after: int) -> None:
    with pytest.raises(InputError) as refused:
        repository.page(limit, after)
    assert refused.value.code == "repository.page"


@pytest.mark.parametrize("text", ["", "%", "' OR 1=1 --", "id-A", " id-a", "長" * 100_000])
def test_strange_text_finds_nothing(repository: Repository, issue: Issue, text: str) -> None:
    issue("a")
    assert repository.by_identifier(text) is None
    assert repository.by_number(text) == repository.by_holder_number(text) == ()


def test_text_that_is_no_unicode_is_a_wrong_request(repository: Repository) -> None:
    with pytest.raises(InputError) as refused:
        repository.by_number("\udfff")
    assert refused.value.code == "repository.text"


def test_a_zero_character_finds_nothing_where_it_may_be_asked_for(repository: Repository, backend: str) -> None:
    if backend == "sqlite":
        assert repository.by_number("\x00") == ()
        return
    with pytest.raises(InputError) as refused:
        repository.by_number("\x00")
    assert refused.value.code == "repository.text"


def test_a_revocation_is_an_event_with_all_its_reasons(repository: Repository, issue: Issue, at: datetime) -> None:
    issue("a")
    later = at + timedelta(hours=5)
    cause = Cause(
        actor="科长",
        body="白银市行政审批局",
        reason="以欺骗手段取得",
        legal_basis="行政许可法第六十九条",
        paper="白审撤〔2026〕1号",
    )
    event = repository.record("id-a", revocation(later, cause=cause))
    _, second = repository.events("id-a")
    assert second == event
    assert (event.sequence, event.kind, event.cause) == (2, EventKind.REVOKE, cause)
    assert (event.effective_at, event.recorded_at, event.details) == (later, at, {})


def test_the_state_follows_the_times_of_effect(repository: Repository, issue: Issue, at: datetime) -> None:
    stored = issue("a")
    ends = at + timedelta(days=3)
    repository.record("id-a", revocation(ends))
    begins = datetime.fromisoformat(f"{stored.issued_on}T00:00+08:00")
    tick = timedelta(microseconds=1)
    assert repository.state_at("id-a", begins - tick) is None
    assert repository.state_at("id-a", begins) is LicenseState.ISSUED
    assert repository.state_at("id-a", ends - tick) is LicenseState.ISSUED
    assert repository.state_at("id-a", ends) is LicenseState.REVOKED


def test_a_revocation_from_the_moment_of_issue_leaves_no_moment_in_force(
    repository: Repository, issue: Issue, at: datetime
) -> None:
    stored = issue("a")
    begins = datetime.fromisoformat(f"{stored.issued_on}T00:00+08:00")
    repository.record("id-a", revocation(begins))
    assert repository.state_at("id-a", begins) is LicenseState.REVOKED
    assert repository.state_at("id-a", at) is LicenseState.REVOKED


def test_wrong_revocations_are_refused(repository: Repository, issue: Issue, at: datetime) -> None:
    issue("a")
    issue("b")
    repository.record("id-b", revocation(at))
    cases: dict[str, tuple[str, Callable[[], Change]]] = {
        "license.unknown": ("id-c", lambda: revocation(at)),
        "event.not-allowed": ("id-b", lambda: revocation(at)),
        "event.reason-missing": ("id-a", lambda: revocation(at, cause=Cause(actor="科长", reason=" "))),
        "event.actor-missing": ("id-a", lambda: revocation(at, cause=Cause(actor="", reason="错发"))),
        "event.before-issue": ("id-a", lambda: revocation(at - timedelta(days=1))),
        "repository.value": ("id-a", lambda: revocation(at, recorded_at=at.replace(tzinfo=None))),
    }
    for code, (identifier, wrong) in cases.items():
        with pytest.raises(InputError) as refused:
            repository.record(identifier, wrong())
        assert refused.value.code == code
    assert [len(repository.events(f"id-{key}")) for key in "ab"] == [1, 2]
