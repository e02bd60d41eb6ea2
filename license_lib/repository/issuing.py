"""From a request to a licence on record, exactly once, inside transactions that the caller holds.

The order (design law 6) is: reserve an identifier · seal · put the file · commit. Whatever crashes in between, the
request can be made again: it gets the same identifier. If two processes work on one request at the same time, both get
that identifier and both may seal; the commit lets the first one in and gives the other the licence of the first. So
nobody waits for a process that may be dead, and one licence comes out.
"""

from datetime import datetime

from sqlalchemy import Connection, and_, exists, insert, select, update

from license_lib.calendar import start_of
from license_lib.errors import InputError, MachineError
from license_lib.repository.archives import insert_archive
from license_lib.repository.events import append_event, next_sequence
from license_lib.repository.rows import insert_license, license_by_identifier
from license_lib.repository.tables import EVENT, LICENSE, RESERVATION
from license_lib.repository.values import (
    AlreadyIssued,
    EventKind,
    IssuedLicense,
    LicenseState,
    Reservation,
    StoredLicense,
)


def reserve(
    connection: Connection, identifier: str, *, request_key: str, request_digest: bytes, at: datetime
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
        return Reservation(earlier.identifier, request_key, resumed=True)
    if connection.scalar(select(exists().where(RESERVATION.c.identifier == identifier))):
        raise InputError("identifier.taken", "The identifier was given away before", hint="draw another serial")
    connection.execute(
        insert(RESERVATION),
        {
            "identifier": identifier,
            "request_key": request_key,
            "request_digest": request_digest,
            "reserved_at": at,
        },
    )
    return Reservation(identifier, request_key, resumed=False)


def commit(connection: Connection, issued: IssuedLicense) -> StoredLicense:
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
        require_number_free(
            connection,
            type_code=issued.type_code,
            issuer_code=issued.issuer_code,
            number=issued.number,
            request_key=issued.request_key,
            at=issued.at,
        )
        position = next_sequence(connection)
        insert_license(connection, issued, position=position)
        if issued.archive is not None:
            insert_archive(connection, position, issued.archive, number=1)
        append_event(
            connection,
            identifier=issued.identifier,
            kind=EventKind.ISSUE,
            effective_at=start_of(issued.issued_on),
            recorded_at=issued.at,
            actor=issued.actor,
            reason="",
            details=_issue_details(issued),
        )
        connection.execute(
            update(RESERVATION).where(RESERVATION.c.identifier == issued.identifier).values(committed_at=issued.at)
        )
    return _committed(connection, issued.identifier)


def require_number_free(
    connection: Connection, *, type_code: str, issuer_code: str, number: str, request_key: str, at: datetime
) -> None:
    """Refuse a number 证照编号 that another licence of this type and issuer still has.

    A revoked licence frees its number once the revocation has taken effect. The licence that this very request was
    given is no other.

    Raises:
        InputError: `license.number-taken`.
    """
    ended = exists().where(
        EVENT.c.identifier == LICENSE.c.identifier, EVENT.c.kind == str(EventKind.REVOKE), EVENT.c.effective_at <= at
    )
    in_use = exists().where(
        LICENSE.c.type_code == type_code,
        LICENSE.c.issuer_code == issuer_code,
        LICENSE.c.number == number,
        LICENSE.c.identifier.not_in(select(RESERVATION.c.identifier).where(RESERVATION.c.request_key == request_key)),
        ~and_(LICENSE.c.state == str(LicenseState.REVOKED), ended),
    )
    if connection.scalar(select(in_use)):
        raise InputError(
            "license.number-taken",
            "Another licence of this type and issuing body has this number",
            hint="revoke that one first, or mend the number",
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
    }
