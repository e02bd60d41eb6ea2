from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from recorded import log_is_whole, revocation

from license_lib.errors import InputError, MachineError
from license_lib.lifecycle import EventKind, LicenseState
from license_lib.repository.entries import Cause
from license_lib.repository.repository import Repository
from license_lib.repository.values import (
    AlreadyIssued,
    HolderEntry,
    IssuedLicense,
    NumberClaim,
    Override,
    Reservation,
    StoredLicense,
)

Prepare = Callable[..., IssuedLicense]
Issue = Callable[..., StoredLicense]


def test_a_committed_license_comes_back_as_it_was(repository: Repository, prepare: Prepare) -> None:
    holders = (HolderEntry("马·阿卜杜拉", "62040219800101001X", "111"), HolderEntry("𠮷", "620402198001010028", "111"))
    issued = prepare("a", holders=holders, record='{"名":"𠮷"}'.encode())
    stored = repository.commit(issued)
    assert repository.by_identifier("id-a") == stored
    for name in issued.__dataclass_fields__:
        if name not in {"request_key", "at", "cause", "replaces", "overrides", "archive"}:
            assert getattr(stored, name) == getattr(issued, name), name
    assert (stored.position, stored.state, stored.recorded_at) == (1, LicenseState.ISSUED, issued.at)


def test_nothing_is_found_before_the_commit(repository: Repository, prepare: Prepare) -> None:
    prepare("a")
    assert repository.by_identifier("id-a") is None
    assert repository.events("id-a") == ()
    assert repository.count() == 0


def test_the_issue_event_holds_digests_and_overrides(repository: Repository, prepare: Prepare) -> None:
    issued = prepare("a", overrides=(Override("credit-code.check holders[0]", "证载号码", "科长"),))
    repository.commit(issued)
    (event,) = repository.events("id-a")
    assert event.kind is EventKind.ISSUE
    assert event.cause.actor == "窗口一号"
    assert event.details == {
        "file_digest": issued.file_digest.hex(),
        "key_id": issued.key_id.hex(),
        "overrides": [{"what": "credit-code.check holders[0]", "reason": "证载号码", "approved_by": "科长"}],
        "record_digest": issued.record_digest.hex(),
        "request_key": "a",
    }
    assert (event.recorded_at, event.effective_at) == (issued.at, datetime.fromisoformat("2026-11-22T00:00+08:00"))


def test_the_same_request_is_answered_with_its_license(repository: Repository, issue: Issue, at: datetime) -> None:
    stored = issue("a")
    again = repository.reserve("id-other", request_key="a", request_digest=bytes(32), at=at)
    assert again == AlreadyIssued(stored)
    other = repository.reserve("id-other", request_key="b", request_digest=bytes(32), at=at)
    assert isinstance(other, Reservation)
    assert (other.identifier, other.resumed) == ("id-other", False), "the proposed identifier was not used up"


def test_an_unfinished_request_takes_its_reservation_up_again(repository: Repository, at: datetime) -> None:
    first = repository.reserve("id-first", request_key="a", request_digest=bytes(32), at=at)
    second = repository.reserve("id-second", request_key="a", request_digest=bytes(32), at=at + timedelta(days=400))
    assert isinstance(first, Reservation)
    assert (first.identifier, first.resumed) == ("id-first", False)
    assert first.status is not None
    assert second == replace(first, resumed=True), "with the place in a status list that was kept with it"


@pytest.mark.parametrize("finished", [False, True])
def test_another_request_under_the_same_key_is_refused(
    repository: Repository, prepare: Prepare, at: datetime, *, finished: bool
) -> None:
    issued = prepare("a")
    if finished:
        repository.commit(issued)
    with pytest.raises(InputError) as refused:
        repository.reserve("id-b", request_key="a", request_digest=b"\x01" * 32, at=at)
    assert refused.value.code == "request.key-reused"


