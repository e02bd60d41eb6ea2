"""Step 3 by a trust list: the seal is one of the body's listed ones, in force when it was used, and within its scope.

What a seal was is judged at the time of sealing that a trusted time-stamp proves. Without that proof a key that others
may have, or that was taken away, leaves the question open; one that was retired in good order does not. The region is
that of the issuing body, as its credit code has it: a licence names no other. A list that is not current decides
nothing.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from license_lib.calendar import day_of
from license_lib.findings import Finding

if TYPE_CHECKING:
    from license_lib.trust_list import Scope, Snapshot


def judge_seal(
    snapshot: "Snapshot", body_code: str, certificate_der: bytes, *, proven_at: datetime | None, now: datetime
) -> Iterator[Finding]:
    """Is this one of the body's seals, and was it in force?

    Args:
        body_code: credit code of the body that the licence names.
        proven_at: time of sealing that a trusted time-stamp proves; None without one.
        now: the present.
    """
    from license_lib.trust_list import SealState  # whoever has a list has loaded this; others go without

    if not snapshot.is_current(now):
        yield Finding("trust.stale", {"date": snapshot.list.next_update.isoformat()})
        return
    body = snapshot.list.body(body_code)
    if body is None:
        yield Finding("issuer.unknown")
        return
    seal = body.seal(certificate_der)
    if seal is None:
        yield Finding("issuer.seal-not-listed")
        return
    change = seal.at(proven_at or now)
    state = change.state if change else None
    date_of = {"date": day_of(change.since if change else seal.history[0].since).isoformat()}
    if state is SealState.COMPROMISED:
        yield Finding("issuer.key-compromised" if proven_at else "issuer.key-compromised-no-proof", date_of)
    elif state is SealState.WITHDRAWN and not proven_at:
        yield Finding("issuer.seal-withdrawn-no-proof", date_of)
    elif state is None or state is SealState.WITHDRAWN or (state is SealState.SUPERSEDED and proven_at):
        yield Finding("issuer.seal-not-in-force", date_of)


def judge_scope(
    snapshot: "Snapshot", body_code: str, type_code: str, *, issued_on: date, proven_at: datetime | None, now: datetime
) -> Iterator[Finding]:
    """May the body issue this type, in its region, on that day: the proven day of sealing, else the day of issue?"""
    if not snapshot.is_current(now):
        yield Finding("trust.stale", {"date": snapshot.list.next_update.isoformat()})
        return
    body = snapshot.list.body(body_code)
    if body is None:
        yield Finding("issuer.unknown")
        return
    day = day_of(proven_at) if proven_at else issued_on
    of_type = [scope for scope in body.scopes if type_code in scope.types]
    of_region = [scope for scope in of_type if scope.covers_region(body.region)]
    if not of_type:
        yield Finding("issuer.out-of-scope")
    elif not of_region:
        yield Finding("issuer.out-of-region", {"region": body.region})
    elif not _covered(of_region, day):
        yield Finding("issuer.out-of-period", {"date": day.isoformat()})


def _covered(scopes: "list[Scope]", day: date) -> bool:
    return any(scope.covers_day(day) for scope in scopes)
