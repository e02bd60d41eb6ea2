"""Which lists are accepted: no strangers, no way back, no freezing; and whatever happens, the list before stays."""

import fcntl
import multiprocessing
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import NOON

from license_lib.errors import MachineError
from license_lib.trust_list import TrustListError
from license_lib.trust_list import store as store_module
from license_lib.trust_list.store import ListStore

LIST = "11620400000000101R"


@pytest.fixture
def store(tmp_path: Path, desk: Any) -> ListStore:
    """A store that has accepted number 5."""
    opened = ListStore(tmp_path / "home" / "trust")
    opened.accept(desk.sign().document, now=NOON, signer=desk.signer.certificate_der)
    return opened


def refusal(store: ListStore, document: bytes, *, now: datetime = NOON, signer: bytes | None = None) -> str:
    before = store.current(LIST)
    with pytest.raises(TrustListError) as caught:
        store.accept(document, now=now, signer=signer)
    assert store.current(LIST) == before, "the list before stays current"
    return caught.value.code


def test_a_store_without_a_word_about_the_signer_accepts_nothing(tmp_path: Path, desk: Any) -> None:
    empty = ListStore(tmp_path / "trust")
    assert refusal(empty, desk.sign().document) == "trust.unpinned"
    assert empty.all_current() == ()


def test_the_first_list_is_by_the_named_signer(tmp_path: Path, desk: Any, other_desk: Any) -> None:
    empty = ListStore(tmp_path / "trust")
    assert refusal(empty, other_desk.sign().document, signer=desk.signer.certificate_der) == "trust.signer"
    taken = empty.accept(desk.sign().document, now=NOON, signer=desk.signer.certificate_der)
    assert empty.all_current() == (taken,)


def test_newer_lists_follow_and_gaps_are_allowed(store: ListStore, desk: Any) -> None:
    for sequence in (6, 90):
        newer = desk.sign(sequence=sequence)
        store.accept(newer.document, now=NOON)
        assert store.current(LIST) == newer
    again = store.accept(newer.document, now=NOON)
    assert again == newer, "the same list again changes nothing"


def test_there_is_no_way_back(store: ListStore, desk: Any) -> None:
    assert refusal(store, desk.sign(sequence=4).document) == "trust.rollback"
    assert refusal(store, desk.sign(authority="另一机构").document) == "trust.rollback", "the same number, another list"
    earlier = desk.sign(sequence=6, issued_at=NOON - timedelta(hours=1))
    assert refusal(store, earlier.document) == "trust.rollback"
    named = desk.signer.certificate_der
    assert refusal(store, desk.sign(sequence=4).document, signer=named) == "trust.rollback", "nor by naming the signer"


def test_nobody_is_frozen_or_sent_ahead(store: ListStore, desk: Any) -> None:
    newer = desk.sign(sequence=6)
    assert refusal(store, newer.document, now=NOON + timedelta(days=8)) == "trust.stale"
    assert refusal(store, newer.document, now=NOON - timedelta(minutes=6)) == "trust.future"
    store.accept(newer.document, now=NOON - timedelta(minutes=4))


def test_a_list_announces_the_next_signer(store: ListStore, desk: Any, other_desk: Any) -> None:
    def by_other(sequence: int) -> bytes:
        document: bytes = other_desk.sign(sequence=sequence).document
        return document

    assert refusal(store, by_other(6)) == "trust.signer"
    announced = desk.sign(sequence=7, next_signers=(other_desk.signer.certificate_der,))
    store.accept(announced.document, now=NOON)
    store.accept(by_other(8), now=NOON)
    assert refusal(store, desk.sign(sequence=9).document) == "trust.signer", "the old signer is gone"


def test_after_a_loss_an_operator_names_another_signer(store: ListStore, other_desk: Any) -> None:
    document = other_desk.sign(sequence=6).document
    assert refusal(store, document) == "trust.signer"
    assert store.accept(document, now=NOON, signer=other_desk.signer.certificate_der).list.sequence == 6


def test_every_accepted_list_is_kept(store: ListStore, desk: Any, tmp_path: Path) -> None:
    store.accept(desk.sign(sequence=6).document, now=NOON)
    kept = sorted(path.name for path in (tmp_path / "home" / "trust" / LIST).iterdir())
    assert [name[:16] for name in kept] == ["0000000000000005", "0000000000000006"]


def test_what_is_not_what_its_name_says_is_a_broken_machine(store: ListStore, desk: Any, tmp_path: Path) -> None:
    (path,) = (tmp_path / "home" / "trust" / LIST).iterdir()
    sound = path.read_bytes()
    for damaged in (sound[:100], b"", desk.sign(sequence=4).document):
        path.write_bytes(damaged)
        with pytest.raises(MachineError) as caught:
            store.all_current()
        assert caught.value.code == "trust.store"
    path.write_bytes(sound)
    assert store.all_current()


def _die_before_the_rename(folder: Path, document: bytes) -> None:
    """A process that is killed when all is written and nothing is renamed."""
    store_module.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[attr-defined]
    ListStore(folder).accept(document, now=NOON)


def test_a_crash_leaves_the_list_before(store: ListStore, desk: Any, tmp_path: Path) -> None:
    newer = desk.sign(sequence=6).document
    folder = tmp_path / "home" / "trust"
    process = multiprocessing.get_context("fork").Process(target=_die_before_the_rename, args=(folder, newer))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert len(list((folder / LIST).iterdir())) == 2, "it died in the middle"
    current = store.current(LIST)
    assert current is not None
    assert current.list.sequence == 5
    assert store.accept(newer, now=NOON).list.sequence == 6


def _accept(folder: Path, document: bytes) -> None:
    try:
        ListStore(folder).accept(document, now=NOON)
    except TrustListError:
        os._exit(1)
    os._exit(0)


def test_who_accepts_waits_for_who_is_accepting(store: ListStore, desk: Any, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "trust"
    waiting = multiprocessing.get_context("fork").Process(target=_accept, args=(folder, desk.sign(sequence=6).document))
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    waiting.start()
    waiting.join(3)  # it waits however long this is; without a lock it would be done
    newer = desk.sign(sequence=7)
    (folder / LIST / f"{7:016}-{newer.sha256}.jws").write_bytes(newer.document)
    fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough: the other process has inherited it
    os.close(descriptor)
    waiting.join()
    assert waiting.exitcode == 1, "number 6 came too late"
    assert store.current(LIST) == newer
