"""Older repositories, brought up to date and back, with licences in them."""

from datetime import timedelta
from pathlib import Path

import pytest
from databases import by_hand, everything_in, execute
from older import RECORDED, make_older, migrate
from recorded import log_is_whole, revocation

from license_lib.errors import MachineError
from license_lib.lifecycle import EventKind, LicenseState
from license_lib.log.leaves import EventLeaf, parse_leaf
from license_lib.repository.commitments import usage_digest
from license_lib.repository.entries import UsageKind, Use
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_older_repository_is_brought_up_to_date_with_its_licences(
    database_url: str, tmp_path: Path, revision: str
) -> None:
    make_older(database_url, revision, revoked="b")
    with pytest.raises(MachineError) as outdated:
        Repository.open(database_url, tmp_path / "files")
    assert outdated.value.code == "repository.outdated"
    assert create_or_upgrade(database_url)
    with Repository.open(database_url, tmp_path / "files") as repository:
        assert [(one.identifier, one.position, one.state.value) for one in repository.iterate()] == [
            ("id-a", 1, "issued"),
            ("id-b", 2, "revoked"),
            ("id-c", 3, "issued"),
        ]
        found = repository.history("id-b")
        assert found is not None
        assert found[0].settled_at == RECORDED
        revoked = found[1][1]
        assert (revoked.sequence, revoked.kind, revoked.cause.actor) == (4, EventKind.REVOKE, "窗口一号")
        assert (revoked.cause.reason, revoked.cause.legal_basis) == ("错发", "行政许可法第六十九条")
        assert [one.identifier for one in repository.by_holder_number("holder-1")] == ["id-a", "id-c"]
        assert log_is_whole(repository)
        leaves = [parse_leaf(data) for data in repository.log.leaves(0, 9)]
        events = [event for key in "abc" for event in repository.events(f"id-{key}")]
        assert [leaf.event for leaf in leaves if isinstance(leaf, EventLeaf)] == [
            event.digest for event in sorted(events, key=lambda event: event.sequence)
        ]
        later = RECORDED + timedelta(days=1)
        repository.record("id-a", revocation(later, recorded_at=later))
        assert repository.state_at("id-a", later) is LicenseState.REVOKED
        assert log_is_whole(repository)


def test_back_is_exactly_what_it_was(database_url: str) -> None:
    make_older(database_url, "0002", revoked="bc")
    before = everything_in(database_url)
    for _ in range(2):
        assert create_or_upgrade(database_url)
        migrate(database_url, "0002")
        assert everything_in(database_url) == before
    migrate(database_url, "base")


def test_an_empty_repository_goes_up_and_down(database_url: str) -> None:
    migrate(database_url, "0002")
    before = everything_in(database_url)
    migrate(database_url, "0003")
    migrate(database_url, "0002")
    assert everything_in(database_url) == before


def test_a_broken_chain_is_not_sworn_to_anew(database_url: str) -> None:
    make_older(database_url, "0002")
    execute(database_url, "UPDATE chain_head SET sequence = sequence")
    drop = "DROP TRIGGER event_append_only ON event" if "postgresql" in database_url else "DROP TRIGGER event_no_update"
    execute(database_url, drop, "UPDATE event SET actor = '别人' WHERE sequence = 2")
    before = everything_in(database_url)
    with pytest.raises(RuntimeError, match="broken at 2"):
        create_or_upgrade(database_url)
    assert everything_in(database_url) == before


def test_what_older_software_cannot_hold_keeps_it_out(repository: Repository, database_url: str) -> None:
    from recorded import recorded_license

    reserved = repository.reserve("id-a", request_key="a", request_digest=bytes(32), at=RECORDED)
    digest = repository.files.put(b"file a%%EOF")
    repository.commit(recorded_license("a", status=getattr(reserved, "status", None), file_digest=digest))
    repository.close()
    with pytest.raises(RuntimeError, match="1 licences with a place in a status list"):
        migrate(database_url, "0002")


def a_used_licence(repository: Repository) -> None:
    from recorded import recorded_license

    reserved = repository.reserve("id-a", request_key="a", request_digest=bytes(32), at=RECORDED)
    digest = repository.files.put(b"file a%%EOF")
    repository.commit(recorded_license("a", status=getattr(reserved, "status", None), file_digest=digest))
    repository.usage.record(UsageKind.PRINT, ["id-a"], Use(actor="窗口", purpose="办理"), at=RECORDED)


def test_a_trail_from_before_presentations_is_as_it_was(
    repository: Repository, database_url: str, tmp_path: Path
) -> None:
    a_used_licence(repository)
    trail = repository.usage.of_license("id-a")
    repository.close()
    migrate(database_url, "0003")
    before = everything_in(database_url)
    assert "presentation" not in before
    for _ in range(2):
        assert create_or_upgrade(database_url)
        with Repository.open(database_url, tmp_path / "files") as opened:
            assert opened.usage.of_license("id-a") == trail
            assert (trail[0].use.audience, trail[0].consent) == ("", None)
            assert usage_digest(trail[0]) == trail[0].digest
            assert log_is_whole(opened)
        migrate(database_url, "0003")
        assert everything_in(database_url) == before
    guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'usage'"
    if database_url.startswith("sqlite"):
        with by_hand(database_url) as connection:
            assert len(connection.exec_driver_sql(guards).all()) == 3


def test_presentations_keep_software_out_that_does_not_know_them(repository: Repository, database_url: str) -> None:
    a_used_licence(repository)
    made = {"at": RECORDED, "expires_at": RECORDED + timedelta(minutes=1)}
    repository.presentations.make(bytes(32), "id-a", Use(actor="持证人"), **made)
    repository.close()
    before = everything_in(database_url)
    with pytest.raises(RuntimeError, match="1 entries of the usage trail are about presentations"):
        migrate(database_url, "0003")
    assert everything_in(database_url) == before
