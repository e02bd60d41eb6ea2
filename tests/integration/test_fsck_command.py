"""`license fsck` on real licences, real keys and what was really published."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import NOON, PASSPHRASE, StillClock, example_request, license_command

from license_lib.authority import Authority
from license_lib.fsck import FsckFinding
from license_lib.lifecycle import EventKind
from license_lib.log.checkpoints import Checkpoint, sign_checkpoint
from license_lib.log.proving import root_at
from license_lib.log.tiles import new_files
from license_lib.repository.entries import Cause, UsageKind, Use
from license_lib.status import Status, StatusRef
from license_lib.status.bits import StatusBits
from license_lib.status.tokens import sign_cwt, sign_jwt
from license_lib.upkeep import open_fsck
from signing.keys import load_credential
from signing.log_keys import load_log_key

CAUSE = Cause(actor="科长", reason="错发")


@pytest.fixture
def issued(authority: Authority) -> Authority:
    """A licence in force, and one that is revoked in an hour."""
    authority.issue(example_request("business-license"))
    other = authority.issue(example_request("food-business-permit"))
    authority.record(other.identifier, EventKind.REVOKE, CAUSE, effective_at=NOON + timedelta(hours=1))
    return authority


def findings(authority: Authority, **options: bool) -> list[FsckFinding]:
    with open_fsck(authority.settings, now=NOON + timedelta(minutes=1), **options) as opened:  # type: ignore[arg-type]  # a test names the options
        return [found for found in opened.run() if isinstance(found, FsckFinding)]


def codes(authority: Authority) -> list[str]:
    return [found.code for found in findings(authority)]


def publish_head(authority: Authority, *, root: bytes | None = None, more: int = 0) -> None:
    log, signer = authority.repository.log, load_log_key(authority.settings.keys_folder, PASSPHRASE)
    size = log.head().size
    said = Checkpoint(signer.name, size + more, root or root_at(size, log))
    folder = authority.settings.home / "public" / "log"
    for name, data in new_files(0, size, log, log):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "checkpoint").write_bytes(sign_checkpoint(said, signer).encoded())


def publish_list(
    authority: Authority, states: dict[int, Status], *, lives: timedelta = timedelta(days=1), both: bool = False
) -> None:
    folder = authority.settings.home / "public" / "status"
    folder.mkdir(parents=True, exist_ok=True)
    for name, sign in (("1", sign_cwt), ("1.jwt", sign_jwt))[: 1 + both]:
        token = sign(
            StatusBits.of(states),
            uri=StatusRef(1, 0).uri(authority.settings.public_url),
            issued_at=NOON,
            expires_at=NOON + lives,
            ttl_seconds=60,
            signer=load_credential(authority.settings.keys_folder, "status", passphrase=PASSPHRASE, at=NOON),
        )
        (folder / name).write_bytes(token)


def test_real_licences_are_whole_to_the_last_byte(issued: Authority) -> None:
    assert findings(issued, deep=True) == []
    for stored in issued.repository.iterate():
        (current,) = issued.repository.current_files(identifier=stored.identifier, limit=1)
        (path,) = issued.settings.home.rglob(f"{current.digest.hex()}.pdf")
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert [found.code for found in findings(issued)] == [], "presence and size are as they were"
    assert [found.code for found in findings(issued, deep=True)] == ["fsck.file-damaged"] * 2


@pytest.mark.parametrize("column", ["number", "type_name", "valid_from", "valid_until", "issuer_name", "holder"])
def test_rows_are_compared_with_records(issued: Authority, column: str) -> None:
    if not issued.settings.database_url.startswith("sqlite"):
        pytest.skip("changed by hand in a SQLite file")
    with sqlite3.connect(issued.settings.home / "data" / "license.db") as connection:
        for trigger in ("license_no_update", "holder_no_update"):
            connection.execute(f"DROP TRIGGER {trigger}")
        statement = f"UPDATE license SET {column} = '2020-01-01'"  # noqa: S608 — a column of this test
        statement = "UPDATE holder SET name = '李四'" if column == "holder" else statement
        connection.execute(f"{statement} WHERE position = 1")
    connection.close()
    changed = [found for found in findings(issued) if found.code == "fsck.license-changed"]
    assert [found.params["what"] for found in changed] == ["holders" if column == "holder" else column]


def test_the_published_head_is_compared(issued: Authority) -> None:
    publish_head(issued)
    publish_list(issued, {}, both=True)
    assert codes(issued) == []
    issued.repository.usage.record(UsageKind.LOOK, [], Use(actor="窗口"), at=NOON)
    assert codes(issued) == [], "what was published is the beginning of what is there"
    publish_head(issued, more=1)
    assert codes(issued) == ["fsck.published-ahead"]
    publish_head(issued, root=bytes(32))
    assert codes(issued) == ["fsck.published-differs"]
    (issued.settings.home / "public" / "log" / "checkpoint").write_bytes(b"x")
    assert codes(issued) == ["fsck.published-unreadable"]


@pytest.fixture
def behind(issued: Authority) -> Authority:
    """An older database under a newer public folder: a revocation was published that it does not have."""
    home, (first, _) = issued.settings.home, issued.repository.iterate()
    if not issued.settings.database_url.startswith("sqlite"):
        pytest.skip("an older SQLite file is put back")
    with sqlite3.connect(home / "data" / "license.db") as live, sqlite3.connect(home / "older.db") as kept:
        live.backup(kept)
    issued.record(first.identifier, EventKind.REVOKE, CAUSE, effective_at=NOON)
    publish_head(issued)
    publish_list(issued, {first.status.index: Status.INVALID})  # type: ignore[union-attr]  # issued with one
    with sqlite3.connect(home / "older.db") as kept, sqlite3.connect(home / "data" / "license.db") as live:
        kept.backup(live)
    return issued


STAND_STILL = {"fsck.published-ahead", "fsck.published-beyond", "fsck.published-unreadable", "fsck.list-contradicts"}


@pytest.mark.parametrize("damage", ["none", "a byte", "gone", "no key"])
def test_nobody_is_told_to_publish_over_a_newer_log(behind: Authority, damage: str) -> None:
    checkpoint = behind.settings.home / "public" / "log" / "checkpoint"
    if damage == "a byte":
        content = bytearray(checkpoint.read_bytes())
        content[-3] ^= 1
        checkpoint.write_bytes(content)
    elif damage == "gone":
        checkpoint.with_name("checkpoint.tst").write_bytes(b"over it")
        checkpoint.unlink()
    elif damage == "no key":
        (behind.settings.keys_folder / "public" / "log.vkey").unlink()
    behind.repository.files.put(b"of nobody")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with open_fsck(behind.settings, now=tomorrow, repair=True) as opened:
        found = [one for one in opened.run(repair=True) if isinstance(one, FsckFinding)]
    assert {one.code for one in found} & {"fsck.published-ahead", "fsck.published-beyond"}
    assert {one.code for one in found} - STAND_STILL == {"fsck.file-unreferenced"}
    assert not any(one.repaired for one in found)
    for one in found:
        if one.code in STAND_STILL:
            assert "ublish at once" not in one.remedy("en")
            assert "ot publish" in one.remedy("en") or "nor publish" in one.remedy("en")


def test_a_list_that_knows_a_revocation_that_was_erased_is_not_written_over(issued: Authority) -> None:
    if not issued.settings.database_url.startswith("sqlite"):
        pytest.skip("changed by hand in a SQLite file")
    first, _ = issued.repository.iterate()
    issued.record(first.identifier, EventKind.REVOKE, CAUSE, effective_at=NOON)
    publish_head(issued)
    publish_list(issued, {first.status.index: Status.INVALID})  # type: ignore[union-attr]  # issued with one
    with sqlite3.connect(issued.settings.home / "data" / "license.db") as connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute("DELETE FROM event WHERE kind = 'revoke' AND identifier = ?", (first.identifier,))
        connection.execute("UPDATE license SET state = 'issued', settled_at = NULL WHERE position = 1")
    connection.close()
    assert {"fsck.entry-missing", "fsck.list-contradicts"} <= set(codes(issued))


def test_entries_are_compared_though_no_head_can_be_read(issued: Authority) -> None:
    publish_head(issued)
    log = issued.settings.home / "public" / "log"
    (log / "checkpoint").write_bytes(b"x")
    (bundle,) = (path for path in (log / "tile" / "entries").rglob("*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    assert set(codes(issued)) == {"fsck.published-unreadable", "fsck.entries-differ"}


def test_every_published_file_of_the_log_is_compared(issued: Authority) -> None:
    publish_head(issued)
    publish_list(issued, {}, both=True)
    narrow = sorted(path for path in (issued.settings.home / "public" / "log" / "tile").rglob("*") if path.is_file())
    for path in narrow:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + b"x")
        assert codes(issued) == ["fsck.published-log"]
        path.unlink()
        assert codes(issued) == ["fsck.published-log"]
        path.write_bytes(content)
    assert codes(issued) == []


def test_lists_that_are_missing_or_unknown_are_named(issued: Authority) -> None:
    publish_head(issued)
    assert codes(issued) == ["fsck.list-missing"] * 2
    publish_list(issued, {}, both=True)
    folder = issued.settings.home / "public" / "status"
    (folder / "7").write_bytes((folder / "1").read_bytes())
    assert codes(issued) == ["fsck.list-unknown"]


def test_nothing_is_mended_under_a_head_that_was_seen_outside(issued: Authority) -> None:
    publish_head(issued, more=1)
    issued.repository.files.put(b"of nobody")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with open_fsck(issued.settings, now=tomorrow, repair=True) as opened:
        found = [one for one in opened.run(repair=True) if isinstance(one, FsckFinding)]
    assert "fsck.file-unreferenced" in {one.code for one in found}
    assert not any(one.repaired for one in found)


def test_published_lists_are_compared(issued: Authority, clock: StillClock) -> None:
    first, second = issued.repository.iterate()
    assert first.status is not None
    assert second.status is not None
    publish_list(issued, {})
    assert codes(issued) == [], "the revocation takes effect later"
    publish_list(issued, {second.status.index: Status.INVALID})
    assert codes(issued) == ["fsck.list-differs"]
    publish_list(issued, {5: Status.INVALID})
    assert codes(issued) == ["fsck.list-differs"]
    publish_list(issued, {}, lives=timedelta(minutes=1))
    assert codes(issued) == ["fsck.list-stale"]
    assert findings(issued)[0].harmless
    (issued.settings.home / "public" / "status" / "1").write_bytes(b"x")
    assert codes(issued) == ["fsck.list-unreadable"]
    clock.advance(hours=1)
    publish_list(issued, {})
    issued.record(first.identifier, EventKind.REVOKE, CAUSE, effective_at=NOON - timedelta(minutes=1))
    assert codes(issued) == [], "what was recorded later could not stand in the list"


def test_the_command_tells_and_mends(city: Path) -> None:
    issued = license_command(
        "issue",
        "templates/business-license/example.toml",
        "--type",
        "business-license",
        "--issuer",
        "market",
        "--home",
        city,
    )
    assert issued.code == 0, issued.err
    done = license_command("fsck", "--deep", "--home", city, "--json")
    assert (done.code, done.err) == (0, "")
    assert done.value["summary"] | {"root": ""} == {
        "damage": 0,
        "harmless": 0,
        "repaired": 0,
        "licenses": 1,
        "entries": 1,
        "files": 1,
        "open_reservations": 0,
        "root": "",
    }
