"""The seal keys of the issuing bodies, in the PKI folder of one authority."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from license_lib.errors import MachineError
from license_lib.issuers import IssuingBody
from license_lib.made_once import MadeOnce
from license_lib.network import make_fetcher
from license_lib.seal_pictures import SealPictures, VisibleSeal
from license_lib.settings import NetworkSettings, TimestampSettings
from signing.errors import SigningError
from signing.keys import SealCredential
from signing.log_keys import load_log_key
from signing.notes import NoteSigner
from signing.timestamps import Timestamper

_TIMESTAMP_SERIAL_BYTES = 19
_NONCE_BYTES = 8
_STATUS = "status"
LOG = logging.getLogger("license_lib.key_folder")


if TYPE_CHECKING:
    from signing.network import Fetcher
    from signing.sealing import Sealer
    from signing.timestamps_http import FailedAttempt


class KeyFolder:
    """Seals and their keys in a PKI folder; errors of `signing` become machine errors.

    Each is read once: what changes in the folder counts from the next start on. Periods are asked of every use.
    """

    def __init__(
        self,
        folder: Path,
        passphrase: bytes,
        fonts: Path,
        *,
        kept: MadeOnce | None = None,
        timestamps: TimestampSettings,
        network: NetworkSettings,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
    ) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._timestamps = timestamps
        self._network = network
        self._clock = clock
        self._randomness = randomness
        self._pictures = SealPictures(folder, fonts, kept or MadeOnce())
        self._opening = Lock()  # a key takes 100 MB for a moment: threads wait for the first
        self._credentials: dict[str, SealCredential] = {}
        self._timestamper: Timestamper | None = None
        self._log_signer: NoteSigner | None = None

    def credential(self, body: IssuingBody) -> SealCredential:
        """The seal key of a body, inside its certificate's period and with the body's own credit code in it.

        Raises:
            MachineError: `key.missing`, `key.passphrase`, `key.certificate-expired`, `key.other-body` …
        """
        with signing_errors():
            with self._opening:
                if body.id not in self._credentials:
                    self._credentials[body.id] = self._load(body.id)
                credential = self._credentials[body.id]
            credential.check_period(self._clock())
        if credential.organization_id != body.organization_id:
            raise MachineError(
                "key.other-body",
                f"the seal certificate {body.id!r} belongs to another body than license.toml says",
                hint="correct the code of this issuer, or the key",
            )
        return credential

    def seal(self, body: IssuingBody) -> VisibleSeal:
        """The body's seal, which its certificate may use now.

        Raises:
            MachineError: `seal-object.missing`, `seal-object.invalid`, `seal-object.certificate`, `seal-object.period`,
                `seal-object.artwork`; `seal.glyph` where no font has a character of it.
        """
        credential = self.credential(body)
        with signing_errors():
            seal, visible = self._pictures.of(body.id)
            seal.check(credential, self._clock())
        return visible

    def timestamper(self) -> Timestamper:
        """The configured time-stamp authorities, or the development one of this PKI; opened once.

        Raises:
            MachineError: an address is wrong, there is no trust anchor; or the development key cannot be used.
        """
        if self._timestamper is None:
            urls = self._timestamps.urls
            self._timestamper = self._reach_timestampers(urls) if urls else self._open_timestamper()
        return self._timestamper

    def status_signer(self) -> SealCredential:
        """The key that signs status lists 状态名单, inside its certificate's period.

        Raises:
            MachineError: `key.…`.
        """
        with signing_errors():
            if _STATUS not in self._credentials:
                self._credentials[_STATUS] = self._load(_STATUS)
            self._credentials[_STATUS].check_period(self._clock())
        return self._credentials[_STATUS]

    def log_signer(self) -> NoteSigner:
        """The key of the transparency log 透明日志.

        Raises:
            MachineError: `key.…`.
        """
        if self._log_signer is None:
            with signing_errors():
                self._log_signer = load_log_key(self._folder, self._passphrase)
        return self._log_signer

    def nonce(self) -> int:
        """A fresh number for a time-stamp request."""
        return int.from_bytes(self._randomness(_NONCE_BYTES), "big")

    def fetcher(self) -> "Fetcher":
        """The network, as it is configured."""
        with signing_errors():
            return make_fetcher(self._network)

    def _reach_timestampers(self, urls: tuple[str, ...]) -> Timestamper:
        from signing.timestamps_http import FallbackTimestamper, HttpTimestamper
        from signing.trust import TrustStore

        fetcher, settings = self.fetcher(), self._timestamps
        with signing_errors():
            trust = TrustStore.load(self._folder)
            authorities = [
                HttpTimestamper(
                    url,
                    fetcher=fetcher,
                    trust=trust,
                    clock=self._clock,
                    token_bytes=settings.token_bytes,
                    policy=settings.policy,
                )
                for url in urls
            ]
        if len(authorities) == 1:
            return authorities[0]
        return FallbackTimestamper(authorities, clock=self._clock, notice=_log)

    def sealer(self, *, long_term: bool) -> "Sealer":
        """What seals and archives with the keys, lists and certificates of this folder.

        Args:
            long_term: new seals are archived at once (PAdES B-LTA).

        Raises:
            MachineError: the time-stamp key or the public material is missing or cannot be used.
        """
        from signing.collecting import collect
        from signing.kept_evidence import KeptEvidence
        from signing.sealing import Sealer
        from signing.trust import TrustStore

        with signing_errors():
            trust = TrustStore.load(self._folder)
        is_far = bool(self._timestamps.urls)
        fetcher = self.fetcher() if is_far else None  # a development PKI is all at hand
        return Sealer(
            timestamper=self.timestamper(),
            evidence=KeptEvidence(
                lambda certificates: collect(certificates, trust, fetcher=fetcher, at=self._clock(), nonce=self.nonce),
                self._clock,
            ),
            at_once=self._timestamps.at_once if is_far else 1,
            now=self._clock,
            nonce=self.nonce,
            long_term=long_term,
        )

    def _open_timestamper(self) -> Timestamper:
        from signing.timestamps import LocalTimestamper

        with signing_errors():
            # Without its chain: the seal around a time-stamp carries the same authority's certificate already.
            return LocalTimestamper(replace(self._load("tsa"), chain=()), self._clock, self._serial)

    def _serial(self) -> int:
        return int.from_bytes(self._randomness(_TIMESTAMP_SERIAL_BYTES), "big") or 1

    def _load(self, name: str) -> SealCredential:
        from signing.keys import load_credential

        return load_credential(self._folder, name, passphrase=self._passphrase, at=self._clock())


def _log(failed: "FailedAttempt") -> None:
    LOG.warning("time-stamp authority %s: [%s] %s", failed.authority, failed.error.code, failed.error.message)


@contextmanager
def signing_errors() -> Iterator[None]:
    """Faults of the signing room as machine errors of this one, same code, same hint."""
    try:
        yield
    except SigningError as error:
        raise MachineError(error.code, error.message, hint=error.hint) from error
