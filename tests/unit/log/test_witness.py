"""A witness signs what continues, refuses what does not, and never signs two stories, however many ask at once."""

import fcntl
import multiprocessing
import os
from pathlib import Path

import pytest
from log_trees import SmallLog, cosigned_root, note_signer, numbered

from license_lib.errors import LicenseError
from license_lib.log.checkpoints import Checkpoint, LogPolicy, open_checkpoint, sign_checkpoint
from license_lib.log.tiles import Fetch
from license_lib.log.witness import Witness
from signing.notes import SignatureKind

SIGNER = note_signer("witness.example/w1", 11)


def log_of(size: int) -> SmallLog:
    log = SmallLog().append(*numbered(0, size))
    log.publish()
    return log


def witness_of(log: SmallLog, folder: Path) -> Witness:
    return Witness(folder, SIGNER, origin=log.signer.name, key=log.signer.key())


def cosign(witness: Witness, log: SmallLog, fetch: Fetch | None = None, *, time: int = 1) -> str:
    return str(witness.cosign(log.files["checkpoint"], fetch=fetch or log.files.get, time=time))


def refused(witness: Witness, log: SmallLog, fetch: Fetch | None = None) -> str:
    with pytest.raises(LicenseError) as raised:
        cosign(witness, log, fetch)
    return raised.value.code


def test_what_continues_is_signed_again_and_again(tmp_path: Path) -> None:
    log, key = log_of(3), SIGNER.key(SignatureKind.COSIGNATURE)
    witness = witness_of(log, tmp_path)
    assert witness.last() is None
    policy = LogPolicy(log.signer.name, log.signer.key(), (key,), quorum=1)
    for time, size in enumerate((3, 3, 256, 257, 700, 700)):
        log.append(*numbered(log.frontier.size, size))
        log.publish()
        line = witness_of(log, tmp_path).cosign(log.files["checkpoint"], fetch=log.files.get, time=time)
        signed = open_checkpoint(log.head().with_signatures(line).encoded(), policy)
        assert [(one.key, one.time) for one in signed.witnessed] == [(key, time)]
        last = witness.last()
        assert last is not None
        assert last.checkpoint == signed.checkpoint


def test_a_log_that_goes_back_is_refused(tmp_path: Path) -> None:
    log, older = log_of(300), log_of(299)
    witness = witness_of(log, tmp_path)
    cosign(witness, log)
    assert refused(witness, older) == "log.rolled-back"
    assert refused(witness, log_of(0)) == "log.rolled-back"
    cosign(witness, log)


@pytest.mark.parametrize("grown", [0, 1, 300])
def test_a_log_that_tells_another_story_is_refused_and_the_evidence_kept(tmp_path: Path, grown: int) -> None:
    log = log_of(300)
    witness = witness_of(log, tmp_path)
    cosign(witness, log)
    fork = SmallLog().append(*numbered(0, 299), b"another", *numbered(300, 300 + grown))
    fork.publish()
    assert refused(witness, fork) == "log.forked"
    evidence = [path.read_bytes() for path in tmp_path.glob("*.fork-*")]
    assert evidence == [fork.files["checkpoint"]]
    assert open_checkpoint(evidence[0], log.policy).checkpoint.size == 300 + grown
    last = witness.last()
    assert last is not None
    assert last.checkpoint.root == log.frontier.root()


def test_files_that_do_not_show_what_the_head_says_are_no_proof(tmp_path: Path) -> None:
    log = log_of(300)
    witness = witness_of(log, tmp_path)
    cosign(witness, log)
    old = dict(log.files)
    log.append(*numbered(300, 700))
    log.publish()
    assert refused(witness, log, old.get) == "log.missing"
    altered = log.files | {"tile/0/001": bytes(8192)}
    assert refused(witness, log, altered.get) == "log.altered"
    assert not list(tmp_path.glob("*.fork-*"))
    cosign(witness, log)


def test_others_signatures_are_refused(tmp_path: Path) -> None:
    log, stranger = log_of(5), SmallLog(seed=2).append(b"x")
    stranger.publish()
    witness = witness_of(log, tmp_path)
    assert refused(witness, stranger) == "log.signature"
    other = SmallLog(origin="log.example/other").append(b"x")
    note = sign_checkpoint(Checkpoint("log.example/other", 1, other.frontier.root()), log.signer)
    other.files["checkpoint"] = note.encoded()
    assert refused(witness, other) == "log.signature"
    log.files["checkpoint"] = b"rubbish"
    assert refused(witness, log) == "log.malformed"
    assert witness.last() is None


def test_several_logs_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    first, second = log_of(300), SmallLog(origin="log.example/other", seed=2).append(b"x")
    second.publish()
    for log in (first, second, first):
        cosign(witness_of(log, tmp_path), log)
    assert len(list(tmp_path.glob("*.checkpoint"))) == 2


def test_nobody_else_judges_while_one_does(tmp_path: Path) -> None:
    log = log_of(300)
    witness = witness_of(log, tmp_path)
    cosign(witness, log)
    log.append(b"next")
    log.publish()
    held = list[bool]()

    def fetch(path: str) -> bytes | None:
        lock = next(tmp_path.glob("*.lock"))
        descriptor = os.open(lock, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.append(True)
        finally:
            os.close(descriptor)
        return log.files.get(path)

    cosign(witness, log, fetch)
    assert held


def test_processes_that_race_sign_one_story(tmp_path: Path) -> None:
    log = log_of(300)
    cosign(witness_of(log, tmp_path), log)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        roots = pool.starmap(cosigned_root, [(str(tmp_path), seed % 4) for seed in range(12)], chunksize=1)
    signed = [root for root in roots if root is not None]
    assert len(signed) == 3
    assert len(set(signed)) == 1


def test_a_folder_that_was_tampered_with_or_cannot_be_used_stops_the_witness(tmp_path: Path) -> None:
    log = log_of(3)
    witness = witness_of(log, tmp_path / "state")
    cosign(witness, log)
    kept = next((tmp_path / "state").glob("*.checkpoint"))
    kept.write_bytes(kept.read_bytes().replace(b"\n3\n", b"\n2\n"))
    assert refused(witness, log) == "log.folder"
    (tmp_path / "file").touch()
    assert refused(witness_of(log, tmp_path / "file"), log) == "log.folder"


def test_a_witness_has_a_key_of_its_own(tmp_path: Path) -> None:
    log = log_of(1)
    with pytest.raises(ValueError, match="one key"):
        Witness(tmp_path, log.signer, origin=log.signer.name, key=log.signer.key())
