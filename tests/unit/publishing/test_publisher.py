"""One round of publishing: complete, idempotent, killed anywhere, and never back in time."""

import shutil
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from databases import unguarded
from log_trees import note_signer
from loopback import closed_port, fetcher
from published import Desk, DyingWriter, KilledError
from support import PASSPHRASE, StillClock

from license_lib.authority import Authority
from license_lib.errors import MachineError
from license_lib.lifecycle import EventKind
from license_lib.log.audit import audit
from license_lib.log.checkpoints import open_checkpoint
from license_lib.log.ledger import Ledger
from license_lib.publishing.publisher import stamped_bytes
from license_lib.status import Status
from license_lib.status.tokens import open_token, read_token, sign_jwt
from signing.keys import load_credential
from signing.notes import NoteSigner, SignatureKind, parse_note
from signing.timestamps_http import HttpTimestamper
from signing.trust import TrustStore
from signing.validation.time_stamps import judge_time_stamp


def test_what_is_published_is_complete_and_believed(desk: Desk, clock: StillClock) -> None:
    stored = [desk.issue(f"l{number}") for number in range(300)]
    desk.revoke(stored[7])
    desk.record(stored[9], EventKind.SUSPEND)
    done = desk.authority.publisher.publish()
    assert (done.size, done.added, done.lists, done.stamped, done.warning) == (302, 302, (1,), True, None)
    ledger = Ledger()
    result = audit(desk.fetch, desk.policy, ledger=ledger)
    assert (result.findings, result.complete) == ((), True)
    keys = desk.authority.settings.keys_folder
    signer = desk.authority.publisher.lists.signer().certificate_der
    for name in ("status/1", "status/1.jwt"):
        token = open_token(
            (desk.public / name).read_bytes(),
            uri="http://127.0.0.1:8000/status/1",
            signers=[signer],
            now=clock.moment,
            max_staleness=timedelta(0),
        )
        assert token.expires_at - token.issued_at == timedelta(hours=24)
        assert ledger.check_status_list(1, token.bits, token.issued_at) == ()
        assert desk.state(stored[7], name) is Status.INVALID
        assert desk.state(stored[9], name) is Status.SUSPENDED
        assert desk.state(stored[8], name) is Status.VALID
    note = parse_note((desk.public / "log/checkpoint").read_bytes())
    judged = judge_time_stamp(
        (desk.public / "log/checkpoint.tst").read_bytes(),
        "".join((desk.public / "log/checkpoint").read_text().splitlines(keepends=True)[:5]).encode(),
        trust=TrustStore.load(keys),
        at=clock.moment,
    )
    assert judged.proven_at == clock.moment
    assert stamped_bytes(note, desk.policy.key) == note.encoded()


def test_nothing_new_is_nothing_written(desk: Desk) -> None:
    desk.issue("a")
    desk.authority.publisher.publish()
    before = desk.files()
    again = desk.authority.publisher.publish()
    assert not again.changed
    assert desk.files() == before


def test_an_empty_repository_publishes_an_empty_log(desk: Desk) -> None:
    assert desk.authority.publisher.publish().size == 0
    assert audit(desk.fetch, desk.policy, ledger=Ledger()).complete


def test_a_list_is_signed_anew_when_something_changed_took_effect_or_it_is_old(desk: Desk, clock: StillClock) -> None:
    first, second = desk.issue("a"), desk.issue("b")
    publisher = desk.authority.publisher
    publisher.publish()
    clock.advance(minutes=5)
    desk.issue("c")
    assert publisher.publish().lists == (), "an issue changes no list"
    desk.revoke(first)
    assert publisher.publish().lists == (1,)
    assert desk.token().issued_at == clock.moment
    desk.revoke(second, at=clock.moment + timedelta(minutes=10))
    done = publisher.publish()
    assert (done.lists, done.until) == ((), clock.moment + timedelta(minutes=10))
    clock.advance(minutes=10)
    assert publisher.publish().lists == (1,)
    assert desk.state(second) is Status.INVALID
    clock.advance(minutes=59)
    assert publisher.publish().lists == ()
    clock.advance(minutes=1)
    assert publisher.publish().lists == (1,)


def test_a_revocation_within_the_second_is_in_the_list(desk: Desk, clock: StillClock) -> None:
    stored = desk.issue("a")
    clock.advance(seconds=0.6)
    desk.authority.publisher.publish()
    clock.advance(seconds=0.1)
    desk.revoke(stored)
    clock.advance(seconds=0.1)
    desk.authority.publisher.publish()
    assert desk.state(stored) is Status.INVALID


