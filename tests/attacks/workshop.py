"""Where attacks are made: an authority with throw-away keys, licences of its own, and a stranger with the same names.

Its private keys never leave the temporary folder; what is committed of it is public.
"""

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Self

from support import NOON, PASSPHRASE, StillClock, counted_randomness, example_request

from license_lib.authority import Authority
from license_lib.configured import fonts_folder
from license_lib.issuing import Issued
from license_lib.licenses import License
from license_lib.licenses.record import canonical_bytes
from license_lib.licenses.request import LicenseRequest
from license_lib.qr import scan_file
from license_lib.rendering import Attachment, Fonts, render
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import FILE_NAME, SealingSettings
from signing import algorithms
from signing.cms import SignedDataTemplate
from signing.keys import SealCredential, load_credential
from signing.sealing import seal
from signing.timestamps import LocalTimestamper

AT: Final = NOON
NOW: Final = NOON + timedelta(hours=1)
PHOTO: Final = example_request("residence-permit").photo
_GAP: Final = re.compile(rb"<([0-9A-F]{4000,})>")

Sign = Callable[[bytes], bytes]


class Workshop:
    """An authority on which everything may be tried.

    Args:
        home: an empty folder; the authority's keys are made there.
        seed: of its randomness.
    """

    def __init__(self, home: Path, seed: str = "attacks") -> None:
        settings = initialise(home)
        create_development_keys(settings, PASSPHRASE, at=AT)
        self.keys = settings.keys_folder
        self.authority = Authority(
            settings.model_copy(update={"sealing": SealingSettings(level="B-T")}),
            passphrase=PASSPHRASE,
            clock=StillClock(AT),
            randomness=counted_randomness(seed),
        )
        self._home = home
        self._serials = iter(range(1, 1_000_000))
        self.licenses: dict[str, Issued] = {}

    @classmethod
    def furnished(cls, folder: Path) -> Self:
        """With the three licences that are attacked, and a stranger next door."""
        workshop = cls(folder / "home")
        business = example_request("business-license")
        for name, request in {
            "business": business,
            "neighbour": another(business, "样例·李四", "91620402MA0000001U"),
            "residence": example_request("residence-permit"),
        }.items():
            workshop.licenses[name] = workshop.authority.issue(request)
        return workshop

    def unpublished(self) -> bytes:
        """A licence that is not among those whose state is published."""
        request = another(example_request("business-license"), "样例·王五", "91620402MA0000002Y")
        return self.authority.issue(request).pdf

    @cache  # noqa: B019 - one workshop a run
    def stranger(self) -> "Workshop":
        """Somebody else, who calls himself by the same names."""
        return Workshop(self._home.parent / "stranger", "stranger")

    def pdf(self, name: str = "business") -> bytes:
        """A licence as it was issued."""
        return self.licenses[name].pdf

    def license(self, name: str = "business") -> License:
        """What a licence says."""
        return self.licenses[name].license

    def code(self, name: str = "business") -> str:
        """The text of a licence's QR."""
        return scan_file(self.pdf(name))[0]

    @cache  # noqa: B019 - opening a key takes scrypt's time
    def credential(self, body: str = "market") -> SealCredential:
        """A body's seal key."""
        return load_credential(self.keys, body, passphrase=PASSPHRASE, at=AT)

    def timestamper(self, moment: datetime = AT, body: str = "tsa") -> LocalTimestamper:
        """The time-stamp authority, or one who plays it; without its chain, as the authority's own."""
        return LocalTimestamper(replace(self.credential(body), chain=()), lambda: moment, lambda: next(self._serials))

    def face(self, drawn: License, *, code: str | None = None, record: bytes | None = None) -> bytes:
        """An unsealed face; code and record need not be the licence's."""
        return render(
            self.authority.catalogue.get(drawn.type_code),
            drawn,
            qr_text=code or "HTTPS://LICENSE.EXAMPLE/V#AAAA",
            fonts=Fonts.load(fonts_folder(self.authority.settings)),
            photo=PHOTO if drawn.photo else None,
            attachment=Attachment(canonical_bytes(drawn) if record is None else record),
        )

    def seal(self, pdf: bytes, body: str = "market", *, at: datetime = AT, reason: str | None = None) -> bytes:
        """Seal whatever it is, with a time-stamp: what an insider can do."""
        return seal(
            pdf,
            credential=self.credential(body),
            timestamper=self.timestamper(at),
            appearance=None,
            at=at,
            nonce=lambda: 1,
            reason=reason,
        )

    def sign(self, body: str = "market") -> Sign:
        """Digest to container, with a time-stamp, as sealing makes it."""

        def signed(digest: bytes) -> bytes:
            unfinished = SignedDataTemplate(self.credential(body), algorithms.DATA).sign(digest)
            return unfinished.finish(self.timestamper().timestamp(hashlib.sha256(unfinished.signature).digest(), 1))

        return signed

    def publish(self, folder: Path) -> None:
        """Write the public part, and the licences: all that replaying needs."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.keys / "public", folder / "keys" / "public")
        shutil.copy(self._home / FILE_NAME, folder / FILE_NAME)
        (folder / "licenses").mkdir()
        for name, issued in self.licenses.items():
            (folder / "licenses" / f"{name}.pdf").write_bytes(issued.pdf)
        (folder / "ground.toml").write_text(f"now = {NOW.isoformat().replace('+00:00', 'Z')}\n", "ascii")


def another(request: LicenseRequest, person: str, number: str) -> LicenseRequest:
    """The same for another enterprise."""
    holder = replace(request.holders[0], name="白银市样例商行", number=number)
    fields = {**request.fields, "legal_representative": person}
    return replace(request, holders=(holder,), request_key=number, fields=fields)


def gap(pdf: bytes) -> tuple[int, int]:
    """Where the hexadecimal digits of the seal's `/Contents` stand."""
    (found,) = _GAP.finditer(pdf)
    return found.span(1)


def container(pdf: bytes) -> bytes:
    """The seal's container with the padding behind it."""
    start, end = gap(pdf)
    return bytes.fromhex(pdf[start:end].decode("ascii"))


def with_container(pdf: bytes, value: bytes) -> bytes:
    """Put another container into the gap, which stays as large as it is."""
    start, end = gap(pdf)
    digits = value.hex().upper().encode("ascii")
    assert len(digits) <= end - start, "no room"
    return pdf[:start] + digits.ljust(end - start, b"0") + pdf[end:]


def resigned(pdf: bytes, sign: Sign) -> bytes:
    """Sign anew what the gap's surroundings are now: only an insider can."""
    start, end = gap(pdf)
    return with_container(pdf, sign(hashlib.sha256(pdf[: start - 1] + pdf[end + 1 :]).digest()))
