"""Use of licences 用证: put on record before the answer goes out, whoever gives it.

Who cannot put it on record gives no answer: a look that nobody can account for must not happen.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from license_lib.errors import InputError
from license_lib.repository.entries import UsageKind, Use, require_plain
from license_lib.repository.repository import Repository
from license_lib.repository.values import StoredLicense

if TYPE_CHECKING:
    from license_lib.verification import Verdict


class Trail:
    """The usage trail 用证留痕 as those keep it who give answers.

    Args:
        repository: writable.
        clock: the time, aware.
        purpose_required: whether a use must say its purpose 用途.
    """

    def __init__(self, repository: Repository, clock: Callable[[], datetime], *, purpose_required: bool) -> None:
        self._repository = repository
        self._clock = clock
        self._purpose_required = purpose_required

    def require(self, use: Use) -> None:
        """Refuse a use that answers for nothing, before anything is looked up; see `require_use`."""
        require_use(use, purpose_required=self._purpose_required)

    def used(self, kind: UsageKind, found: Sequence[StoredLicense], use: Use) -> None:
        """Somebody looked licences up, or took something of them; also if none was found.

        Raises:
            InputError: as `require`.
            MachineError: it cannot be put on record; give no answer then.
        """
        self.require(use)
        self._repository.usage.record(kind, [one.identifier for one in found], use, at=self._clock())

    def verified(self, verdict: "Verdict", use: Use) -> None:
        """Somebody had a document judged; on record if it names a licence of this repository, whatever it is worth.

        Raises:
            InputError, MachineError: as `used`.
        """
        self.require(use)
        named = verdict.license or verdict.code
        if named is None or self._repository.by_identifier(str(named.identifier)) is None:
            return
        self._repository.usage.record(
            UsageKind.VERIFY, [str(named.identifier)], use, at=self._clock(), outcome=verdict.outcome.value
        )


def require_use(use: Use, *, purpose_required: bool) -> None:
    """Refuse a use that answers for nothing.

    Raises:
        InputError: `usage.actor-missing`, `usage.purpose-missing`, `entry.text`.
    """
    require_plain(use)
    if not use.actor.strip():
        raise InputError("usage.actor-missing", "The use has no person", hint="say who uses the record")
    if purpose_required and not use.purpose.strip():
        raise InputError("usage.purpose-missing", "The use has no purpose", hint="say what the record is used for")
