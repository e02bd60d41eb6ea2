"""Trust lists 信任名单: who may issue what, with which seals, since when; signed, versioned, and public."""

from license_lib.trust_list.model import ListedBody, ListedSeal, Scope, SealState, StateChange, TrustList
from license_lib.trust_list.snapshots import Snapshot, TrustListError, open_list, sign_list

__all__ = [
    "ListedBody",
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