@pytest.mark.parametrize("after", [False, True])
def test_killed_between_any_two_writes_it_ends_as_if_nothing_had_happened(
    desk: Desk, clock: StillClock, *, after: bool
) -> None:
    gone = [desk.issue(f"a{number}") for number in range(3)]
    desk.publisher().publish()
    whole, before = desk.public, desk.public.with_name("before")
    clock.advance(minutes=1)
    for number in range(260):
        desk.issue(f"b{number}")
    desk.revoke(gone[0])
    shutil.copytree(whole, before)
    deaths = 0
    while True:
        shutil.rmtree(whole)
        shutil.copytree(before, whole)
        try:
            desk.publisher(DyingWriter(deaths, after=after)).publish()
        except KilledError:
            # Whatever a reader finds now holds, and says no less than before.
            ledger = Ledger()
            assert audit(desk.fetch, desk.policy, ledger=ledger).findings == ()
            assert ledger.frontier.size in {3, 264}
            assert desk.state(gone[0]) is Status.VALID or ledger.frontier.size == 264
        else:
            break
        deaths += 1
        desk.publisher().publish()
        assert desk.state(gone[0]) is desk.state(gone[0], "status/1.jwt") is Status.INVALID
        assert audit(desk.fetch, desk.policy, ledger=Ledger()).findings == ()
        assert not desk.publisher().publish().changed
    assert deaths > 8, "fewer writes than there are files"


def test_two_at_once_publish_one_log(desk: Desk) -> None:
    for number in range(30):
        desk.issue(f"a{number}")
    done, failed = [], []

    def work() -> None:
        try:
            done.append(desk.publisher().publish())
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(one.added for one in done) == [0, 0, 0, 30]
    assert audit(desk.fetch, desk.policy, ledger=Ledger()).complete


def refused(desk: Desk) -> str:
    """The code of the refusal; nothing was written."""
    before = desk.files()
    with pytest.raises(MachineError) as caught:
        desk.authority.publisher.publish()
    assert desk.files() == before
    return caught.value.code


def test_a_database_that_was_rolled_back_is_not_published(desk: Desk) -> None:
    if not desk.authority.settings.database_url.startswith("sqlite"):
        pytest.skip("the database is put back as a file")
    stored = [desk.issue(f"a{number}") for number in range(3)]
    path = Path(desk.authority.settings.database_url.removeprefix("sqlite:///"))
    with unguarded(desk.authority.settings.database_url) as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, path.with_name("backup.db"))
    desk.revoke(stored[0])
    desk.authority.publisher.publish()
    desk.authority.close()
    for behind in ("-wal", "-shm"):
        path.with_name(path.name + behind).unlink(missing_ok=True)
    shutil.copy(path.with_name("backup.db"), path)
    with Authority(desk.authority.settings, passphrase=PASSPHRASE, clock=desk.clock) as restored:
        again = Desk(restored, desk.clock)
        assert refused(again) == "publishing.rolled-back", "a smaller log"
        again.issue("b0")
        again.issue("b1")
        assert refused(again) == "publishing.rolled-back", "a larger one that goes another way"


def test_a_checkpoint_that_is_not_ours_is_not_replaced(desk: Desk) -> None:
    desk.issue("a")
    desk.authority.publisher.publish()
    path = desk.public / "log/checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n1\n", b"\n2\n"))
    assert refused(desk) == "publishing.checkpoint"


