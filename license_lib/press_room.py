"""Printing and sealing 制证: from what a licence says to its sealed file. It holds keys, and knows no repository.

So it can be where the processors are: in this process, or in worker processes of its own (`workers_of`), each with its
keys, its fonts and its templates, opened once.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Protocol

from license_lib.catalogue import Catalogue
from license_lib.errors import MachineError
from license_lib.issuers import Issuers, IssuingBody
from license_lib.key_folder import VisibleSeal, signing_errors
from license_lib.license_code import license_code
from license_lib.licenses import License
from license_lib.licenses.record import RECORD_NAME, canonical_bytes
from license_lib.rendering import Attachment, Press, Signature, printed
from license_lib.seal_room import prepared, printed_seal
from signing.keys import SealCredential
from signing.sealing import Sealed, Sealer


class Credentials(Protocol):
    """Where the seals of the issuing bodies are."""

    def credential(self, body: IssuingBody) -> SealCredential:
        """The seal key of a body; raises if there is none or it cannot be used."""
        ...

    def seal(self, body: IssuingBody) -> VisibleSeal:
        """The body's seal; raises if its key may not use it now."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """A licence to print and seal.

    Attributes:
        document: the licence.
        photo: the photograph's file, where it has one.
    """

    document: License
    photo: bytes | None = field(default=None, repr=False)


class PressRoom:
    """Prints and seals.

    Args:
        catalogue: the licence types.
        issuers: the issuing bodies.
        press: what faces are printed with.
        credentials: the bodies' seals.
        sealer: makes seals.
        public_url: where the page behind the codes is.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        issuers: Issuers,
        press: Press,
        credentials: Credentials,
        sealer: Sealer,
        public_url: str,
    ) -> None:
        self.press, self.credentials = press, credentials
        self._catalogue, self._issuers = catalogue, issuers
        self._sealer, self._public_url = sealer, public_url

    def seal(self, order: Order) -> Sealed:
        """Sign the code, print the face with it, attach the record, and seal the whole.

        Raises:
            MachineError: `template.changed`.
            signing.errors.SigningError: the seal key is missing, locked or expired, or there is no time-stamp.
        """
        document = order.document
        kind = self._catalogue.get(document.template.key, on=document.issued_on)
        if kind.version != document.template.version:
            raise MachineError("template.changed", "the template was changed meanwhile", hint="send the request again")
        body = self._issuers.get(document.issuer.code)
        credential, visible = self.credentials.credential(body), self.credentials.seal(body)
        record = canonical_bytes(document)
        sign, key_id = credential.sign_es256, credential.key_id
        code = license_code(kind, document, key_id=key_id, sign=sign, base_url=self._public_url)
        at = self._sealer.now()
        signature = Signature(f"颁发{kind.name}", at, self._sealer.reserved(credential))
        face = printed(
            self.press,
            kind,
            document,
            qr_text=code,
            photo=order.photo,
            seal=printed_seal(visible, kind.layout_for(document.fields), signature),
            attachment=Attachment(record, RECORD_NAME),
        )
        return self._sealer.seal_prepared(prepared(face), credential=credential, at=at)


Sealing = Callable[[Order], Sealed]
"""Has an order printed and sealed, here or elsewhere; raises as `PressRoom.seal`."""
_room: PressRoom | None = None
"""Of a worker process."""


@contextmanager
def workers_of(open_room: Callable[[], PressRoom], processes: int) -> Iterator[Sealing]:
    """Worker processes that print and seal.

    Args:
        open_room: opens a room in each of them; it must pickle, and reaches them by a pipe that nobody else reads.
        processes: how many.
    """
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_open, initargs=(open_room,)
    ) as pool:
        yield sealing_by(pool)


def sealing_by(executor: Executor) -> Sealing:
    """Sealing by any executor whose processes were opened as those of `workers_of` are.

    It raises MachineError `issuing.worker` where a process died, or could not open its room.
    """

    def seal(order: Order) -> Sealed:
        try:
            return executor.submit(_seal, order).result()
        except BrokenExecutor:
            pass
        hint = "look at the system log, for example for memory, then send the same batch again"
        raise MachineError("issuing.worker", "a process that seals has died", hint=hint)

    return seal


def _open(open_room: Callable[[], PressRoom]) -> None:
    global _room  # noqa: PLW0603 -- the room of this process
    _room = open_room()


def _seal(order: Order) -> Sealed:
    if _room is None:
        raise RuntimeError("this process has no press room")
    with signing_errors():
        return _room.seal(order)
