"""Situations: what became of a licence, by our own repository, or by the status list of the body that issued it."""

from dataclasses import replace
from datetime import datetime, timedelta

from loopback import fetcher, serving
from status_lists import HOUR, Publisher, placed, sealed
from support import NOON, PASSPHRASE
from verdicts.stage import Judged, Stage, situation

from license_lib.licenses.record import canonical_bytes
from license_lib.lifecycle import LicenseState, Overdue
from license_lib.status import Status, StatusRef
from license_lib.trust_list import sign_list
from license_lib.trusting import SIGNER, list_ground, publish_list
from license_lib.verification import OnRecord, Verifier
from signing.keys import load_credential, sha256

DAY = timedelta(days=1)
PLACE = StatusRef(1, 4711)
NEXT = "1.2.156.3005.2.11100000MB0143028R001.11620400000000102W.20261122NEXT.002.7"


def _in_state(stage: Stage, state: LicenseState, next_identifier: str | None = None) -> Judged:
    return _known(stage, state=state, since=NOON - DAY, next_identifier=next_identifier)


def _known(stage: Stage, **facts: object) -> Judged:
    """Judged by a repository in which one thing has happened to the licence."""
    pdf = stage.insider(stage.business.license, proven_at=NOON)
    record = canonical_bytes(stage.business.license)
    known = OnRecord(record=record, file_digest=sha256(pdf), **facts)  # type: ignore[arg-type]
    return stage.known(known).verify(pdf, at=NOON)


@situation("status.suspended")
def _(stage: Stage) -> Judged:
    return _in_state(stage, LicenseState.SUSPENDED)


@situation("status.withdrawn")
def _(stage: Stage) -> Judged:
    return _in_state(stage, LicenseState.WITHDRAWN)


@situation("status.cancelled")
def _(stage: Stage) -> Judged:
    return _in_state(stage, LicenseState.CANCELLED)


@situation("status.superseded")
def _(stage: Stage) -> Judged:
    return _in_state(stage, LicenseState.SUPERSEDED, NEXT)


@situation("status.transferred")
def _(stage: Stage) -> Judged:
    return _in_state(stage, LicenseState.TRANSFERRED)


@situation("status.holder-ended")
def _(stage: Stage) -> Judged:
    return _in_state(stage, LicenseState.HOLDER_ENDED)


@situation("status.inspection-due")
def _(stage: Stage) -> Judged:
    return _known(stage, inspection_due=(NOON - DAY).date())


@situation("status.inspection-overdue")
def _(stage: Stage) -> Judged:
    return _known(stage, inspection_due=(NOON - DAY).date(), overdue=Overdue.NOT_IN_FORCE)


@situation("status.extended")
def _(stage: Stage) -> Judged:
    permit = replace(stage.issued["food-business-permit"].license, valid_until=(NOON - DAY).date())
    pdf = sealed(stage.shared, permit, stage.shared.settings.public_url, at=NOON)
    known = OnRecord(record=canonical_bytes(permit), file_digest=sha256(pdf), valid_until=(NOON + 90 * DAY).date())
    return stage.known(known).verify(pdf, at=NOON)


@situation("status.invalid")
def _(stage: Stage) -> Judged:
    return _by_status_list(stage, {PLACE: Status.INVALID})


@situation("status.list-stale")
def _(stage: Stage) -> Judged:
    return _by_status_list(stage, {}, now=NOON + 25 * HOUR)


@situation("status.list-unusable")
def _(stage: Stage) -> Judged:
    """A department that signs with its seal what is to be signed by another."""
    return _by_status_list(stage, {}, signer="market")


@situation("status.past")
def _(stage: Stage) -> Judged:
    """In force now; how it was before the list was signed, the list does not say."""
    return _by_status_list(stage, {}, at=NOON - HOUR)


def _by_status_list(
    stage: Stage,
    states: dict[StatusRef, Status],
    *,
    signer: str = "status",
    at: datetime | None = None,
    now: datetime = NOON,
) -> Judged:
    """Judged by another city, with a trust list and what the issuing body's service answers."""
    shared = stage.shared
    publisher = Publisher.of(shared.settings.keys_folder, NOON, signer)
    with serving(publisher.answer) as url:
        publisher.publish(url, states, at=NOON)
        made, _, _ = publish_list(
            shared.settings, shared.catalogue, shared.issuers, PASSPHRASE, output=stage.folder / "list.jws", at=NOON
        )
        bodies = tuple(body.model_copy(update={"status_url": url}) for body in made.list.bodies)
        credential = load_credential(shared.settings.keys_folder, SIGNER, passphrase=PASSPHRASE, at=NOON)
        snapshot = sign_list(made.list.model_copy(update={"bodies": bodies}), credential)
        pdf = placed(shared, stage.business.license, PLACE, url, at=NOON)
        return Verifier(list_ground(snapshot, shared.catalogue, fetcher())).verify(pdf, at=at or now, now=now)
