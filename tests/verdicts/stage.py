"""Where a situation is set up: an authority of its own, on a copy of a prepared home, with a clock that is told.

A situation is a function of its case's name, the folder in tests/vectors/verdicts, that gives what was judged.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from support import NOON, PASSPHRASE, StillClock, counted_randomness

from license_lib.authority import Authority
from license_lib.configured import fonts_folder
from license_lib.issuing import Issued
from license_lib.judges import open_verifier
from license_lib.licenses import License
from license_lib.licenses.record import canonical_bytes
from license_lib.qr import scan_file
from license_lib.rendering import Attachment, Fonts, render
from license_lib.resources import resource_folder
from license_lib.settings import Settings
from license_lib.verification import Asked, OnRecord, Verdict, Verifier
from signing.keys import SealCredential, load_credential, sha256
from signing.reports import FileReport
from signing.sealing import seal
from signing.timestamps import LocalTimestamper

Judged = Verdict | FileReport
Situation = Callable[["Stage"], Judged]

SITUATIONS: Final[dict[str, Situation]] = {}
Made = TypeVar("Made", bound=Situation)


def situation(code: str) -> Callable[[Made], Made]:
    """Enter a function as the situation in which a code is reported."""

    def enter(make: Made) -> Made:
        assert code not in SITUATIONS
        SITUATIONS[code] = make
        return make

    return enter


@dataclass(frozen=True)
class OneState:
    """A repository that says the same of every licence."""

    state: OnRecord | None

    def state_of(self, asked: Asked, at: datetime, now: datetime) -> OnRecord | None:
        del asked, at, now
        return self.state


class Stage:
    """What every situation begins with.

    Args:
        master: a prepared home; copied, never changed.
        shared: an authority that holds one licence of every type; only read from.
        issued: those licences, by type key.
        folder: an empty one.
        stack: closes at the end what was opened.
    """

    def __init__(
        self, master: Path, shared: Authority, issued: Mapping[str, Issued], folder: Path, stack: ExitStack
    ) -> None:
        self.shared = shared
        self.issued = issued
        self.business = issued["business-license"]
        self.clock = StillClock()
        self._master = master
        self.folder = folder
        self._stack = stack
        self._numbers: Iterator[int] = iter(range(1, 1000))

    def authority(self) -> Authority:
        """One of the situation's own, in which anything may be done."""
        home = Path(shutil.copytree(self._master, self.folder / "home"))
        return self._stack.enter_context(
            Authority(
                Settings.load(home), passphrase=PASSPHRASE, clock=self.clock, randomness=counted_randomness("verdict")
            )
        )

    def reopened(self, authority: Authority) -> Verifier:
        """The judging half, opened anew on what the folder of keys says now."""
        return self._stack.enter_context(open_verifier(authority.settings))

    def configured(self, **changes: object) -> Verifier:
        """The judging half of an authority that is configured otherwise than the one that issued."""
        settings = self.shared.settings.model_copy(update=changes)
        return self._stack.enter_context(open_verifier(settings))

    def templates(self) -> Path:
        """A copy of the built-in templates to change, but for the fonts."""
        built_in = resource_folder("templates")
        made = shutil.copytree(built_in, self.folder / "templates", ignore=shutil.ignore_patterns("fonts"))
        return Path(made)

    def credential(self, authority: Authority, body: str = "market") -> SealCredential:
        return load_credential(authority.settings.keys_folder, body, passphrase=PASSPHRASE, at=NOON)

    def insider(
        self,
        document: License,
        *,
        record: bytes | None = None,
        credential: SealCredential | None = None,
        proven_at: datetime | None = None,
        sealed_at: datetime = NOON,
    ) -> bytes:
        """A licence as somebody with a seal key makes it, with a time-stamp or without."""
        shared = self.shared
        face = render(
            shared.catalogue.get(document.type_code),
            document,
            qr_text=scan_file(self.business.pdf)[0],
            fonts=Fonts.load(fonts_folder(shared.settings)),
            attachment=Attachment(canonical_bytes(document) if record is None else record),
        )
        stamper = self.credential(shared, "tsa") if proven_at else None
        return seal(
            face,
            credential=credential or self.credential(shared),
            timestamper=LocalTimestamper(stamper, lambda: proven_at or NOON, lambda: next(self._numbers))
            if stamper
            else None,
            appearance=None,
            at=sealed_at,
            nonce=lambda: 7,
        )

    def on_record(self, pdf: bytes, document: License | None = None) -> Verifier:
        """A verifier whose repository holds just this file: what is wrong with it is not that it was never issued."""
        return self.known(OnRecord(record=canonical_bytes(document or self.business.license), file_digest=sha256(pdf)))

    def known(self, state: OnRecord | None) -> Verifier:
        """A verifier whose repository says just this."""
        return Verifier(replace(self.shared.verifier.ground, states=OneState(state)))
