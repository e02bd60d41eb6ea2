"""Status lists 状态名单: what the world may know of every licence's state, as a Token Status List (IETF OAuth).

One signed list answers for 2**20 licences, so that whoever asks never says which licence the question is about.
A licence refers to its place in a list (`StatusRef`); places come in an order that tells nothing (`scattered`).
Signing and opening a list is in `tokens`, which knows `signing`; the rest knows nothing of keys.
"""

from license_lib.status.bits import StatusBits
from license_lib.status.errors import StatusListError
from license_lib.status.references import LIST_SIZE, LONGEST, StatusClaim, StatusRef
from license_lib.status.scattering import scattered
from license_lib.status.states import status_of
from license_lib.status.values import BITS, Status

__all__ = [
    "BITS",
    "LIST_SIZE",
    "LONGEST",
    "Status",
    "StatusBits",
    "StatusClaim",
    "StatusListError",
    "StatusRef",
    "scattered",
    "status_of",
]
