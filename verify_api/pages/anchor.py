"""What the page's judge is told to stand on: who signs the trust list, and how old a status list may be.

The page comes from this service, and so does the pin: the origin is the anchor here (docs/page.md).
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from license_lib.settings import Settings
from license_lib.trust_list.publishing import FILE_NAME
from license_lib.trusting import SIGNER, read_signer
from license_lib.verification.listed_states import MAX_STALENESS

_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where the trust list and its signer's certificate are, and the age of the oldest status list to rely on.

    Neither file need be there: then the page says that it cannot judge.
    """

    trust_list: Path
    signer: Path
    max_staleness: timedelta = MAX_STALENESS

    @classmethod
    def of(cls, settings: Settings) -> "Anchor":
        """As an authority configured it."""
        return cls(
            trust_list=settings.home / FILE_NAME,
            signer=settings.keys_folder / "public" / f"{SIGNER}.pem",
            max_staleness=settings.status.max_staleness,
        )

    def pins(self) -> list[str]:
        """SHA-256 of the certificates that may sign the list, hex; read anew, for keys are replaced.

        Raises:
            MachineError: `key.damaged`.
        """
        return [sha256(read_signer(self.signer)).hexdigest()] if self.signer.exists() else []

    def max_staleness_ms(self) -> int:
        """The same in milliseconds."""
        return self.max_staleness // _MILLISECOND
