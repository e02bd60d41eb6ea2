"""From a request to a licence on record, exactly once, inside transactions that the caller holds.

The order (design law 6) is: reserve an identifier · seal · put the file · commit. Whatever crashes in between, the
request can be made again: it gets the same identifier. If two processes work on one request at the same time, both get
that identifier and both may seal; the commit lets the first one in and gives the other the licence of the first. So
nobody waits for a process that may be dead, and one licence comes out.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Row, exists, insert, or_, select, text, update

from license_lib.calendar import start_of
from license_lib.errors import InputError, MachineError
from license_lib.lifecycle import EventKind, TypeRules
from license_lib.repository.archives import insert_archive
from license_lib.repository.commitments import SALT_BYTES
from license_lib.repository.entries import Change
from license_lib.repository.events import append_event
from license_lib.repository.log import LogWriter
from license_lib.repository.recording import record
from license_lib.repository.rows import insert_license, license_by_identifier
from license_lib.repository.statuses import allocate
from license_lib.repository.tables import IN_USE, LICENSE, RESERVATION
from license_lib.repository.values import AlreadyIssued, IssuedLicense, Reservation, StoredLicense
from license_lib.status import StatusRef


def reserve(
    connection: Connection,
    identifier: str,
    *,
    request_key: str,
    request_digest: bytes,
    at: datetime,
    randomness: Callable[[int], bytes],
) -> Reservation | AlreadyIssued:
    """See `Repository.reserve`."""
    earlier = connection.execute(select(RESERVATION).where(RESERVATION.c.request_key == request_key)).one_or_none()
    if earlier is not None:
        if earlier.request_digest != request_digest:
            raise InputError(
                "request.key-reused",
                "Another request was made under the same idempotency key",
                hint="repeat the same request, or give the new one its own key",
            )
        if earlier.committed_at is not None:
            return AlreadyIssued(_committed(connection, earlier.identifier))
        return Reservation(earlier.identifier, request_key, resumed=True, status=_status(earlier))
    if connection.scalar(select(exists().where(RESERVATION.c.identifier == identifier))):
        raise InputError("identifier.taken", "The identifier was given away before", hint="draw another serial")
    status = allocate(connection, randomness)
    connection.execute(
        insert(RESERVATION),
        {
            "identifier": identifier,
            "request_key": request_key,
            "request_digest": request_digest,
            "status_list": status.list_number,
            "status_index": status.index,
            "reserved_at": at,
        },
    )
    return Reservation(identifier, request_key, resumed=False, status=status)


def issued_for(connection: Connection, request_key: str) -> StoredLicense | None:
    """See `Repository.issued_for`."""
    fulfilled = (RESERVATION.c.request_key == request_key) & RESERVATION.c.committed_at.is_not(None)
    identifier = connection.execute(select(RESERVATION.c.identifier).where(fulfilled)).scalar()
    return None if identifier is None else _committed(connection, identifier)


def commit(
    connection: Connection, issued: IssuedLicense, *, rules: TypeRules, randomness: Callable[[int], bytes]
) -> StoredLicense:
    """See `Repository.commit`."""
    reservation = connection.execute(
        select(RESERVATION)
        .where(RESERVATION.c.identifier == issued.identifier, RESERVATION.c.request_key == issued.request_key)
        .with_for_update()
    ).one_or_none()
    if reservation is None:
        raise InputError(
            "reservation.unknown", "The identifier is not reserved for this request", hint="reserve it first"
        )
    if reservation.committed_at is None:
        if issued.status != _status(reservation):
            raise InputError(
                "reservation.status", "The licence names another place in a status list than is kept for it"
            )
        _put_on_record(connection, issued, rules=rules, randomness=randomness)
        connection.execute(
            update(RESERVATION).where(RESERVATION.c.identifier == issued.identifier).values(committed_at=issued.at)
        )
    return _committed(connection, issued.identifier)


def _put_on_record(
    connection: Connection, issued: IssuedLicense, *, rules: TypeRules, randomness: Callable[[int], bytes]
) -> None:
    """The end of the version before, the licence, its file, its event and its leaf."""
    log = LogWriter.lock(connection)
    if issued.replaces is not None:
        succession = Change(
            kind=issued.replaces,
            cause=issued.cause,
            effective_at=max(start_of(issued.valid_from), issued.at),
            recorded_at=issued.at,
            details={"next": issued.identifier},
        )
        record(connection, log, issued.previous, succession, rules=rules, salt=randomness(SALT_BYTES))
    require_number_free(
        connection,
        type_code=issued.type_code,
        issuer_code=issued.issuer_code,
        number=issued.number,
        request_key=issued.request_key,
        at=issued.at,
        previous=issued.previous,
    )
    position = log.next_sequence
    insert_license(connection, issued, position=position)
    if issued.archive is not None:
        insert_archive(connection, position, issued.archive, number=1)
    append_event(
        connection,
        log,
        issued.identifier,
        Change(
            kind=EventKind.ISSUE,
            cause=issued.cause,
            effective_at=start_of(issued.issued_on),
            recorded_at=issued.at,
            details=_issue_details(issued),
        ),
        salt=randomness(SALT_BYTES),
        record_digest=issued.record_digest,
        file_digest=issued.file_digest,
        status=issued.status,
    )


def require_number_free(
    connection: Connection,
    *,
    type_code: str,
    issuer_code: str,
    number: str,
    request_key: str,
    at: datetime,
    previous: str = "",
) -> None:
    """Refuse a number 证照编号 that another licence of this type and issuer still has.

    A licence that came to its end frees its number once that has taken effect. The licence that this very request was
    given is no other, and neither is the version before.

    Raises:
        InputError: `license.number-taken`.
    """
    in_use = exists().where(
        LICENSE.c.type_code == type_code,
        LICENSE.c.issuer_code == issuer_code,
        LICENSE.c.number == number,
        LICENSE.c.identifier.not_in(select(RESERVATION.c.identifier).where(RESERVATION.c.request_key == request_key)),
        LICENSE.c.identifier != previous,
        or_(text(IN_USE), LICENSE.c.settled_at > at),
    )
    if connection.scalar(select(in_use)):
        raise InputError(
            "license.number-taken",
            "Another licence of this type and issuing body has this number",
            hint="revoke, cancel or replace that one first, or mend the number",
        )


def _committed(connection: Connection, identifier: str) -> StoredLicense:
    stored = license_by_identifier(connection, identifier)
    if stored is None:
        raise MachineError(
            "storage.corrupt", "A reservation is marked as used, but its licence is missing", hint="restore a backup"
        )
    return stored


def _issue_details(issued: IssuedLicense) -> dict[str, object]:
    return {
        "file_digest": issued.file_digest.hex(),
        "key_id": issued.key_id.hex(),
        "overrides": [
            {"what": entry.what, "reason": entry.reason, "approved_by": entry.approved_by} for entry in issued.overrides
        ],
        "record_digest": issued.record_digest.hex(),
        "request_key": issued.request_key,
        **({"previous": issued.previous} if issued.previous else {}),
    }


def _status(reservation: Row[tuple[object, ...]]) -> StatusRef | None:
    """The place in a status list that is kept with an identifier."""
    if reservation.status_list is None:
        return None
    return StatusRef(reservation.status_list, reservation.status_index)