def test_all_files_can_be_written_anew(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    desk.authority.publisher.publish()
    before = desk.files()
    for name in before:
        if "tile" in name:
            (desk.public / name).write_bytes(b"x")
    (desk.public / "status/1").unlink()
    clock.advance(minutes=1)
    assert desk.authority.publisher.publish().added == 0
    assert desk.files() != before
    done = desk.authority.publisher.publish(again=True)
    assert (done.added, done.lists) == (0, (1,))
    after = desk.files()
    assert {name for name in before if after[name] != before[name]} == {"status/1", "status/1.jwt"}


def test_nothing_is_written_anew_of_a_log_that_is_not_whole(desk: Desk) -> None:
    for key in "abc":
        desk.issue(key)
    desk.authority.publisher.publish()
    before = desk.files()
    with unguarded(desk.authority.settings.database_url) as connection:
        connection.exec_driver_sql(
            "UPDATE leaf SET data = (SELECT data FROM leaf WHERE sequence = 2) WHERE sequence = 1"
        )
    with pytest.raises(MachineError) as refused:
        desk.authority.publisher.publish(again=True)
    assert refused.value.code == "storage.corrupt"
    assert desk.files() == before


def test_a_status_list_never_goes_back_in_time(desk: Desk, clock: StillClock) -> None:
    stored = desk.issue("a")
    desk.authority.publisher.publish()
    desk.revoke(stored)
    clock.advance(minutes=-10)
    assert refused(desk) == "publishing.clock-behind"
    (desk.public / "status/1").unlink()
    assert refused(desk) == "publishing.clock-behind", "the other form says so, too"


def test_a_damaged_list_is_published_again(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    desk.authority.publisher.publish()
    (desk.public / "status/1.jwt").write_bytes(b"x")
    clock.advance(seconds=1)
    assert desk.authority.publisher.publish().lists == (1,)
    assert desk.token("status/1.jwt").issued_at == clock.moment


def test_a_time_stamp_service_that_is_down_stops_nothing(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    whole = desk.authority.publisher
    silent = HttpTimestamper(
        closed_port(),
        fetcher=fetcher(),
        trust=TrustStore.load(desk.authority.settings.keys_folder),
        clock=clock,
    )
    done = replace(whole, timestamper=lambda: silent).publish()
    assert (done.added, done.lists, done.stamped) == (1, (1,), False)
    assert done.warning is not None
    assert done.warning.code == "timestamp.unreachable"
    assert not (desk.public / "log/checkpoint.tst").exists()
    again = whole.publish()
    assert (again.added, again.stamped, again.warning) == (0, True, None)
    desk.issue("b")
    assert whole.publish().stamped, "the next head needs another"


def test_what_witnesses_added_stays(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    publisher = desk.authority.publisher
    publisher.publish()
    witness = note_signer("witness.example/w1", 11)
    path = desk.public / "log/checkpoint"
    note = parse_note(path.read_bytes())
    path.write_bytes(note.with_signatures(witness.cosign(note.text, time=1)).encoded())
    stamp = (desk.public / "log/checkpoint.tst").read_bytes()
    clock.advance(hours=2)
    assert publisher.publish().lists == (1,)
    policy = replace(desk.policy, witnesses=(witness.key(SignatureKind.COSIGNATURE),), quorum=1)
    assert len(open_checkpoint(path.read_bytes(), policy).witnessed) == 1
    assert (desk.public / "log/checkpoint.tst").read_bytes() == stamp


def test_a_folder_that_cannot_be_written_is_an_error_of_the_machine(desk: Desk) -> None:
    desk.issue("a")
    desk.public.write_text("a file is in the way")
    with pytest.raises(MachineError) as caught:
        desk.authority.publisher.publish()
    assert caught.value.code == "publishing.folder"


def test_a_state_that_is_published_is_not_taken_back_without_a_reason_on_record(desk: Desk, clock: StillClock) -> None:
    """Somebody who owns the database erased a revocation."""
    stored = desk.issue("a")
    clock.advance(hours=1)
    desk.revoke(stored)
    desk.authority.publisher.publish()
    clock.advance(hours=1)
    published = (desk.public / "status/1").read_bytes()
    with unguarded(desk.authority.settings.database_url) as connection:
        connection.exec_driver_sql("DELETE FROM event WHERE kind = 'revoke'")
        connection.exec_driver_sql("UPDATE license SET state = 'issued', settled_at = NULL")
    assert refused(desk) == "publishing.state-lost"
    assert (desk.public / "status/1").read_bytes() == published


def test_a_state_that_was_taken_back_by_an_event_is_published(desk: Desk, clock: StillClock) -> None:
    stored = desk.issue("a")
    clock.advance(hours=1)
    desk.record(stored, EventKind.SUSPEND)
    desk.authority.publisher.publish()
    clock.advance(hours=1)
    desk.record(stored, EventKind.REINSTATE)
    assert desk.authority.publisher.publish().lists == (1,)


def test_nobody_who_writes_into_the_folder_stops_publishing(desk: Desk, clock: StillClock) -> None:
    """A list of a later time counts only if our own signer signed it."""
    stored = desk.issue("a")
    desk.authority.publisher.publish()
    later = read_token((desk.public / "status/1").read_bytes())
    stranger = load_credential(desk.authority.settings.keys_folder, "market", passphrase=PASSPHRASE, at=clock())
    forged = sign_jwt(
        later.bits,
        uri=later.uri,
        issued_at=clock() + timedelta(days=3),
        expires_at=clock() + timedelta(days=4),
        ttl_seconds=60,
        signer=stranger,
    )
    (desk.public / "status/1.jwt").write_bytes(forged)
    desk.revoke(stored)
    assert desk.authority.publisher.publish().lists == (1,)


def test_what_witnesses_signed_outlives_the_head_that_they_signed(desk: Desk) -> None:
    desk.issue("a")
    desk.authority.publisher.publish()
    path = desk.public / "log/checkpoint"
    note = parse_note(path.read_bytes())
    witness = NoteSigner("witness.example/w1", Ed25519PrivateKey.generate())
    seen = note.with_signatures(witness.cosign(note.text, time=1)).encoded()
    path.write_bytes(seen)
    desk.issue("b")
    desk.authority.publisher.publish()
    assert (desk.public / "log/checkpoint.witnessed").read_bytes() == seen
