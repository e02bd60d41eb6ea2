"""Where the judge sits: the verifier with the trust material of today, the usage trail, the records.

Nothing is decided here. A bench holds public material only: no issuing key, no passphrase.
"""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from license_lib.acceptance import ServiceItems
from license_lib.catalogue import Catalogue
from license_lib.configured import fonts_folder, load_catalogue
from license_lib.counter import CounterDesk
from license_lib.errors import LicenseError, MachineError
from license_lib.issuers import Issuers
from license_lib.judges import confined_verifier, open_desk, open_presenting, open_records, open_trail, open_verifier
from license_lib.paper import PaperChecks, confined_checker
from license_lib.presenting import Presentation
from license_lib.qr.retries import Patience
from license_lib.records import Records
from license_lib.rendering import Fonts
from license_lib.repository.entries import Use
from license_lib.settings import Settings
from license_lib.verification import Verdict
from license_lib.verification.confinement import WORKERS, ConfinedVerifier, SlowLane
from license_lib.verification.scans import FileScan, confined_scanner
from license_lib.verification.verifier import PHOTO_SECONDS
from license_lib.verification.workers import Limits
from verify_api.cursors import service_key
from verify_api.logs import LOG

SLOW: Final = SlowLane()
_LOOK_AGAIN: Final = timedelta(seconds=5)
_PUBLIC: Final = Use(actor="公众", purpose="公众核验", place="service")
"""Whoever scans a code is nobody's business: the trail says that it was verified, and when."""


class Judge(Protocol):
    """What is needed of `license_lib.verification.Verifier`."""

    @property
    def catalogue(self) -> Catalogue:
        """Licence types, for their names."""
        ...

    @property
    def issuers(self) -> Issuers:
        """Issuing bodies, for their names."""
        ...

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Verdict:
        """Judge a PDF or a picture."""
        ...

    def verify_code(self, text: str, *, at: datetime, now: datetime | None = None) -> Verdict:
        """Judge the text of a QR."""
        ...

    def status(self, identifier: str, *, at: datetime) -> Verdict | None:
        """State of a licence of our repository."""
        ...


class Bench(Protocol):
    """Where the judge sits."""

    def judge(self, at: datetime) -> Judge:
        """The judge with the trust material of this moment."""
        ...

    def scan(self, data: bytes, *, at: datetime) -> FileScan:
        """What the codes of a picture or of a scan's pages say."""
        ...

    def paper(self, data: bytes, *, at: datetime) -> PaperChecks:
        """What was signed beside the picture of a print, for whoever compares the two."""
        ...

    def note(self, verdict: Verdict, use: Use | None) -> None:
        """Put on the usage trail that somebody had a licence judged; raises if that cannot be done.

        Args:
            use: who, and what for; None for those who did not say who they are.
        """
        ...

    def redeem(self, text: str, use: Use) -> Presentation:
        """Use a presentation code up, and judge its licence; raises if that cannot be put on record."""
        ...

    @property
    def records(self) -> Records:
        """The records, for look-ups; opened when they are first asked for."""
        ...

    @property
    def desk(self) -> CounterDesk:
        """The records as a counter uses them; opened when they are first asked for."""
        ...

    @property
    def items(self) -> ServiceItems:
        """The service items of this authority; there may be none."""
        ...

    @property
    def fonts(self) -> Fonts:
        """What reports are drawn with; loaded when they are first asked for."""
        ...

    @property
    def key(self) -> bytes:
        """A secret of this authority's services, for what they hand out and want back unchanged."""
        ...

    def close(self) -> None:
        """Release the repository, and whoever works for the judge."""
        ...


