"""Situations: a code from paper, and what the repository and the calendar say."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import cbor2
import qrcode
from proofs.workshop import text_of, token_of
from support import NOON, example_request
from verdicts.stage import Judged, OneState, Stage, situation

from license_lib.qr import scan_file
from license_lib.rendering import page_png
from license_lib.verification import Verifier

DAY = timedelta(days=1)
LICENSE_CLAIM = -65537


def drawn(text: str) -> bytes:
    """A picture of a code."""
    out = BytesIO()
    qrcode.make(text).save(out)
    return out.getvalue()


def code(stage: Stage) -> str:
    return scan_file(stage.business.pdf)[0]


@situation("paper.compare")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(page_png(stage.business.pdf))


@situation("qr.foreign")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(drawn("HTTPS://PAY.EXAMPLE/20261122"))


@situation("qr.malformed")
def _(stage: Stage) -> Judged:
    """A scanning program that loses the last characters."""
    return stage.shared.verify(drawn(code(stage)[:-8]))


@situation("qr.version")
def _(stage: Stage) -> Judged:
    protected, unprotected, payload, signature = cbor2.loads(token_of(code(stage))).value
    claims = cbor2.loads(payload)
    claims[LICENSE_CLAIM][0] = 99
    newer = [protected, unprotected, cbor2.dumps(claims, canonical=True), signature]
    return stage.shared.verify(drawn(text_of(cbor2.dumps(cbor2.CBORTag(18, newer), canonical=True))))


@situation("status.unknown")
def _(stage: Stage) -> Judged:
    return Verifier(replace(stage.shared.verifier.ground, states=None)).verify(stage.business.pdf, at=NOON)


@situation("status.not-recorded")
def _(stage: Stage) -> Judged:
    ground = replace(stage.shared.verifier.ground, states=OneState(None))
    return Verifier(ground).verify(stage.business.pdf, at=NOON)


@situation("status.future")
def _(stage: Stage) -> Judged:
    return stage.shared.verifier.verify(stage.business.pdf, at=NOON + DAY, now=NOON)


@situation("status.revoked")
def _(stage: Stage) -> Judged:
    authority = stage.authority()
    issued = authority.issue(example_request("business-license"))
    stage.clock.advance(hours=1)
    authority.revoke(issued.identifier, reason="以欺骗手段取得", actor="样例·经办人")
    return authority.verify(issued.pdf)


@situation("validity.expired")
def _(stage: Stage) -> Judged:
    """Asked in advance, it is certain already."""
    permit = stage.issued["residence-permit"]
    last = permit.license.valid_until
    assert last is not None
    beyond = NOON + (last - NOON.date()) + DAY
    return stage.shared.verifier.verify(permit.pdf, at=beyond, now=NOON)


@situation("validity.not-yet")
def _(stage: Stage) -> Judged:
    first = stage.business.license.valid_from
    return stage.shared.verifier.verify(stage.business.pdf, at=NOON - (NOON.date() - first) - DAY, now=NOON)
