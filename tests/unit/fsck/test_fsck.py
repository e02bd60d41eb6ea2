"""Whatever somebody with a shell does to a repository is found and named; what can be mended safely is."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from databases import ONLY_POSTGRESQL, ONLY_SQLITE, everything_in, unguarded
from older import make_older
from recorded import RECORDED_AT, change, digest_of, recorded_license, revocation

from license_lib.fsck import FSCK_CODES, Fsck, FsckFinding, Summary
from license_lib.fsck.tables import check_tables
from license_lib.lifecycle import EventKind
from license_lib.repository.database import Database
from license_lib.repository.entries import Cause, HolderNumber, UsageKind, Use
from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import Reservation

USES = 300  # more than a tile
LATER = RECORDED_AT + timedelta(days=1)
Check = Callable[..., list[FsckFinding]]


def issue(repository: Repository, key: str, **changes: object) -> None:
    reserved = repository.reserve(f"id-{key}", request_key=key, request_digest=bytes(32), at=RECORDED_AT)
    assert isinstance(reserved, Reservation)
    digest = repository.files.put(f"file {key}".encode())
    issued = recorded_license(key, status=reserved.status, file_digest=digest, **changes)
    repository.commit(issued)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def repository(database_url: str, files: Path) -> Iterator[Repository]:
    """Licences of all sorts: in force, suspended, revoked, corrected, renewed; with uses, and one request left open."""
    with Repository.open(database_url, files) as opened:
        for key in "abcd":
            issue(opened, key, record_digest=digest_of(key))
        opened.record("id-a", change(EventKind.SUSPEND, LATER))
        opened.record("id-b", revocation(LATER))
        slip = opened.record("id-c", revocation(LATER))
        opened.record("id-c", change(EventKind.CORRECT, RECORDED_AT, details={"corrects": slip.sequence}))
        issue(opened, "e", record_digest=digest_of("e"), previous="id-d", replaces=EventKind.RENEW)
        opened.subjects.correct_number(
            HolderNumber("holder-a", "001"),
            HolderNumber("corrected", "001"),
            cause=Cause(actor="科长", reason="错号"),
            recorded_at=RECORDED_AT,
        )
        opened.usage.record(UsageKind.LOOK, ["id-a"] * USES, Use(actor="窗口一号"), at=RECORDED_AT)
        opened.reserve("id-open", request_key="open", request_digest=bytes(32), at=RECORDED_AT)
        yield opened


@pytest.fixture
def check(database_url: str, files: Path, repository: Repository) -> Check:  # noqa: ARG001 — filled before it is checked
    def run(*, repair: bool = False, now: datetime = RECORDED_AT) -> list[FsckFinding]:
        database = Database.open(database_url, read_only=not repair)
        try:
            *findings, summary = Fsck(database=database, files=FileStore(files), now=now).run(repair=repair)
        finally:
            database.close()
        assert isinstance(summary, Summary)
        return [finding for finding in findings if isinstance(finding, FsckFinding)]

    return run


def codes(findings: list[FsckFinding]) -> set[str]:
    return {finding.code for finding in findings}


def test_a_whole_repository_gives_no_finding(check: Check, database_url: str, files: Path) -> None:
    assert check() == []
    before = everything_in(database_url)
    assert check(repair=True) == []
    assert everything_in(database_url) == before
    database = Database.open(database_url, read_only=True)
    *_, summary = Fsck(database=database, files=FileStore(files), now=RECORDED_AT).run()
    database.close()
    assert isinstance(summary, Summary)
    assert (summary.licenses, summary.files, summary.open_reservations) == (5, 5, 1)
    assert summary.entries == 5 + 4 + 1 + 1 + USES


# One change by hand, and the codes that name it. A statement a line.
CHANGES = [
    ("UPDATE event SET actor = '别人' WHERE sequence = 1", {"fsck.entry-changed"}),
    ("UPDATE event SET effective_at = recorded_at WHERE identifier = 'id-b'", {"fsck.entry-changed"}),
    (
        "UPDATE event SET digest = record_digest FROM license WHERE sequence = 1 AND position = 1",
        {"fsck.entry-changed"},
    ),
    ("UPDATE usage SET actor = '别人' WHERE sequence = 100", {"fsck.entry-changed"}),
    ("UPDATE correction SET new_number = 'x'", {"fsck.entry-changed"}),
    ("DELETE FROM usage WHERE sequence = 100", {"fsck.entry-missing"}),
    ("UPDATE leaf SET data = (SELECT data FROM leaf WHERE sequence = 2) WHERE sequence = 1", {"fsck.leaf-changed"}),
    ("UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE sequence = 2) WHERE sequence = 1", {"fsck.leaf-changed"}),
    ("UPDATE license SET record = record_digest WHERE identifier = 'id-a'", {"fsck.license-changed"}),
    ("UPDATE license SET file_digest = record_digest WHERE identifier = 'id-a'", {"fsck.license-changed"}),
    ("UPDATE license SET record_digest = file_digest WHERE identifier = 'id-a'", {"fsck.entry-differs"}),
    ("UPDATE license SET status_index = status_index + 1 WHERE identifier = 'id-a'", {"fsck.reservation-differs"}),
    ("UPDATE license SET previous = 'id-a' WHERE identifier = 'id-e'", {"fsck.version-link"}),
    ("UPDATE reservation SET committed_at = NULL WHERE identifier = 'id-a'", {"fsck.reservation-differs"}),
    ("UPDATE reservation SET committed_at = reserved_at WHERE identifier = 'id-open'", {"fsck.reservation-differs"}),
    ("UPDATE reservation SET status_index = 9999999 WHERE identifier = 'id-open'", {"fsck.status-outside"}),
    ("UPDATE reservation SET status_list = 7 WHERE identifier = 'id-open'", {"fsck.status-outside"}),
    ("UPDATE status_list SET used = used - 1", {"fsck.status-count"}),
    ("DELETE FROM holder WHERE position = 1", {"fsck.holder-missing"}),
    ("UPDATE holder SET number = 'x' WHERE position = 1", {"fsck.holder-unfindable"}),
    ("DELETE FROM subject_number WHERE number = 'holder-b'", {"fsck.holder-unfindable"}),
    ("UPDATE tile_hash SET hash = (SELECT hash FROM leaf WHERE sequence = 1)", {"fsck.tile-changed"}),
    ("UPDATE license SET state = 'issued' WHERE identifier = 'id-b'", {"fsck.state-differs"}),
    ("UPDATE license SET settled_at = NULL WHERE identifier = 'id-b'", {"fsck.state-differs"}),
    ("UPDATE log_head SET size = size + 1", {"fsck.head-differs"}),
    ("UPDATE log_head SET size = 512, frontier = (SELECT hash FROM leaf WHERE sequence = 1)", {"fsck.head-ahead"}),
    ("DELETE FROM log_head", {"fsck.head-differs"}),
    (
        "INSERT INTO archive SELECT 1, 1, file_digest, recorded_at, recorded_at FROM license WHERE identifier = 'id-b'",
        {"fsck.file-shared"},
    ),
    (
        "INSERT INTO subject_number SELECT 'x', '001', subject FROM holder WHERE position = 1",
        {"fsck.number-unexplained"},
    ),
    ("DELETE FROM subject_number WHERE number = 'corrected'", {"fsck.number-missing"}),
    ("UPDATE reservation SET committed_at = '2020-01-01' WHERE identifier = 'id-a'", {"fsck.reservation-differs"}),
    ("UPDATE reservation SET request_key = 'x' WHERE identifier = 'id-a'", {"fsck.reservation-differs"}),
    ("UPDATE status_list SET key = (SELECT hash FROM leaf WHERE sequence = 1)", {"fsck.status-scattered"}),
    ("DROP INDEX ix_license_settled_at", {"fsck.index-missing"}),
]


@pytest.mark.parametrize(("statement", "expected"), CHANGES)
def test_what_was_changed_by_hand_is_named(check: Check, database_url: str, statement: str, expected: set[str]) -> None:
    with unguarded(database_url) as connection:
        connection.exec_driver_sql(statement)
    assert expected <= codes(check()) - {"fsck.guard-missing"}
    assert not any(finding.harmless for finding in check() if finding.code in expected)


def test_a_removed_end_of_the_log_is_named(check: Check, database_url: str) -> None:
    with unguarded(database_url) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DELETE FROM leaf WHERE sequence > 300")
    found = codes(check())
    assert {"fsck.head-ahead", "fsck.dangling"} <= found
    assert codes([one for one in check(repair=True) if one.repaired]) == set(), "what is lost is not made up"


def test_a_gap_in_the_log_is_named(check: Check, database_url: str) -> None:
    with unguarded(database_url) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DELETE FROM leaf WHERE sequence BETWEEN 100 AND 102")
    (gap,) = [one for one in check() if one.code == "fsck.leaf-missing"]
    assert gap.params == {"first": "100", "last": "102"}


@ONLY_SQLITE
def test_rows_that_cannot_be_read_are_named_one_by_one(check: Check, database_url: str) -> None:
    with unguarded(database_url) as connection:
        connection.exec_driver_sql("UPDATE event SET recorded_at = 'yesterday' WHERE sequence = 2")
        connection.exec_driver_sql("UPDATE usage SET kind = 'eaten' WHERE sequence = 100")
        connection.exec_driver_sql("UPDATE license SET issued_on = 'one day' WHERE identifier = 'id-c'")
    named = {(one.params["table"], one.params["place"]) for one in check() if one.code == "fsck.row-unreadable"}
    assert {("event", "2"), ("usage", "100"), ("license", "3")} <= named


@ONLY_SQLITE
def test_a_damaged_page_is_named(check: Check, database_url: str, repository: Repository) -> None:
    repository.close()
    path = Path(database_url.removeprefix("sqlite:///"))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 4096)
        file.write(b"\xff" * 4096)
    assert "fsck.database-damaged" in codes(check())


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("statements", "code"),
    [
        (["CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT 1; END"], "fsck.guard-differs"),
        (["CREATE TRIGGER late AFTER INSERT ON event BEGIN DELETE FROM holder; END"], "fsck.guard-differs"),
        (["DROP INDEX ix_license_number", "CREATE INDEX ix_license_number ON license (number)"], "fsck.index-differs"),
        (
            [
                "DROP INDEX uq_license_number_in_use",
                (
                    "CREATE UNIQUE INDEX uq_license_number_in_use "
                    "ON license (type_code, issuer_code, number) WHERE state = 'never'"
                ),
            ],
            "fsck.index-differs",
        ),
    ],
)
def test_guards_that_guard_nothing_are_named(check: Check, database_url: str, statements: list[str], code: str) -> None:
    with unguarded(database_url) as connection:
        for one in statements:
            connection.exec_driver_sql(one)
    assert code in codes(check())


@ONLY_POSTGRESQL
def test_a_guard_that_calls_nothing_is_named(check: Check, database_url: str) -> None:
    with unguarded(database_url) as connection:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION license_refuse_change() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NEW; END $$"
        )
    assert "fsck.guard-differs" in codes(check())


@ONLY_SQLITE
def test_tables_that_were_brought_up_to_date_are_as_new_ones(database_url: str, tmp_path: Path) -> None:
    older = f"sqlite:///{tmp_path / 'older.db'}"
    shutil.copy(database_url.removeprefix("sqlite:///"), tmp_path / "older.db")
    make_older(older, "0001")
    create_or_upgrade(older)
    database = Database.open(older, read_only=True)
    found = list(check_tables(database, guarded=True))
    database.close()
    assert found == []


def test_missing_guards_are_named(check: Check, database_url: str) -> None:
    with unguarded(database_url) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER event_append_only")
    named = {finding.params["name"] for finding in check() if finding.code == "fsck.guard-missing"}
    assert named & {"event_append_only", "event_no_update"}


# -- repairs


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE license SET state = 'issued', settled_at = NULL WHERE identifier = 'id-b'", "fsck.state-differs"),
        ("DELETE FROM tile_hash", "fsck.tile-missing"),
        ("UPDATE log_head SET size = 256, frontier = (SELECT hash FROM tile_hash)", "fsck.head-differs"),
        ("UPDATE log_head SET frontier = '' WHERE id = 1", "fsck.head-differs"),
        ("DELETE FROM log_head", "fsck.head-differs"),
    ],
)
def test_what_follows_from_the_rest_is_mended(check: Check, database_url: str, statement: str, code: str) -> None:
    before = everything_in(database_url)
    with unguarded(database_url) as connection:
        connection.exec_driver_sql(statement)
    assert code in codes(check())
    assert {finding.code for finding in check(repair=True) if finding.repaired} == {code}
    assert code not in codes(check())
    assert everything_in(database_url) == before


def test_a_state_is_not_mended_by_events_that_were_changed(check: Check, database_url: str) -> None:
    with unguarded(database_url) as connection:
        connection.exec_driver_sql("UPDATE event SET kind = 'suspend' WHERE identifier = 'id-b' AND kind = 'revoke'")
    found = check(repair=True)
    assert {"fsck.entry-changed", "fsck.state-differs"} <= codes(found)
    assert not any(finding.repaired for finding in found)


# -- files


def test_missing_damaged_and_idle_files_are_named(check: Check, files: Path, repository: Repository) -> None:
    store = FileStore(files)
    paths = {stored.identifier: next(files.rglob(f"{stored.file_digest.hex()}.pdf")) for stored in repository.iterate()}
    paths["id-a"].unlink()
    paths["id-b"].write_bytes(b"")
    idle = store.put(b"nobody names it")
    leftover = next(files.rglob(f"{idle.hex()}.pdf")).parent / ".abcdef01-x.part"
    leftover.write_bytes(b"half")
    now = datetime.now(UTC)
    assert {(one.code, one.params["identifier"]) for one in check(now=now)} == {
        ("fsck.file-missing", "id-a"),
        ("fsck.file-damaged", "id-b"),
    }, "a young file may be named in a moment"
    later = now + timedelta(hours=2)
    named = check(now=later)
    assert {"fsck.file-unreferenced", "fsck.leftover"} < codes(named)
    assert {one.code for one in named if one.harmless} == {"fsck.file-unreferenced", "fsck.leftover"}
    mended = {one.code for one in check(now=later, repair=True) if one.repaired}
    assert mended == {"fsck.file-unreferenced", "fsck.leftover"}
    assert sorted(path.name for path in (files / "quarantine").iterdir()) == [".abcdef01-x.part", f"{idle.hex()}.pdf"]
    assert codes(check(now=later)) == {"fsck.file-missing", "fsck.file-damaged"}


def test_a_deep_check_reads_files_and_records(database_url: str, files: Path, repository: Repository) -> None:
    stored = next(repository.iterate())
    path = next(files.rglob(f"{stored.file_digest.hex()}.pdf"))
    path.write_bytes(b"file x")

    def run(record_of: Callable[[bytes], bytes | None]) -> list[tuple[str, str]]:
        database = Database.open(database_url, read_only=True)
        check = Fsck(database=database, files=FileStore(files), now=RECORDED_AT, record_of=record_of)
        found = [one for one in check.run() if isinstance(one, FsckFinding)]
        database.close()
        return [(one.code, one.params["identifier"]) for one in found]

    def right(pdf: bytes) -> bytes:
        return f'{{"key":"{pdf.decode()[-1]}"}}'.encode()

    assert run(right) == [("fsck.file-damaged", "id-a")]
    path.write_bytes(b"file a")
    assert run(right) == []
    assert run(lambda _: None) == [("fsck.file-differs", f"id-{key}") for key in "abcde"]


@ONLY_POSTGRESQL
def test_nothing_is_found_while_others_issue(check: Check, repository: Repository) -> None:
    def work() -> None:
        for number in range(40):
            issue(repository, f"n{number}", record_digest=digest_of(f"n{number}"))

    issuing = Thread(target=work)
    issuing.start()
    while issuing.is_alive():
        assert check() == []
    issuing.join()


def test_every_code_has_words_in_both_languages() -> None:
    for code, row in FSCK_CODES.items():
        assert code.startswith("fsck.")
        assert all((row.zh, row.en, row.remedy_zh, row.remedy_en))
