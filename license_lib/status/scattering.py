"""The order in which a list's indices are handed out: one that looks like no order.

An index given by a counter would tell how many licences were issued before, and two neighbours in time would be
neighbours in the list (Token Status List §12.5, §13). Drawing at random needs a table of what is taken already. A keyed
permutation needs neither: the n-th reservation takes the n-th value, never one twice.
"""

import hmac
from collections.abc import Callable
from typing import Final

from license_lib.status.references import LIST_SIZE

KEY_BYTES: Final = 32
_HALF_BITS: Final = 10
_HALF_MASK: Final = 2**_HALF_BITS - 1
_ROUNDS: Final = 10
_PURPOSE: Final = b"license-status-index/1"


def scattered(counter: int, key: bytes) -> int:
    """The index that the n-th licence of a list gets.

    A balanced Feistel network over two halves of 10 bits, its round function HMAC-SHA-256. Each round can be undone,
    whatever the function, so the whole is a permutation and no index comes twice. Four rounds are a strong
    pseudo-random permutation to whoever sees few values (Luby and Rackoff 1988); "few" is about 2**5 in a domain as
    small as ours. Ten rounds are what FF1 takes for the same shape (NIST SP 800-38G): the generic attacks known on r
    rounds need about 2**(10 * (r - 4)) values (Patarin 2008), which is 2**60, and a list has 2**20.

    Args:
        counter: how many places of this list were handed out before, in `range(LIST_SIZE)`.
        key: `KEY_BYTES` secret bytes, others for each list. Another key is another order, in which places that are
            taken come again: a list keeps its key.

    Raises:
        ValueError: a counter out of range (the list is full), or a key of another length.
    """
    if not 0 <= counter < LIST_SIZE or len(key) != KEY_BYTES:
        raise ValueError("no counter of a status list, or no key for one")
    return permuted(counter, lambda turn, half: round_value(turn, half, key))


def permuted(counter: int, told: Callable[[int, int], int]) -> int:
    """A number of `range(LIST_SIZE)` after all rounds.

    Args:
        told: the round function: (round, half of 10 bits) → half of 10 bits.
    """
    left, right = counter >> _HALF_BITS, counter & _HALF_MASK
    for turn in range(_ROUNDS):
        left, right = right, left ^ told(turn, right)
    return left << _HALF_BITS | right


def round_value(turn: int, half: int, key: bytes) -> int:
    """The round function: another for each round and each key."""
    code = hmac.digest(key, _PURPOSE + bytes([turn]) + half.to_bytes(2, "big"), "sha256")
    return int.from_bytes(code[:2], "big") & _HALF_MASK
