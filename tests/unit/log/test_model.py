"""Random lives of a log: it grows, is published, watched, forked and rolled back, against the naive tree of the RFC."""

from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from log_trees import NaiveTree, SmallLog

from license_lib.log.audit import audit
from license_lib.log.checkpoints import open_checkpoint
from license_lib.log.ledger import Ledger
from license_lib.log.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from license_lib.log.proving import consistency_proof, frontier_at, inclusion_proof
from license_lib.log.tiles import TileReader

MANY = st.sampled_from([1, 2, 3, 7, 100, 255, 256, 257, 600])


def found(log: SmallLog, ledger: Ledger, *known: bytes) -> set[str]:
    """What an audit finds of the log itself; numbers are no entries of licences."""
    done = audit(log.files.get, log.policy, ledger=ledger, known=known)
    return {finding.code for finding in done.findings} - {"log.malformed"}


class LifeOfALog(RuleBasedStateMachine):
    """One log and who watches it. Entries are numbered, so that no two are alike, on no branch."""

    heads = Bundle("heads")

    @initialize()
    def begin(self) -> None:
        self.log = SmallLog()
        self.numbers = count()
        self.ledger = Ledger()

    def grow(self, log: SmallLog, many: int) -> None:
        log.append(*(b"%d" % next(self.numbers) for _ in range(many)))

    @rule(many=MANY)
    def append(self, many: int) -> None:
        self.grow(self.log, many)

    @rule(target=heads)
    def publish(self) -> bytes:
        return self.log.publish()

    @rule(head=heads)
    def what_was_published_is_the_beginning_of_what_is(self, head: bytes) -> None:
        old = open_checkpoint(head, self.log.policy).checkpoint
        proof = consistency_proof(old.size, self.log.frontier.size, self.log)
        assert verify_consistency(old.size, self.log.frontier.size, proof, old.root, self.log.frontier.root())
        assert frontier_at(old.size, self.log).root() == old.root

    @rule(head=heads, place=st.floats(0, 1, exclude_max=True))
    def every_entry_is_proved_from_the_files_alone(self, head: bytes, place: float) -> None:
        checkpoint = open_checkpoint(head, self.log.policy).checkpoint
        if checkpoint.size == 0:
            return
        index = int(place * checkpoint.size)
        reader = TileReader(self.log.files.get, checkpoint.size, checkpoint.root)
        proof = inclusion_proof(index, checkpoint.size, reader)
        leaf = leaf_hash(self.log.entries[index])
        assert verify_inclusion(index, checkpoint.size, leaf, proof, checkpoint.root)
        assert not verify_inclusion(index, checkpoint.size, leaf_hash(b"another"), proof, checkpoint.root)

    @rule(head=heads)
    def an_auditor_reads_on(self, head: bytes) -> None:
        self.log.publish()
        assert found(self.log, self.ledger, head) == set()
        assert self.ledger.frontier == self.log.frontier

    @rule(head=consumes(heads), many=MANY)
    def a_fork_is_found_by_whoever_has_one_head_of_the_other_branch(self, head: bytes, many: int) -> None:
        old = open_checkpoint(head, self.log.policy).checkpoint
        if old.size == 0:
            return
        fork = SmallLog().append(*self.log.entries[: old.size - 1])
        self.grow(fork, many)
        fork.publish()
        assert found(fork, Ledger(), head) == {"log.forked"}

    @rule(many=st.integers(1, 5))
    def a_log_that_lost_its_end_is_found_by_whoever_read_that(self, many: int) -> None:
        if self.ledger.frontier.size < many:
            return
        shorter = SmallLog().append(*self.log.entries[: self.ledger.frontier.size - many])
        shorter.publish()
        before = self.ledger.frontier
        assert found(shorter, self.ledger) == {"log.rolled-back"}
        assert self.ledger.frontier == before

    @invariant()
    def the_head_is_that_of_the_naive_tree(self) -> None:
        if not hasattr(self, "log") or self.log.frontier.size > 1500:
            return
        naive = NaiveTree(self.log.rows[0])
        assert self.log.frontier.root() == naive.root(0, len(naive.leaves))
        assert Frontier.unpacked(self.log.frontier.size, self.log.frontier.packed()) == self.log.frontier


TestLifeOfALog = LifeOfALog.TestCase
TestLifeOfALog.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
