"""Reports of a case, and a person's day on the trail; on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support import NOON

from license_lib.errors import InputError, MachineError
from license_lib.repository.entries import UsageKind, Use
from license_lib.repository.repository import Repository


@pytest.fixture
def repository(database_url: str, tmp_path: Path) -> Iterator[Repository]:
    with Repository.open(database_url, tmp_path / "files") as opened:
        yield opened


def checked(repository: Repository, case: str = "1", body: str = "甲局", actor: str = "li", hours: int = 0) -> int:
    use = Use(actor=actor, body=body, purpose="办理", case_number=case)
    at = NOON + timedelta(hours=hours)
    (entry,) = repository.usage.record(UsageKind.VERIFY, (), use, at=at, outcome="IN_FORCE")
    return entry.sequence


def test_a_report_is_saved_once_into_the_case_of_its_check(repository: Repository) -> None:
    first, second, other = checked(repository), checked(repository), checked(repository, case="2")
    reports = repository.case_reports
    assert reports.save(second, b"two", at=NOON)
    assert reports.save(first, b"one", at=NOON)
    assert not reports.save(first, b"another", at=NOON + timedelta(hours=1)), "what was saved stays"
    assert reports.save(other, b"three", at=NOON)
    found = reports.of_case("甲局", "1")
    assert [(one.check.sequence, one.value, one.saved_at) for one in found] == [
        (first, b"one", NOON), (second, b"two", NOON)
    ]  # fmt: skip
    assert reports.of_case("乙局", "1") == ()
    one = reports.get(other)
    assert one is not None
    assert (one.check.use.case_number, "three" in repr(one)) == ("2", False)
    assert reports.get(999) is None


def test_there_is_no_report_without_its_check(repository: Repository) -> None:
    with pytest.raises(MachineError):
        repository.case_reports.save(999, b"", at=NOON)
    with pytest.raises(InputError):
        repository.case_reports.save(checked(repository), b"", at=NOON.replace(tzinfo=None))


def test_a_persons_day_begins_and_ends(repository: Repository) -> None:
    early, within, last = (checked(repository, hours=hours) for hours in (-1, 0, 23))
    late, other = checked(repository, hours=24), checked(repository, actor="wang", hours=25)
    found = repository.usage.of_person("li", since=NOON, until=NOON + timedelta(days=1))
    assert [one.sequence for one in found] == [within, last]
    assert {early, late, other}.isdisjoint({one.sequence for one in found})