class SettingsBench:
    """The judge that a configuration describes, with the public trust material of today.

    The material is read again whenever it changes on disk: revocation lists go stale, and departments get new seals,
    while the service runs. Files are examined in worker processes, see `ConfinedVerifier`.

    Args:
        clock: the time, aware.
        workers: how many files are examined at once.
        limits: what one file may take.
        randomness: n → n random bytes, for the services' secret.

    Raises:
        InputError: the configuration or a template is wrong.
        MachineError: no trust anchor, or the repository cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        workers: int = WORKERS,
        limits: Limits | None = None,
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._opened = ExitStack()
        self._trail = self._opened.enter_context(open_trail(settings, clock)) if settings.usage.verifications else None
        self._presenting = (
            self._opened.enter_context(open_presenting(settings, lambda: self.judge(clock()), clock))
            if settings.usage.verifications
            else None
        )
        self._records: Records | None = None
        self._desk: CounterDesk | None = None
        self._fonts: Fonts | None = None
        self.items = ServiceItems.load_if_there(settings.home, load_catalogue(settings))
        self.key = service_key(settings.home / "data", randomness)
        self._make = partial(confined_verifier, settings, workers=workers, limits=limits, slow=SLOW)
        self._scanner = confined_scanner(
            Patience(PHOTO_SECONDS, time.monotonic), workers=1, method="spawn", limits=limits, slow=SLOW
        )
        self._make_checker = partial(
            confined_checker,
            partial(open_verifier, settings),
            Patience(PHOTO_SECONDS, time.monotonic),
            pictures=True,
            records=True,
            workers=1,
            method="spawn",
            limits=limits,
        )
        self._checker = self._make_checker()
        self._lock = Lock()
        self._looked = clock()
        self._stamp = self._public_material()
        self._verifier = self._make()
        self._verifier.start()

    def judge(self, at: datetime) -> ConfinedVerifier:
        """The judge with the trust material of this moment; where new material cannot be read, the old stays."""
        with self._lock:
            if abs(at - self._looked) >= _LOOK_AGAIN:
                self._looked = at
                self._renew()
            return self._verifier

    def scan(self, data: bytes, *, at: datetime) -> FileScan:
        """The codes of a picture, read in a worker process."""
        return self._scanner.verify(data, at=at)

    def paper(self, data: bytes, *, at: datetime) -> PaperChecks:
        """A print beside what was signed, read in a worker process."""
        self.judge(at)  # renews the trust material, also of the one that checks prints
        return self._checker.verify(data, at=at, now=at)

    def note(self, verdict: Verdict, use: Use | None) -> None:
        """Put on the usage trail that a licence of ours was judged; of the public not who, and not from where."""
        if self._trail is not None:
            self._trail.verified(verdict, use or _PUBLIC)

    def redeem(self, text: str, use: Use) -> Presentation:
        """Use a presentation code up, and judge its licence.

        Raises:
            MachineError: `storage.read-only` where this service was told to write nothing (`[usage] verifications`).
        """
        if self._presenting is None:
            raise MachineError("storage.read-only", "presentations are redeemed by a service that keeps the trail")
        return self._presenting.redeem(text, use)

    @property
    def records(self) -> Records:
        """The records of the repository, which look-ups write to: each is on the usage trail."""
        with self._lock:
            if self._records is None:
                self._records = self._opened.enter_context(open_records(self._settings, self._clock))
            return self._records

    @property
    def desk(self) -> CounterDesk:
        """The records as a counter uses them; each use is on the usage trail."""
        with self._lock:
            if self._desk is None:
                self._desk = self._opened.enter_context(open_desk(self._settings, self._clock))
            return self._desk

    @property
    def fonts(self) -> Fonts:
        """The fonts of this authority's licences."""
        with self._lock:
            if self._fonts is None:
                self._fonts = Fonts.load(fonts_folder(self._settings), self._settings.added_fonts)
            return self._fonts

    def close(self) -> None:
        """End the workers, and close the repository."""
        self._verifier.close()
        self._checker.close()
        self._scanner.close()
        self._opened.close()

    def _renew(self) -> None:
        stamp = self._public_material()
        if stamp == self._stamp:
            return
        fresh = self._make()
        try:
            fresh.start()
        except LicenseError as error:
            # Half-written perhaps: the old lists grow stale by themselves, so nothing fails open meanwhile.
            LOG.warning("trust material not renewed", code=error.code, message=error.message)
            return
        self._verifier.retire()
        self._checker.retire()
        self._checker = self._make_checker()
        self._verifier, self._stamp = fresh, stamp

    def _public_material(self) -> frozenset[tuple[Path, int, int]]:
        found = set()
        folders = (self._settings.keys_folder / "public", self._settings.home / "trust")
        for path in (path for folder in folders for path in folder.rglob("*")):
            try:
                facts = path.stat()
            except OSError:
                continue  # gone since
            found.add((path, facts.st_mtime_ns, facts.st_size))
        return frozenset(found)
