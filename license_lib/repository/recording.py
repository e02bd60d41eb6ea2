"""What happens to licences on record, inside transactions that the caller holds."""

from sqlalchemy import Connection, select, update

from license_lib.errors import InputError, MachineError
from license_lib.lifecycle import EventKind, LicenseState, Proposed, Subject, TypeRules, check
from license_lib.repository.entries import Change, Event
from license_lib.repository.events import Happening, append_events, events_of
from license_lib.repository.log import LogWriter, head
from license_lib.repository.soundness import mirrored
from license_lib.repository.tables import LICENSE


def record(
    connection: Connection, log: LogWriter, identifier: str, change: Change, *, rules: TypeRules, salt: bytes
) -> Event:
    """See `Repository.record`.

    Args:
        log: its end, locked: so nobody else records anything meanwhile.
    """
    record_digest, before = _checked(connection, log.next_sequence, identifier, change, rules)
    corrected = None
    if change.kind is EventKind.CORRECT:
        corrected = next(event for event in before if event.sequence == change.details["corrects"])
    happening = Happening(
        identifier=identifier, change=change, salt=salt, record_digest=record_digest, corrected=corrected
    )
    (event,) = append_events(connection, log, (happening,))
    state, settled_at = mirrored((*before, event))
    if state is None:
        raise MachineError("storage.corrupt", "A licence has events, and none of them is its issue")
    connection.execute(
        update(LICENSE).where(LICENSE.c.identifier == identifier).values(state=str(state), settled_at=settled_at)
    )
    return event


def require_recordable(connection: Connection, identifier: str, change: Change, rules: TypeRules) -> None:
    """See `Repository.require_recordable`."""
    _checked(connection, head(connection).size + 1, identifier, change, rules)


def unknown() -> InputError:
    """A licence that was not issued here."""
    return InputError("license.unknown", "There is no licence with this identifier", hint="check the identifier")


def _checked(
    connection: Connection, sequence: int, identifier: str, change: Change, rules: TypeRules
) -> tuple[bytes, tuple[Event, ...]]:
    """The licence's record digest and its events, once the rules let the change follow them."""
    found = connection.execute(
        select(LICENSE.c.record_digest, LICENSE.c.valid_until).where(LICENSE.c.identifier == identifier)
    ).one_or_none()
    if found is None:
        raise unknown()
    before = events_of(connection, identifier)
    proposed = Proposed(
        sequence=sequence,
        kind=change.kind,
        effective_at=change.effective_at,
        recorded_at=change.recorded_at,
        details=change.details,
    )
    subject = Subject(valid_until=found.valid_until, successor=_successor(connection, identifier))
    check(before, proposed, rules, subject=subject)
    return found.record_digest, before


def _successor(connection: Connection, identifier: str) -> LicenseState | None:
    """State of the newest version in a licence's place; None if there is none."""
    query = select(LICENSE.c.state).where(LICENSE.c.previous == identifier).order_by(LICENSE.c.position.desc()).limit(1)
    state = connection.execute(query).scalar()
    return LicenseState(state) if state is not None else None
