"""Presentation codes on record: used once whoever tries, on the trail, and forgotten without touching it."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from databases import by_hand, everything_in, execute
from recorded import log_is_whole, revocation

from license_lib.repository.database import Database
from license_lib.repository.entries import UsageKind, Use
from license_lib.repository.presentations import KEPT, Refusal, claim
from license_lib.repository.repository import Repository
from license_lib.repository.values import StoredLicense

Issue = Callable[..., StoredLicense]

HOLDER = Use(actor="持证人", purpose="办理变更", item="000131001000", audience="白银市第一医院（样例）")
HOSPITAL = Use(actor="样例·窗口人员", audience="白银市第一医院(样例)")
MINUTE = timedelta(seconds=60)


def digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def made(repository: Repository, at: datetime, name: str = "code", use: Use = HOLDER) -> bytes:
    repository.presentations.make(digest(name), "id-a", use, at=at, expires_at=at + MINUTE)
    return digest(name)


def outcomes(repository: Repository) -> list[tuple[str, str, int | None]]:
    return [(one.kind.value, one.outcome, one.consent) for one in repository.usage.of_license("id-a")]


def test_a_code_is_used_once_and_both_entries_are_on_the_trail(
    repository: Repository, issue: Issue, at: datetime
) -> None:
    issue("a")
    code = made(repository, at)
    later = at + timedelta(seconds=20)
    seen = repository.log.head().size
    used = repository.presentations.redeem(code, HOSPITAL, at=later, outcome="IN_FORCE", seen=seen)
    assert used is not None
    assert (used.kind, used.consent, used.recorded_at) == (UsageKind.REDEEM, 2, later)
    assert repository.presentations.redeem(code, HOSPITAL, at=later, outcome="IN_FORCE", seen=seen) is None
    found = repository.presentations.find(code)
    assert found is not None
    assert (found.used_at, found.refused) == (later, 0)
    assert found.refusal(HOSPITAL, later) is Refusal.USED
    assert outcomes(repository) == [("present", "", None), ("redeem", "IN_FORCE", 2)]
    assert repository.usage.of_license("id-a")[0].use == HOLDER
    assert log_is_whole(repository)


@pytest.mark.parametrize("ways", ["of the product", "without the lock of the log"])
def test_of_many_at_the_same_moment_exactly_one_wins(
    repository: Repository, issue: Issue, at: datetime, database_url: str, tmp_path: Path, ways: str
) -> None:
    """Each has a connection of its own, as processes have; the statement alone must do, were the lock ever gone."""
    issue("a")
    rounds, threads = 6, 4
    codes = [made(repository, at, f"code {number}") for number in range(rounds)]
    seen = repository.log.head().size
    together = Barrier(threads)

    def race(_: int) -> list[bool]:
        won = []
        with Repository.open(database_url, tmp_path / "files", busy_seconds=30) as own:
            database = Database.open(database_url, busy_seconds=30)
            for code in codes:
                together.wait(60)
                if ways == "of the product":
                    entry = own.presentations.redeem(code, HOSPITAL, at=at, outcome="IN_FORCE", seen=seen)
                    won.append(entry is not None)
                else:
                    won.append(database.write(lambda connection, code=code: claim(connection, code, at)))  # type: ignore[misc]  # bound per turn
            database.close()
        return won

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(race, range(threads)))
    assert [sum(each) for each in zip(*results, strict=True)] == [1] * rounds
    assert log_is_whole(repository)
    if ways == "of the product":
        assert [kind for kind, _, _ in outcomes(repository)].count("redeem") == rounds


def test_who_was_not_meant_does_not_use_it_up(repository: Repository, issue: Issue, at: datetime) -> None:
    issue("a")
    code = made(repository, at)
    seen = repository.log.head().size
    stranger = Use(actor="别处", audience="别的医院")
    for audience in ("别的医院", "", "白银市第一医院"):
        other = Use(actor="别处", audience=audience)
        assert repository.presentations.redeem(code, other, at=at, outcome="IN_FORCE", seen=seen) is None
        assert repository.presentations.refuse(code, other, at=at) is not None
    found = repository.presentations.find(code)
    assert found is not None
    assert (found.refusal(stranger, at), found.refused, found.used_at) == (Refusal.AUDIENCE, 3, None)
    assert repository.presentations.redeem(code, HOSPITAL, at=at, outcome="IN_FORCE", seen=seen) is not None


def test_refusals_are_told_to_the_holder_but_cannot_fill_the_log(
    repository: Repository, issue: Issue, at: datetime
) -> None:
    issue("a")
    code = made(repository, at)
    for _ in range(20):
        repository.presentations.refuse(code, Use(actor="别处"), at=at)
    found = repository.presentations.find(code)
    assert found is not None
    assert found.refused == 20
    assert outcomes(repository)[1:] == [("redeem", "presentation.audience", 2)] * 5
    assert log_is_whole(repository)


def test_its_time_ends_at_the_second(repository: Repository, issue: Issue, at: datetime) -> None:
    issue("a")
    code = made(repository, at)
    seen, end = repository.log.head().size, at + MINUTE
    for moment in (end, end + timedelta(hours=5)):
        found = repository.presentations.find(code)
        assert found is not None
        assert found.refusal(HOSPITAL, moment) is Refusal.EXPIRED
        assert repository.presentations.redeem(code, HOSPITAL, at=moment, outcome="IN_FORCE", seen=seen) is None
    last = end - timedelta(microseconds=1)
    assert repository.presentations.redeem(code, HOSPITAL, at=last, outcome="IN_FORCE", seen=seen) is not None


def test_what_happened_since_it_was_judged_asks_for_another_judgement(
    repository: Repository, issue: Issue, at: datetime
) -> None:
    issue("a")
    code = made(repository, at)
    seen = repository.log.head().size
    repository.record("id-a", revocation(at, recorded_at=at))
    redeem = repository.presentations.redeem
    assert redeem(code, HOSPITAL, at=at, outcome="IN_FORCE", seen=seen) is None
    assert redeem(code, HOSPITAL, at=at, outcome="NOT_IN_FORCE", seen=repository.log.head().size) is not None


def test_a_day_after_its_end_a_code_is_forgotten_and_the_trail_is_not(
    repository: Repository, issue: Issue, at: datetime, database_url: str
) -> None:
    issue("a")
    codes = [made(repository, at, "used"), made(repository, at, "unused")]
    repository.presentations.redeem(codes[0], HOSPITAL, at=at, outcome="IN_FORCE", seen=repository.log.head().size)
    trail = outcomes(repository)
    made(repository, at + MINUTE + KEPT, "just not yet")
    assert len(everything_in(database_url)["presentation"]) == 3
    made(repository, at + MINUTE + KEPT + timedelta(seconds=1), "now")
    assert len(everything_in(database_url)["presentation"]) == 2
    assert [repository.presentations.find(code) for code in codes] == [None, None]
    assert outcomes(repository)[: len(trail)] == trail
    assert log_is_whole(repository)


def test_who_reads_the_row_learns_neither_the_secret_nor_whose_it_is(
    repository: Repository, issue: Issue, at: datetime, database_url: str
) -> None:
    issue("a")
    code = made(repository, at)
    with by_hand(database_url) as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM presentation").mappings()
    assert set(row) == {"digest", "consent", "expires_at", "used_at", "refused"}
    assert bytes(row["digest"]) == code


@pytest.mark.parametrize("change", ["audience = '别人'", "consent = 1", "audience = ''"])
def test_a_consent_cannot_be_rewritten(
    repository: Repository, issue: Issue, at: datetime, database_url: str, change: str
) -> None:
    from sqlalchemy.exc import IntegrityError

    issue("a")
    made(repository, at)
    with pytest.raises(IntegrityError, match="append-only"):
        execute(database_url, f"UPDATE usage SET {change}")  # noqa: S608 -- of this test's own making
