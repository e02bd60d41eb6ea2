"""What verification stands on: public material only, no key and no passphrase."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from license_lib.catalogue import Catalogue, LicenseType
from license_lib.findings import Finding
from license_lib.issuers import Issuers
from license_lib.licenses import FaceContent, License
from license_lib.log.checkpoints import LogPolicy
from license_lib.status import StatusClaim, StatusRef
from license_lib.verification.seals import SealDirectory
from license_lib.verification.standing import Known
from signing.trust import TrustStore

if TYPE_CHECKING:
    from license_lib.rendering.face import Composed
    from license_lib.trust_list import Snapshot


@dataclass(frozen=True, slots=True)
class Asked:
    """Which licence a question is about.

    Args:
        identifier: 证照标识.
        status: where its state is published, as its record says it in full, or its code by number; None if nowhere.
    """

    identifier: str
    status: StatusClaim | StatusRef | None = None


class StatesUnreachableError(Exception):
    """Whoever knows the state of a licence gives no usable answer now.

    Args:
        finding: what that is for the licence; `status.unknown` by default.
    """

    def __init__(self, finding: Finding | None = None) -> None:
        self.finding = finding or Finding("status.unknown")
        super().__init__(self.finding.code)


class StateSource(Protocol):
    """Where the state of licences is looked up: the repository, or what the issuing body publishes."""

    def state_of(self, asked: Asked, at: datetime, now: datetime) -> Known | None:
        """The state at a moment, as it is known now; None if the licence is not known.

        Raises:
            StatesUnreachableError: it cannot be told now.
        """
        ...


PLACE_OF_THE_CODE: Final = "\0"
"""Stands among the operators of a reprint for those of its code: no page holds this character."""


class Reprint(NamedTuple):
    """A licence once more, as our own press prints it.

    Attributes:
        face: its pages, with `PLACE_OF_THE_CODE`.
        file: what its code says → the file.
    """

    face: "Composed"
    file: Callable[[str], bytes]


class Reprints(Protocol):
    """A press that prints licences once more: so what is ours is told from what only says so."""

    def reprints(
        self, kind: LicenseType, document: License, content: FaceContent, certificate: bytes
    ) -> Iterable[Reprint]:
        """The licence with each seal that a certificate (DER) may use."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Licence types, trust anchors, published seals, issuing bodies, and where states are looked up.

    Args:
        states: the repository, or None where there is none to ask; outcomes are then UNDETERMINED at best.
        snapshot: the trust list that the rest comes from; None where it is this machine's configuration.
        log: the transparency log 透明日志 of the licences, and its witnesses; None where there is none.
        press: gives the one that prints these licences; None where it is not ours, and every face is drawn.
    """

    catalogue: Catalogue
    trust: TrustStore
    seals: SealDirectory
    issuers: Issuers
    states: StateSource | None
    snapshot: "Snapshot | None" = None
    log: LogPolicy | None = None
    press: Callable[[], Reprints] | None = None
