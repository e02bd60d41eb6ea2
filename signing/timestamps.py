"""Time-stamps 时间戳 (RFC 3161): the interface to every authority, and an authority inside the process."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from signing import algorithms, der
from signing.cms import SignedDataTemplate
from signing.errors import TimestampError
from signing.keys import SealCredential, sha256

DIGEST_BYTES: Final = 32
_TST_INFO_LIMIT: Final = 160
_IMPRINT_ALGORITHM: Final = der.tlv(der.SEQUENCE, der.oid(algorithms.SHA256), der.tlv(der.NULL))
_ACCURACY_ONE_SECOND: Final = der.tlv(der.SEQUENCE, der.integer(1))


class Timestamper(Protocol):
    """A time-stamp authority."""

    @property
    def token_size_limit(self) -> int:
        """Upper bound for the size of a token, in bytes: what a signature reserves for it."""
        ...

    def timestamp(self, message_digest: bytes, nonce: int) -> bytes:
        """Have a digest time-stamped.

        Args:
            message_digest: SHA-256, 32 bytes.
            nonce: fresh non-negative number that comes back in the token.

        Returns:
            DER TimeStampToken.

        Raises:
            TimestampError: `timestamp.failed`, or as the authority says (`timestamp.*`).
        """
        ...


class LocalTimestamper:
    """A time-stamp authority in the same process (RFC 3161 with the ESSCertIDv2 update of RFC 5816).

    Args:
        credential: certificate whose only, critical extended key usage is timeStamping.
        clock: tells the time.
        serial: gives a number never given before, at most 160 bits.
        policy: object identifier of the policy the tokens are issued under.
    """

    def __init__(
        self,
        credential: SealCredential,
        clock: Callable[[], datetime],
        serial: Callable[[], int],
        *,
        policy: str = algorithms.DEVELOPMENT_POLICY_OID,
    ) -> None:
        self._template = SignedDataTemplate(credential, algorithms.TST_INFO)
        self._credential = credential
        self._clock = clock
        self._serial = serial
        self._policy = der.oid(policy)
        self._lock = threading.Lock()

    @property
    def token_size_limit(self) -> int:
        """Upper bound for the size of a token, in bytes."""
        return self._template.size_limit(content=_TST_INFO_LIMIT + len(self._policy))

    def timestamp(self, message_digest: bytes, nonce: int) -> bytes:
        """Time-stamp a SHA-256 digest.

        Raises:
            TimestampError: `timestamp.failed` for a digest of another length, or outside the certificate's period.
        """
        if len(message_digest) != DIGEST_BYTES:
            raise TimestampError("timestamp.failed", "Only SHA-256 digests are time-stamped")
        with self._lock:
            moment, serial = self._clock(), self._serial()
        certificate = self._credential.certificate
        if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
            raise TimestampError(
                "timestamp.failed",
                "The time-stamp authority's certificate is not valid at this time",
                hint="have a new certificate issued, or check the clock",
            )
        info = der.tlv(
            der.SEQUENCE,
            der.integer(1),
            self._policy,
            der.tlv(der.SEQUENCE, _IMPRINT_ALGORITHM, der.tlv(der.OCTET_STRING, message_digest)),
            der.integer(serial),
            der.generalized_time(moment),
            _ACCURACY_ONE_SECOND,
            der.integer(nonce),
        )
        return self._template.sign(sha256(info), content=info).finish()
