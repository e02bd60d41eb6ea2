"""Evidence of revocation of both kinds, lists (RFC 5280 §5) and status answers (RFC 6960), behind one question."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Final

from cryptography import x509

from signing.crls import RevocationList
from signing.errors import TrustError
from signing.known_certificates import issuer_name
from signing.ocsp_answers import StatusAnswer
from signing.standing import RevocationAnswer, Standing, unknown

__all__ = ["RevocationAnswer", "RevocationEvidence", "Standing"]

_MOST_BROUGHT: Final = 256
"""Of each kind, from one document: more than a file collects that is archived anew every year for a century."""


class RevocationEvidence:
    """Every list and answer that is at hand. Immutable.

    Args:
        crls: DER CRLs.
        ocsps: DER OCSP responses.

    Raises:
        TrustError: `trust.crl` or `trust.ocsp` if one cannot be read.
    """

    def __init__(self, crls: Iterable[bytes] = (), ocsps: Iterable[bytes] = ()) -> None:
        self._held: set[bytes] = set()
        self._lists: dict[bytes, tuple[RevocationList, ...]] = {}
        self._answers: dict[int, tuple[StatusAnswer, ...]] = {}
        for encoded in crls:
            self._add_list(encoded)
        for encoded in ocsps:
            self._add_answer(encoded)

    def with_brought(self, crls: Iterable[bytes], ocsps: Iterable[bytes]) -> "RevocationEvidence":
        """Add what a document brought along. What cannot be read is passed over: it comes from a stranger."""
        grown = RevocationEvidence()
        grown._held, grown._lists, grown._answers = set(self._held), dict(self._lists), dict(self._answers)
        for encoded in islice(crls, _MOST_BROUGHT):
            _pass_over(grown._add_list, encoded)
        for encoded in islice(ocsps, _MOST_BROUGHT):
            _pass_over(grown._add_answer, encoded)
        return grown

    def ask(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> RevocationAnswer:
        """Ask for a certificate's standing at a moment.

        The newest usable evidence decides, stale or not: the answer tells its freshness. But a revocation is for good
        (RFC 5280 §5.3.1), unless the certificate is only on hold: whoever says otherwise later, from an older copy of
        the authority's books, does not undo it.

        Args:
            certificate: whose standing.
            issuer: the certificate of its issuer, already trusted.
            at: moment of validation.
        """
        sources: tuple[RevocationList | StatusAnswer, ...] = (
            *self._lists.get(issuer_name(certificate), ()),
            *self._answers.get(certificate.serial_number, ()),
        )
        answers = [source.ask(certificate, issuer, at) for source in sources]
        known = sorted((one for one in answers if one.standing is not Standing.UNKNOWN), key=_weight, reverse=True)
        if not known:
            return max(answers, key=_weight, default=unknown("there is neither a list nor an answer"))
        for_good = (one for one in known if one.standing is Standing.REVOKED and not one.on_hold)
        return next(for_good, known[0])

    def _add_list(self, encoded: bytes) -> None:
        if encoded not in self._held:
            added = RevocationList(encoded)
            self._held.add(encoded)
            self._lists[added.issuer_name] = (*self._lists.get(added.issuer_name, ()), added)

    def _add_answer(self, encoded: bytes) -> None:
        if encoded not in self._held:
            added = StatusAnswer(encoded)
            self._held.add(encoded)
            serial = added.serial_number
            self._answers[serial] = (*self._answers.get(serial, ()), added)


def _weight(answer: RevocationAnswer) -> tuple[float, bool]:
    """Newer outweighs older; at the same moment, revoked outweighs good."""
    return answer.as_of.timestamp() if answer.as_of else float("-inf"), answer.standing is Standing.REVOKED


def _pass_over(add: Callable[[bytes], None], encoded: bytes) -> None:
    try:
        add(encoded)
    except TrustError:
        return
