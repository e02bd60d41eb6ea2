"""Licence numbers 证照编号 that are in use, inside transactions that the caller holds.

A licence that came to its end frees its number once that has taken effect. The version before never stands in the way
of the one that takes its place.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, or_, select, text

from license_lib.errors import InputError
from license_lib.lifecycle import LicenseState
from license_lib.repository.tables import IN_USE, LICENSE
from license_lib.repository.values import NumberClaim

_KEEPING: Final = {str(LicenseState.ISSUED), str(LicenseState.SUSPENDED)}


class NumbersInUse:
    """Which of the numbers that a group of requests claims are taken, asked for all of them at once.

    Args:
        claims: of the group.
        at: the earliest moment that will be asked about.
    """

    def __init__(self, connection: Connection, claims: Iterable[NumberClaim], at: datetime) -> None:
        wanted = list(claims)
        self._holding: dict[tuple[str, str, str], list[tuple[str, datetime | None]]] = {}
        if not wanted:
            return
        query = select(
            LICENSE.c.type_code,
            LICENSE.c.issuer_code,
            LICENSE.c.number,
            LICENSE.c.identifier,
            LICENSE.c.state,
            LICENSE.c.settled_at,
        ).where(
            LICENSE.c.number.in_(sorted({claim.number for claim in wanted})),
            LICENSE.c.type_code.in_(sorted({claim.type_code for claim in wanted})),
            or_(text(IN_USE), LICENSE.c.settled_at > at),
        )
        for row in connection.execute(query):
            until = None if row.state in _KEEPING else row.settled_at
            number = (row.type_code, row.issuer_code, row.number)
            self._holding.setdefault(number, []).append((row.identifier, until))

    def require_free(self, claim: NumberClaim, at: datetime) -> None:
        """Refuse a number that another licence of this type and issuer still has at a moment.

        Raises:
            InputError: `license.number-taken`.
        """
        for identifier, until in self._holding.get(claim.of, ()):
            if identifier != claim.previous and (until is None or until > at):
                raise InputError(
                    "license.number-taken",
                    "Another licence of this type and issuing body has this number",
                    hint="revoke, cancel or replace that one first, or mend the number",
                )

    def take(self, claim: NumberClaim, identifier: str) -> None:
        """From now on the number is in use by a licence of this group."""
        self._holding.setdefault(claim.of, []).append((identifier, None))
