"""The repository as the place where verification looks up what became of a licence."""

from collections.abc import Callable
from datetime import datetime

from license_lib.lifecycle import DEFAULT_RULES, TypeRules, standing_at
from license_lib.repository import Repository
from license_lib.verification.ground import Asked
from license_lib.verification.standing import OnRecord


class RepositoryStates:
    """The repository as the place where verification looks up states.

    Args:
        rules: of a licence type, by its key; they say when inspections are due, and what it means if one is late.
    """

    def __init__(self, repository: Repository, rules: Callable[[str], TypeRules] = lambda _: DEFAULT_RULES) -> None:
        self._repository = repository
        self._rules = rules

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
        if standing is None:
            return OnRecord(record=stored.record, file_digest=stored.file_digest, state=None)
        return OnRecord(
            record=stored.record,
            file_digest=stored.file_digest,
            state=standing.state,
            since=standing.since,
            valid_until=standing.valid_until,
            next_identifier=standing.next,
            inspection_due=standing.inspection_due,
            overdue=rules.overdue,
        )
