"""Situations: a code on a holder's phone, and who shows or scans it when it is not good any more."""

from dataclasses import replace

from support import example_request
from verdicts.of_papers import code, drawn
from verdicts.stage import Judged, Stage, situation

from license_lib.authority import Authority
from license_lib.presenting import PresentationCode
from license_lib.qr.presented import presentation_text
from license_lib.repository.entries import Use

HOLDER = Use(actor="样例·持证人", purpose="就医")
CLINIC = Use(actor="样例·窗口人员", audience="样例诊所")


def presented(stage: Stage, use: Use = HOLDER) -> tuple[Authority, PresentationCode]:
    authority = stage.authority()
    issued = authority.issue(example_request("business-license"))
    return authority, authority.present(issued.identifier, use)


@situation("qr.presentation")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(drawn(presentation_text(bytes(16), "https://license.example")))


@situation("presentation.foreign")
def _(stage: Stage) -> Judged:
    return stage.shared.redeem(code(stage), CLINIC).verdict


@situation("presentation.unknown")
def _(stage: Stage) -> Judged:
    authority, made = presented(stage)
    return authority.redeem(made.text[:-4] + "0000", CLINIC).verdict


@situation("presentation.used")
def _(stage: Stage) -> Judged:
    """Whoever shows a screenshot later is told that it is one."""
    authority, made = presented(stage)
    assert authority.redeem(made.text, CLINIC).accepted
    stage.clock.advance(minutes=10)
    return authority.redeem(made.text, CLINIC).verdict


@situation("presentation.expired")
def _(stage: Stage) -> Judged:
    authority, made = presented(stage)
    stage.clock.advance(minutes=2)
    return authority.redeem(made.text, CLINIC).verdict


@situation("presentation.audience")
def _(stage: Stage) -> Judged:
    authority, made = presented(stage, replace(HOLDER, audience="样例诊所"))
    return authority.redeem(made.text, replace(CLINIC, audience="样例药店")).verdict
