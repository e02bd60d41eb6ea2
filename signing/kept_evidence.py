"""Evidence that was collected before: all seals of a batch are proved by the same few lists and answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.x509 import ocsp

from signing.evidence import Evidence

_KEPT: Final = timedelta(minutes=10)
_MOST: Final = 256
"""Sets of certificates: there is one for each seal key in use."""


class _Kept(NamedTuple):
    since: datetime
    until: datetime
    evidence: Evidence


class KeptEvidence:
    """Collects evidence, and gives it again for a while.

    It is given for ten minutes, and never when a list or an answer in it is no longer the newest (nextUpdate). Threads
    may share it: whoever asks while others collect waits for them.

    Args:
        source: collects evidence for certificates, DER.
        clock: tells the time.
    """

    def __init__(self, source: Callable[[tuple[bytes, ...]], Evidence], clock: Callable[[], datetime]) -> None:
        self._source = source
        self._clock = clock
        self._kept: dict[tuple[bytes, ...], _Kept] = {}
        self._lock = Lock()

    def __call__(self, certificates: tuple[bytes, ...]) -> Evidence:
        """Give what proves certificates.

        Raises:
            TrustError: as the source says; that is not kept.
        """
        with self._lock:
            now = self._clock()
            known = self._kept.get(certificates)
            if known is None or not known.since <= now <= known.until:  # before it, where somebody set the clock back
                evidence = self._source(certificates)
                known = _Kept(now, min([now + _KEPT, *_next_updates(evidence)]), evidence)
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[certificates] = known
            return known.evidence


def _next_updates(evidence: Evidence) -> list[datetime]:
    """When its lists and answers are to be replaced; one that does not say is not kept."""
    said = [x509.load_der_x509_crl(one).next_update_utc for one in evidence.crls]
    said += [ocsp.load_der_ocsp_response(one).next_update_utc for one in evidence.ocsps]
    return [moment or datetime.min.replace(tzinfo=UTC) for moment in said]
