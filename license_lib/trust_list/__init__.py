"""Trust lists 信任名单: who may issue what, with which seals, since when; signed, versioned, and public."""

from license_lib.trust_list.model import ListedBody, ListedLog, ListedSeal, Scope, SealState, StateChange, TrustList
from license_lib.trust_list.snapshots import Snapshot, TrustListError, open_list, sign_list

__all__ = [
    "ListedBody",
    "ListedLog",
    "ListedSeal",
    "Scope",
    "SealState",
    "Snapshot",
    "StateChange",
    "TrustList",
    "TrustListError",
    "open_list",
    "sign_list",
]
