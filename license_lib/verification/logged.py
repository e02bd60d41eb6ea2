"""A proof of the transparency log 透明日志 that came beside a file: does it fit, and what does it say?

It is judged after the file, on what the file's own seal covers. The proof's `extra` is the entry, as `license log
proof` writes it: nobody vouches for it but the proof itself, which holds for no other.
"""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from license_lib.findings import Finding
from license_lib.licenses.record import canonical_bytes, record_digest
from license_lib.log.checkpoints import LogPolicy
from license_lib.log.findings import LogError
from license_lib.log.leaves import EventLeaf, parse_leaf
from license_lib.log.proofs import LogProof, check_proof
from license_lib.verification.standing import Logged
from license_lib.verification.verdict import Verdict, by_severity

_UNUSABLE = "log.proof-unusable"


def with_log_proof(verdict: Verdict, proof: bytes, policy: LogPolicy | None) -> Verdict:
    """A verdict on a file, with what a proof beside it says.

    Where the file has no record that can be read, nothing is said of the proof: there is nothing that it could fit.

    Args:
        proof: the proof's file.
        policy: the log of whoever issued the licence, and its witnesses; None if nobody knows one.
    """
    if verdict.license is None or not verdict.intact:
        return verdict
    findings, logged = _judged(verdict, proof, policy)
    evidence = replace(verdict.evidence, log=logged) if logged else verdict.evidence
    return replace(verdict, findings=by_severity([*verdict.findings, *findings]), evidence=evidence)


def _judged(verdict: Verdict, proof: bytes, policy: LogPolicy | None) -> tuple[list[Finding], Logged | None]:
    if policy is None:
        return [Finding(_UNUSABLE, {"why": "log.unknown"})], None
    try:
        entry = LogProof.parse(proof).extra
        proven = check_proof(proof, entry, policy)
        leaf = parse_leaf(entry)
    except LogError as error:
        return [Finding(_UNUSABLE, {"why": error.code})], None
    found = list(_of_leaf(verdict, leaf)) if isinstance(leaf, EventLeaf) else [Finding("log.proof-other")]
    head = proven.signed.checkpoint
    return found, None if found else Logged(origin=head.origin, index=proven.index, size=head.size, by_proof=True)


def _of_leaf(verdict: Verdict, leaf: EventLeaf) -> Iterator[Finding]:
    """The entry is the issue of this record, with this file."""
    document = verdict.license
    if document is None or leaf.file is None or leaf.license != record_digest(canonical_bytes(document)):
        yield Finding("log.proof-other")
    elif leaf.file != sha256(verdict.intact).digest():
        yield Finding("log.proof-other-file")
