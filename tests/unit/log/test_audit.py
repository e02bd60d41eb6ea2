"""An outsider's audit finds what a lying log would do: roll back, fork, alter, leave out. It reads only what is new."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_trees import SmallLog, note_signer

from license_lib.errors import MachineError
from license_lib.log.audit import Audit, audit
from license_lib.log.audit_folder import AuditFolder
from license_lib.log.checkpoints import LogPolicy
from license_lib.log.leaves import EntryLeaf, EntryType
from license_lib.log.ledger import Ledger
from license_lib.log.tiles import Fetch
from signing.notes import SignatureKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def uses(start: int, end: int, salt: int = 0) -> list[bytes]:
    digests = (bytes([salt]) + number.to_bytes(31, "big") for number in range(start, end))
    return [EntryLeaf(EntryType.USAGE, digest, NOW).encoded() for digest in digests]


def log_of(size: int, *, salt: int = 0) -> SmallLog:
    log = SmallLog().append(*uses(0, size, salt))
    log.publish()
    return log


def codes(result: Audit) -> list[str]:
    return [finding.code for finding in result.findings]


def audited(log: SmallLog, ledger: Ledger, fetch: Fetch | None = None, known: tuple[bytes, ...] = ()) -> list[str]:
    return codes(audit(fetch or log.files.get, log.policy, ledger=ledger, known=known))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_an_honest_log_is_read_to_its_end_day_by_day(sizes: list[int]) -> None:
    log, ledger, heads = SmallLog(), Ledger(), list[bytes]()
    for size in sorted(sizes):
        log.append(*uses(log.frontier.size, size))
        log.publish()
        taken = list[bytes]()
        before = ledger.frontier.size
        result = audit(log.files.get, log.policy, ledger=ledger, known=heads, taken=taken.append)
        assert (result.findings, result.complete) == ((), True)
        assert taken == log.entries[before:size]
        assert ledger.frontier == log.frontier
        heads.append(log.files["checkpoint"])


def test_only_what_is_new_is_fetched() -> None:
    log, ledger, asked = log_of(3_000), Ledger(), list[str]()
    assert audited(log, ledger) == []
    log.append(*uses(3_000, 3_100))
    log.publish()

    def fetch(path: str) -> bytes | None:
        asked.append(path)
        return log.files.get(path)

    assert audited(log, ledger, fetch) == []
    assert "tile/entries/011" in asked
    assert "tile/entries/012.p/28" in asked
    assert "tile/entries/010" not in asked
    assert len(asked) <= 6


def test_a_log_that_goes_back_is_found() -> None:
    log, ledger = log_of(300), Ledger()
    audited(log, ledger)
    older = log_of(299)
    assert audited(older, ledger) == ["log.rolled-back"]
    assert audited(older, Ledger(), known=(log.files["checkpoint"],)) == ["log.rolled-back"]
    assert ledger.frontier.size == 300


@pytest.mark.parametrize("size", [300, 301, 700])
def test_a_fork_is_found_by_what_was_read_and_by_what_others_saw(size: int) -> None:
    log, ledger = log_of(300), Ledger()
    audited(log, ledger)
    fork = log_of(size, salt=1)
    assert audited(fork, ledger) == ["log.forked"]
    fresh = Ledger()
    assert audited(fork, fresh, known=(log.files["checkpoint"],)) == ["log.forked"]
    assert (ledger.frontier.size, fresh.frontier.size) == (300, 0)


def test_what_others_hand_in_must_be_the_log_s() -> None:
    log = log_of(300)
    stranger = SmallLog(seed=2).append(b"x").publish()
    assert audited(log, Ledger(), known=(stranger,)) == ["log.signature"]
    assert audited(log, Ledger(), known=(b"rubbish",)) == ["log.malformed"]


def test_every_altered_or_missing_file_that_is_read_is_found() -> None:
    log = log_of(1_200)
    bundles = [path for path in log.files if path.startswith("tile/entries/")]
    assert len(bundles) == 5
    for path in bundles:
        data = bytearray(log.files[path])
        data[10] ^= 1
        ledger = Ledger()
        assert audited(log, ledger, (log.files | {path: bytes(data)}).get) == ["log.altered"]
        # What was read before is sound, and the next audit goes on from there.
        assert ledger.frontier.size % 256 == 0
        assert audited(log, ledger) == []
        missing = {name: content for name, content in log.files.items() if name != path}
        assert audited(log, Ledger(), missing.get) == ["log.missing"]
        assert audited(log, Ledger(), (log.files | {path: log.files[path] + b"x"}).get) == ["log.malformed"]
    for path in ("tile/0/004.p/176", "tile/1/000.p/4"):
        altered = log.files | {path: bytes(len(log.files[path]))}
        assert audited(log, Ledger(), altered.get) == ["log.altered"], path


def test_heads_that_prove_nothing_are_found() -> None:
    log = log_of(3)
    assert audited(log, Ledger(), dict[str, bytes]().get) == ["log.missing"]
    stranger = SmallLog(seed=2).append(b"x")
    stranger.publish()
    assert audited(log, Ledger(), stranger.files.get) == ["log.signature"]
    witness = note_signer("witness.example/w1", 11)
    policy = LogPolicy(log.signer.name, log.signer.key(), (witness.key(SignatureKind.COSIGNATURE),), quorum=1)
    result = audit(log.files.get, policy, ledger=Ledger())
    assert (codes(result), result.signed, result.complete) == (["log.unwitnessed"], None, False)
    head = log.head()
    log.files["checkpoint"] = head.with_signatures(witness.cosign(head.text, time=1)).encoded()
    assert audit(log.files.get, policy, ledger=Ledger(), known=(head.encoded(),)).complete


def test_an_empty_log_is_a_log() -> None:
    assert audited(log_of(0), Ledger()) == []


def test_rubbish_in_the_log_is_told_and_read_over() -> None:
    log = SmallLog().append(*uses(0, 2), b"rubbish", *uses(2, 4))
    log.publish()
    ledger = Ledger()
    assert audited(log, ledger) == ["log.malformed"]
    assert ledger.frontier.size == 5


def test_a_folder_goes_on_where_the_last_audit_ended(tmp_path: Path) -> None:
    log = SmallLog().append(*uses(0, 300), b"rubbish")
    log.publish()
    folder = AuditFolder(tmp_path / "audit", log.policy)
    assert codes(folder.run(log.files.get).result) == ["log.malformed"]
    log.append(*uses(300, 700))
    log.publish()
    fetched = list[str]()

    def fetch(path: str) -> bytes | None:
        fetched.append(path)
        return log.files.get(path)

    second = folder.run(fetch)
    assert (codes(second.result), second.ledger.frontier) == (["log.malformed"], log.frontier)
    assert "tile/entries/000" not in fetched
    fork = log_of(900)
    forked = AuditFolder(tmp_path / "audit", fork.policy).run(fork.files.get).result
    assert (codes(forked), forked.complete) == (["log.malformed", "log.forked"], False)
    assert (tmp_path / "audit" / "checkpoint").read_bytes() == log.files["checkpoint"]


@pytest.mark.parametrize("torn", [1, 100, 5000])
def test_what_a_crash_left_is_taken_up(tmp_path: Path, torn: int) -> None:
    """Entries are on the disk before the head: after a crash there are more than it stands for, or half of one."""
    log = log_of(300)
    folder = AuditFolder(tmp_path, log.policy)
    folder.run(log.files.get)
    kept = (tmp_path / "checkpoint").read_bytes()
    log.append(*uses(300, 600))
    log.publish()
    folder.run(log.files.get)
    entries = (tmp_path / "entries").read_bytes()
    (tmp_path / "entries").write_bytes(entries[:-torn])
    (tmp_path / "checkpoint").write_bytes(kept)
    again = folder.run(log.files.get)
    assert (again.result.findings, again.ledger.frontier) == ((), log.frontier)
    assert (tmp_path / "entries").read_bytes() == entries


def test_a_folder_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    log = log_of(300)
    folder = AuditFolder(tmp_path, log.policy)
    folder.run(log.files.get)
    entries, head = (tmp_path / "entries").read_bytes(), (tmp_path / "checkpoint").read_bytes()
    changes = {
        "entries": (entries[:-1], entries.replace(b"usage", b"usagf", 1)),
        "checkpoint": (b"rubbish", head.replace(b"\n300\n", b"\n299\n")),
    }
    for name, contents in changes.items():
        for content in contents:
            before = (tmp_path / name).read_bytes()
            (tmp_path / name).write_bytes(content)
            with pytest.raises(MachineError) as raised:
                folder.run(log.files.get)
            assert raised.value.code == "log.folder"
            (tmp_path / name).write_bytes(before)
    (tmp_path / "file").touch()
    with pytest.raises(MachineError) as raised:
        AuditFolder(tmp_path / "file", log.policy).run(log.files.get)
    assert raised.value.code == "log.folder"


def test_a_fetcher_s_own_refusal_is_not_taken_for_the_folder_s(tmp_path: Path) -> None:
    def fetch(path: str) -> bytes | None:
        raise PermissionError(path)

    log = log_of(3)
    with pytest.raises(PermissionError):
        AuditFolder(tmp_path, log.policy).run(fetch)