@pytest.mark.parametrize("finished", [False, True])
def test_an_identifier_is_given_away_once(
    repository: Repository, prepare: Prepare, at: datetime, *, finished: bool
) -> None:
    issued = prepare("a")
    if finished:
        repository.commit(issued)
    with pytest.raises(InputError) as refused:
        repository.reserve("id-a", request_key="b", request_digest=bytes(32), at=at)
    assert refused.value.code == "identifier.taken"


def test_of_two_commits_for_one_reservation_the_first_stands(repository: Repository, prepare: Prepare) -> None:
    fast = prepare("a")
    slow = replace(fast, record=b"{}", file_digest=repository.files.put(b"another seal"))
    first = repository.commit(fast)
    assert repository.commit(slow) == first
    assert repository.commit(fast) == first
    assert repository.count() == 1
    assert len(repository.events("id-a")) == 1


@pytest.mark.parametrize("change", [{"request_key": "other"}, {"identifier": "id-other"}])
def test_only_the_reserved_identifier_can_be_committed(
    repository: Repository, prepare: Prepare, change: dict[str, str]
) -> None:
    with pytest.raises(InputError) as refused:
        repository.commit(prepare("a", **change))
    assert refused.value.code == "reservation.unknown"
    assert repository.count() == 0


def test_the_file_must_be_there_before_the_commit(repository: Repository, prepare: Prepare) -> None:
    with pytest.raises(MachineError) as refused:
        repository.commit(prepare("a", file_digest=bytes(32)))
    assert refused.value.code == "storage.file-missing"
    assert repository.by_identifier("id-a") is None


def test_a_number_in_use_is_refused_and_nothing_remains_of_the_attempt(
    repository: Repository, issue: Issue, prepare: Prepare, at: datetime
) -> None:
    stored = issue("a", number="N1")
    second = prepare("b", number="N1")
    for attempt in (
        lambda: repository.commit(second),
        lambda: reserve(repository, "c", at, claim_of(stored)),
    ):
        with pytest.raises(InputError) as refused:
            attempt()
        assert refused.value.code == "license.number-taken"
        assert "N1" not in str(refused.value)
    assert repository.by_number("N1") == (stored,)
    assert repository.events("id-b") == ()
    assert repository.by_holder_number("holder-b") == ()
    assert log_is_whole(repository)


def claim_of(stored: StoredLicense, **changes: str) -> NumberClaim:
    claim = NumberClaim(type_code=stored.type_code, issuer_code=stored.issuer_code, number=stored.number)
    return replace(claim, **changes)


def reserve(repository: Repository, key: str, at: datetime, claim: NumberClaim) -> Reservation | AlreadyIssued:
    return repository.reserve(f"id-{key}", request_key=key, request_digest=bytes(32), at=at, claim=claim)


def test_a_request_is_not_in_its_own_way(repository: Repository, issue: Issue, prepare: Prepare, at: datetime) -> None:
    stored = issue("a")
    prepare("b")
    assert reserve(repository, "a", at, claim_of(stored)) == AlreadyIssued(stored)
    for other in ("b", "c"):
        with pytest.raises(InputError) as refused:
            reserve(repository, other, at, claim_of(stored))
        assert refused.value.code == "license.number-taken"
    assert isinstance(reserve(repository, "c", at, claim_of(stored, previous="id-a")), Reservation)


@pytest.mark.parametrize("change", [{"type_code": "other"}, {"issuer_code": "other"}, {"number": "other"}])
def test_a_number_counts_within_its_type_and_issuer(issue: Issue, change: dict[str, str]) -> None:
    issue("a", number="N1")
    assert issue("b", **({"number": "N1"} | change)).position == 2


def test_a_revoked_license_frees_its_number(
    repository: Repository, issue: Issue, prepare: Prepare, at: datetime
) -> None:
    issue("a", number="N1")
    repository.record("id-a", revocation(at))
    stored = repository.commit(prepare("b", number="N1"))
    assert [entry.identifier for entry in repository.by_number("N1")] == ["id-a", "id-b"]
    assert stored.state is LicenseState.ISSUED


