"""Verification 核验: should somebody rely on this licence? Numbered steps, findings, and a verdict of four outcomes."""

from license_lib.verification.ground import Asked, Ground, StateSource, StatesUnreachableError
from license_lib.verification.seals import SealDirectory
from license_lib.verification.standing import OnList, OnRecord, StatusListUsed
from license_lib.verification.verdict import OUTCOME_TEXTS, NotInForceError, Outcome, Proof, Verdict
from license_lib.verification.verifier import Verifier

__all__ = [
    "OUTCOME_TEXTS",
    "Asked",
    "Ground",
    "NotInForceError",
    "OnList",
    "OnRecord",
    "Outcome",
    "Proof",
    "SealDirectory",
    "StateSource",
    "StatesUnreachableError",
    "StatusListUsed",
    "Verdict",
    "Verifier",
]
