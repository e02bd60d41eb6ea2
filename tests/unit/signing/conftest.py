"""A PKI made once per session, and documents to seal with it."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from handmade import Hand
from reportlab.pdfgen.canvas import Canvas

from signing import algorithms, devkit
from signing.cms import SignedDataTemplate
from signing.keys import SealCredential, load_credential
from signing.sealing import SealAppearance, Spot, seal
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore

PASSPHRASE = b"only for tests"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DESCRIPTION = Path(__file__).resolve().parents[3] / "keys" / "development.toml"


@dataclass
class Pki:
    """A development PKI on disk with what tests need of it."""

    folder: Path
    passphrase: bytes = PASSPHRASE
    created: datetime = CREATED
    now: datetime = NOW
    _credentials: dict[str, SealCredential] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def credential(self, name: str = "market") -> SealCredential:
        # Opening a key takes scrypt's time; once per test session is enough.
        if name not in self._credentials:
            self._credentials[name] = load_credential(self.folder, name, passphrase=self.passphrase, at=self.now)
        return self._credentials[name]

    def timestamper(self, moment: datetime | None = None) -> LocalTimestamper:
        return LocalTimestamper(self.credential("tsa"), lambda: moment or self.now, lambda: next(self._numbers))

    def trust(self) -> TrustStore:
        return TrustStore.load(self.folder)

    def copy_to(self, folder: Path) -> "Pki":
        """Give a copy that a test may change."""
        shutil.copytree(self.folder, folder)
        return Pki(folder)

    def seal(self, pdf: bytes, *, at: datetime | None = None, timestamped: bool = True) -> bytes:
        moment = at or self.now
        return seal(
            pdf,
            credential=self.credential(),
            timestamper=self.timestamper(moment) if timestamped else None,
            appearance=None,
            at=moment,
            nonce=lambda: 7,
        )


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    folder = tmp_path_factory.mktemp("pki") / "keys"
    description = devkit.load_description(DESCRIPTION)
    devkit.create_development_pki(folder, description, passphrase=PASSPHRASE, at=CREATED)
    return Pki(folder)


@pytest.fixture(scope="session")
def other_pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """The same description, other keys: somebody else who calls himself by the same names."""
    folder = tmp_path_factory.mktemp("other") / "keys"
    description = devkit.load_description(DESCRIPTION)
    devkit.create_development_pki(folder, description, passphrase=PASSPHRASE, at=CREATED)
    return Pki(folder)


@pytest.fixture
def own_pki(pki: Pki, tmp_path: Path) -> Pki:
    """A copy of the session's PKI that a test may revoke in."""
    return pki.copy_to(tmp_path / "keys")


def draw_pdf(draw: Callable[[Canvas], None], width: float = 595, height: float = 842) -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(width, height), invariant=1)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


@pytest.fixture(scope="session")
def plain_pdf() -> bytes:
    return draw_pdf(lambda canvas: canvas.drawString(72, 700, "An official document"))


@pytest.fixture(scope="session")
def appearance() -> SealAppearance:
    side = 40 * 72 / 25.4
    picture = draw_pdf(lambda canvas: canvas.circle(side / 2, side / 2, 0.45 * side), side, side)
    return SealAppearance(picture, Spot(0, 140, 220))


@pytest.fixture(scope="session")
def sealed_pdf(pki: Pki, plain_pdf: bytes) -> bytes:
    return pki.seal(plain_pdf)


@pytest.fixture(scope="session")
def later() -> datetime:
    """A day after sealing, within the lists' period."""
    return NOW + timedelta(days=1)


@pytest.fixture(scope="session")
def hand(pki: Pki) -> Hand:
    """Somebody with a good key who writes files by hand."""
    template = SignedDataTemplate(pki.credential(), algorithms.DATA)
    timestamper = pki.timestamper()
    return Hand(lambda digest: template.sign(digest).finish(), lambda digest: timestamper.timestamp(digest, 7))