def test_a_revocation_to_come_does_not_free_the_number_yet(
    repository: Repository, issue: Issue, prepare: Prepare, at: datetime
) -> None:
    issue("a", number="N1")
    ends = at + timedelta(days=3)
    repository.record("id-a", revocation(ends))
    second = prepare("b", number="N1")
    with pytest.raises(InputError) as refused:
        repository.commit(second)
    assert refused.value.code == "license.number-taken"
    assert repository.commit(replace(second, at=ends)).position == 3


@pytest.mark.parametrize("field", ["record_digest", "file_digest"])
def test_a_digest_has_32_bytes(prepare: Prepare, field: str) -> None:
    with pytest.raises(InputError) as refused:
        prepare("a", **{field: b"short"})
    assert refused.value.code == "repository.value"


def test_a_license_has_a_holder_and_times_have_zones(repository: Repository, prepare: Prepare, at: datetime) -> None:
    with pytest.raises(InputError, match="holder"):
        prepare("a", holders=())
    with pytest.raises(InputError, match="time zone"):
        prepare("b", at=at.replace(tzinfo=None))
    with pytest.raises(InputError, match="time zone"):
        repository.reserve("id", request_key="c", request_digest=bytes(32), at=at.replace(tzinfo=None))
    with pytest.raises(InputError, match="32 bytes"):
        repository.reserve("id", request_key="c", request_digest=b"", at=at)


def test_no_number_of_a_person_shows_in_a_repr(issue: Issue) -> None:
    stored = issue("a", number="62040219800101001X", holders=(HolderEntry("某人", "62040219800101001X", "111"),))
    assert "62040219800101001X" not in repr(stored)
    assert "某人" not in repr(stored)


@pytest.mark.parametrize("field", ["number", "type_name"])
def test_text_that_is_no_unicode_is_refused_whole(repository: Repository, prepare: Prepare, field: str) -> None:
    issued = prepare("a", **{field: "\ud800"})
    with pytest.raises(InputError) as refused:
        repository.commit(issued)
    assert refused.value.code == "repository.text"
    assert refused.value.__context__ is None
    assert repository.count() == 0


def test_text_that_is_no_unicode_is_refused_in_an_event(repository: Repository, issue: Issue, at: datetime) -> None:
    issue("a")
    with pytest.raises(InputError) as refused:
        repository.record("id-a", revocation(at, cause=Cause(actor="科长", reason="错\ud800")))
    assert refused.value.code == "entry.text"
    assert repository.state_at("id-a", at) is LicenseState.ISSUED


def test_a_read_only_repository_reads_and_refuses_to_write(
    repository: Repository, issue: Issue, prepare: Prepare, database_url: str, tmp_path: Path, at: datetime
) -> None:
    stored, waiting = issue("a"), prepare("b")
    with Repository.open(database_url, tmp_path / "files", read_only=True) as reader:
        assert reader.by_identifier("id-a") == stored
        assert reader.files.get(stored.file_digest) == b"file a%%EOF"
        for write in (
            lambda: reader.commit(waiting),
            lambda: reader.record("id-a", revocation(at)),
            lambda: reader.reserve("id-c", request_key="c", request_digest=bytes(32), at=at),
            lambda: reader.files.put(b"x"),
        ):
            with pytest.raises(MachineError) as refused:
                write()
            assert refused.value.code == "storage.read-only"
    assert repository.by_identifier("id-a") == stored
    assert repository.by_identifier("id-b") is None


def test_a_moment_is_the_same_in_every_zone(repository: Repository, issue: Issue, at: datetime) -> None:
    china = timezone(timedelta(hours=8))
    stored = issue("a", at=at.astimezone(china))
    assert (stored.recorded_at, stored.recorded_at.tzinfo) == (at, UTC)
    (event,) = repository.events("id-a")
    assert (event.recorded_at, event.recorded_at.tzinfo) == (at, UTC)
