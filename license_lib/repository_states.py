"""The repository as the place where verification looks up what became of a licence, and whether it is published."""

from collections.abc import Callable
from datetime import datetime

from license_lib.errors import MachineError
from license_lib.lifecycle import DEFAULT_RULES, TypeRules, standing_at
from license_lib.log.checkpoints import SignedCheckpoint
from license_lib.log.findings import LogError
from license_lib.log.leaves import EventLeaf, parse_leaf
from license_lib.log.merkle import leaf_hash, verify_inclusion
from license_lib.log.proving import inclusion_proof
from license_lib.repository.repository import Repository
from license_lib.repository.values import StoredLicense
from license_lib.verification.ground import Asked
from license_lib.verification.standing import Logged, OnRecord


class RepositoryStates:
    """The repository as the place where verification looks up states.

    Args:
        rules: of a licence type, by its key; they say when inspections are due, and what it means if one is late.
        head: the newest published head of the log; None if there is none.
        origin: the log's name; empty if there is no log.
    """

    def __init__(
        self,
        repository: Repository,
        rules: Callable[[str], TypeRules] = lambda _: DEFAULT_RULES,
        head: Callable[[], SignedCheckpoint | None] = lambda: None,
        origin: str = "",
    ) -> None:
        self._repository = repository
        self._rules = rules
        self._head = head
        self._origin = origin

    def state_of(self, asked: Asked, at: datetime, now: datetime) -> OnRecord | None:
        """What is known of a licence at a moment; None if the repository does not hold it.

        Raises:
            MachineError: `storage.corrupt`, `event.record-broken`: the record contradicts itself.
        """
        del now  # what was recorded up to this very moment counts
        found = self._repository.history(asked.identifier)
        if found is None:
            return None
        stored, events = found
        rules = self._rules(stored.type_key)
        standing = standing_at(events, at, rules=rules)
        logged = self._logged(stored)
        if standing is None:
            return OnRecord(record=stored.record, file_digest=stored.file_digest, state=None, log=logged)
        return OnRecord(
            record=stored.record,
            file_digest=stored.file_digest,
            state=standing.state,
            since=standing.since,
            valid_until=standing.valid_until,
            next_identifier=standing.next,
            inspection_due=standing.inspection_due,
            overdue=rules.overdue,
            log=logged,
        )

    def _logged(self, stored: StoredLicense) -> Logged | None:
        """Where the issue stands in the published log; the head must stand for an entry that names this licence."""
        if not self._origin:
            return None
        index = stored.position - 1
        try:
            signed = self._head()
        except MachineError:
            return Logged(origin=self._origin, index=index, size=0, readable=False)
        size = signed.checkpoint.size if signed else 0
        holds = signed is None or index >= size or self._holds(stored, index, signed)
        return Logged(origin=self._origin, index=index, size=size, holds=holds)

    def _holds(self, stored: StoredLicense, index: int, signed: SignedCheckpoint) -> bool:
        log, head = self._repository.log, signed.checkpoint
        if log.head().size < head.size:
            return False
        entry = log.leaf(index)
        try:
            leaf = parse_leaf(entry)
        except LogError:
            return False
        named = isinstance(leaf, EventLeaf) and (leaf.license, leaf.file) == (stored.record_digest, stored.file_digest)
        proof = inclusion_proof(index, head.size, log)
        return named and verify_inclusion(index, head.size, leaf_hash(entry), proof, head.root)
