"""Paths that were found before, each for as long as no certificate that could be part of one begins or ends to be valid."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Lock
from typing import Final, NamedTuple

from cryptography import x509

_MOST: Final = 256
_MOST_OTHERS: Final = 16
"""Certificates beside the end entity's; with more of them, a stranger's file would fill the memory."""


class KnownPath(NamedTuple):
    """What was found for a certificate, and when it holds.

    Attributes:
        after: a moment before which it need not hold, nor at it.
        before: the same for the other end; None: it does not end.
        path: the end entity first, the anchor last; None: there is none.
    """

    after: datetime | None
    before: datetime | None
    path: tuple[x509.Certificate, ...] | None


class KnownPaths:
    """Paths of one trust store. Threads may share it."""

    def __init__(self) -> None:
        self._known: dict[tuple[x509.Certificate, ...], KnownPath] = {}
        self._lock = Lock()

    def find(
        self, certificate: x509.Certificate, others: Sequence[x509.Certificate], at: datetime
    ) -> KnownPath | None:
        """What was kept for these certificates, if it holds at a moment."""
        with self._lock:
            known = self._known.get((certificate, *others))
        if known is None:
            return None
        moment = at.replace(microsecond=0)  # periods are told in whole seconds, both ends included
        is_within = (known.after is None or known.after < moment) and (known.before is None or moment < known.before)
        return known if is_within else None

    def keep(
        self,
        certificate: x509.Certificate,
        others: Sequence[x509.Certificate],
        at: datetime,
        path: tuple[x509.Certificate, ...] | None,
        *,
        boundaries: Iterable[x509.Certificate],
    ) -> KnownPath:
        """Keep what was found at a moment, until the next one at which another answer is possible.

        Args:
            certificate: the end entity.
            others: what may lead from it to an anchor.
            at: the moment.
            path: what was found.
            boundaries: every certificate but the end entity's that the search looked at.
        """
        moment = at.replace(microsecond=0)
        every = [certificate, *boundaries]
        limits = {limit for one in every for limit in (one.not_valid_before_utc, one.not_valid_after_utc)}
        found = KnownPath(
            max((limit for limit in limits if limit < moment), default=None),
            min((limit for limit in limits if limit > moment), default=None),
            path,
        )
        if moment not in limits and len(others) <= _MOST_OTHERS:
            with self._lock:
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[certificate, *others] = found
        return found
