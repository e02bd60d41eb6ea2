"""Revoking 撤销 a licence on record, inside a transaction that the caller holds."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from license_lib.calendar import start_of
from license_lib.errors import InputError
from license_lib.repository.events import append_event
from license_lib.repository.tables import LICENSE
from license_lib.repository.values import Event, EventKind, LicenseState


def revoke(
    connection: Connection,
    identifier: str,
    *,
    at: datetime,
    recorded_at: datetime,
    reason: str,
    actor: str,
    legal_basis: str,
) -> Event:
    """See `Repository.revoke`."""
    found = connection.execute(
        select(LICENSE.c.state, LICENSE.c.issued_on).where(LICENSE.c.identifier == identifier).with_for_update()
    ).one_or_none()
    if found is None:
        raise unknown()
    if found.state == LicenseState.REVOKED:
        raise InputError("license.already-revoked", "The licence was revoked before")
    if at < start_of(found.issued_on):
        raise InputError(
            "event.before-issue", "The revocation would take effect before the issue", hint="mend the date"
        )
    connection.execute(
        update(LICENSE).where(LICENSE.c.identifier == identifier).values(state=str(LicenseState.REVOKED))
    )
    return append_event(
        connection,
        identifier=identifier,
        kind=EventKind.REVOKE,
        effective_at=at,
        recorded_at=recorded_at,
        actor=actor,
        reason=reason,
        details={"legal_basis": legal_basis},
    )


def unknown() -> InputError:
    """A licence that was not issued here."""
    return InputError("license.unknown", "There is no licence with this identifier", hint="check the identifier")
