"""Situations: who issued it, by the configuration or by a trust list."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from support import NOON, PASSPHRASE, release_template
from verdicts.stage import Judged, Stage, situation

from license_lib.licenses.record import canonical_bytes
from license_lib.network import make_fetcher
from license_lib.settings import IssuerSettings
from license_lib.trust_list import ListedBody, SealState, StateChange, sign_list
from license_lib.trusting import SIGNER, list_ground, publish_list
from license_lib.verification import Verifier
from signing.keys import load_credential

DAY = timedelta(days=1)
BEGIN = StateChange(state=SealState.IN_FORCE, since=NOON - 100 * DAY)

Change = Callable[[ListedBody], ListedBody]


def market(stage: Stage) -> IssuerSettings:
    return next(one for one in stage.shared.settings.issuers if one.id == "market")


@situation("issuer.unknown")
def _(stage: Stage) -> Judged:
    others = tuple(one for one in stage.shared.settings.issuers if one.id != "market")
    return stage.configured(issuers=others).verify(stage.business.pdf, at=NOON)


@situation("issuer.out-of-scope")
def _(stage: Stage) -> Judged:
    narrowed = market(stage).model_copy(update={"types": frozenset({"food-business-permit"})})
    others = tuple(one for one in stage.shared.settings.issuers if one.id != "market")
    return stage.configured(issuers=(narrowed, *others)).verify(stage.business.pdf, at=NOON)


@situation("type.unknown")
def _(stage: Stage) -> Judged:
    templates = stage.templates()
    shutil.rmtree(templates / "business-license")
    return stage.configured(templates=templates).verify(stage.business.pdf, at=NOON)


@situation("template.unknown")
def _(stage: Stage) -> Judged:
    templates = stage.templates()
    file = templates / "business-license" / "type.toml"
    file.write_text(file.read_text("utf-8").replace('label = "类型"', 'label = "类别"'), "utf-8")
    release_template(templates / "business-license")
    return stage.configured(templates=templates).verify(stage.business.pdf, at=NOON)


@situation("record.invalid")
def _(stage: Stage) -> Judged:
    pdf = stage.insider(stage.business.license, record=b"{}", proven_at=NOON)
    return stage.on_record(pdf).verify(pdf, at=NOON)


@situation("face.unreadable")
def _(stage: Stage) -> Judged:
    """A record that no request could lead to: its values cannot be set into the face, so nothing can be compared."""
    document = stage.business.license
    impossible = replace(document, fields={**document.fields, "KZ_CLRQ": "某日"})
    pdf = stage.insider(document, record=canonical_bytes(impossible), proven_at=NOON)
    return stage.on_record(pdf, impossible).verify(pdf, at=NOON)


@situation("trust.stale")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: body, until=NOON - timedelta(seconds=1))


@situation("issuer.out-of-region")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: _scoped(body, regions=("6201",)))


@situation("issuer.out-of-period")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: _scoped(body, valid_until=(NOON - DAY).date()))


@situation("issuer.seal-not-listed")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: body.model_copy(update={"seals": ()}))


@situation("issuer.seal-not-in-force")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: _history(body, SealState.WITHDRAWN))


@situation("issuer.seal-withdrawn-no-proof")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: _history(body, SealState.WITHDRAWN), stamped=False)


@situation("issuer.key-compromised")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: _history(body, SealState.COMPROMISED))


@situation("issuer.key-compromised-no-proof")
def _(stage: Stage) -> Judged:
    return _by_list(stage, lambda body: _history(body, SealState.COMPROMISED), stamped=False)


def _scoped(body: ListedBody, **changes: object) -> ListedBody:
    return body.model_copy(update={"scopes": tuple(one.model_copy(update=changes) for one in body.scopes)})


def _history(body: ListedBody, state: SealState) -> ListedBody:
    """Since yesterday, all seals of a body are in another state."""
    history = (BEGIN, StateChange(state=state, since=NOON - DAY))
    return body.model_copy(update={"seals": tuple(one.model_copy(update={"history": history}) for one in body.seals)})


def _by_list(stage: Stage, change: Change, *, stamped: bool = True, until: datetime | None = None) -> Judged:
    """Judge by a trust list in which one thing is otherwise; states come from the repository, as at home."""
    shared = stage.shared
    made, _, _ = publish_list(
        shared.settings, shared.catalogue, shared.issuers, PASSPHRASE, output=stage.folder / "list.jws", at=NOON
    )
    bodies = tuple(change(one) if one.code == market(stage).code else one for one in made.list.bodies)
    listed = made.list.model_copy(update={"bodies": bodies} | ({"next_update": until} if until else {}))
    signer = load_credential(shared.settings.keys_folder, SIGNER, passphrase=PASSPHRASE, at=NOON)
    ground = list_ground(sign_list(listed, signer), shared.catalogue, make_fetcher())
    pdf = stage.business.pdf if stamped else stage.insider(stage.business.license)
    states = shared.verifier.ground.states if stamped else stage.on_record(pdf).ground.states
    return Verifier(replace(ground, states=states)).verify(pdf, at=NOON)
