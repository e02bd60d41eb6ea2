"""Situations: what the transparency log says of a licence, by our own publishing or by a proof beside the file."""

from dataclasses import replace

from log_trees import SmallLog
from support import NOON
from verdicts.stage import Judged, Stage, situation

from license_lib.licenses.record import canonical_bytes, record_digest
from license_lib.log.checkpoints import open_checkpoint
from license_lib.log.leaves import EventLeaf
from license_lib.log.proofs import prove
from license_lib.verification import OnRecord, Verdict, Verifier
from license_lib.verification.standing import Logged
from signing.keys import sha256


@situation("log.rewritten")
def _(stage: Stage) -> Judged:
    return _on_record(stage, Logged(origin="log.example/licenses", index=3, size=10, holds=False))


@situation("log.head-unreadable")
def _(stage: Stage) -> Judged:
    return _on_record(stage, Logged(origin="log.example/licenses", index=3, size=0, readable=False))


@situation("log.proof-unusable")
def _(stage: Stage) -> Judged:
    """Signed by a log that has the name of ours, and another key."""
    verifier, verdict = _judged(stage)
    other = SmallLog(seed=9)
    return verifier.with_log_proof(verdict, _proof(other, _issue(verdict)))


@situation("log.proof-other")
def _(stage: Stage) -> Judged:
    """A true proof, of another licence."""
    verifier, verdict = _judged(stage)
    return verifier.with_log_proof(verdict, _proof(SmallLog(), replace(_issue(verdict), license=bytes(32))))


@situation("log.proof-other-file")
def _(stage: Stage) -> Judged:
    """A true proof of this licence, which names the file that was issued; this one is another."""
    verifier, verdict = _judged(stage)
    return verifier.with_log_proof(verdict, _proof(SmallLog(), replace(_issue(verdict), file=bytes(32))))


def _on_record(stage: Stage, log: Logged) -> Judged:
    """A licence of the repository, of whose place in the log this is known."""
    pdf = stage.insider(stage.business.license, proven_at=NOON)
    known = OnRecord(record=canonical_bytes(stage.business.license), file_digest=sha256(pdf), log=log)
    return stage.known(known).verify(pdf, at=NOON)


def _judged(stage: Stage) -> tuple[Verifier, Verdict]:
    """A licence that is in force, judged by somebody who knows the log."""
    pdf = stage.insider(stage.business.license, proven_at=NOON)
    known = stage.on_record(pdf)
    verifier = Verifier(replace(known.ground, log=SmallLog().policy))
    return verifier, verifier.verify(pdf, at=NOON)


def _issue(verdict: Verdict) -> EventLeaf:
    """The entry that the log of an honest body has of it."""
    assert verdict.license is not None
    return EventLeaf(
        kind="issue",
        license=record_digest(canonical_bytes(verdict.license)),
        event=bytes(31) + b"\x01",
        effective=NOON,
        recorded=NOON,
        file=sha256(verdict.intact),
    )


def _proof(log: SmallLog, leaf: EventLeaf) -> bytes:
    entry = leaf.encoded()
    log.append(b"before", entry, b"after")
    signed = open_checkpoint(log.publish(), log.policy)
    return replace(prove(1, signed, log), extra=entry).encoded()
