"""A licence printed once more 重印, as our own press prints it: a file that says it is ours must look like it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from license_lib.catalogue import LicenseType
from license_lib.licenses import License
from license_lib.licenses.record import RECORD_NAME, canonical_bytes
from license_lib.rendering import Attachment, Press, Signature, printed
from license_lib.rendering.fonts import Fonts
from license_lib.seal_pictures import SealPictures
from license_lib.seal_room import printed_seal

_UNSIGNED: Final = Signature("", datetime(2000, 1, 1, tzinfo=UTC), 0)
_NO_CODE: Final = "A"


class Reprinter:
    """Prints licences once more, without their codes and signatures. Threads may share it.

    Args:
        press: what licences are printed with.
        seals: what their seals look like.
    """

    def __init__(self, press: Press, seals: SealPictures) -> None:
        self._press, self._seals = press, seals

    @property
    def fonts(self) -> Fonts:
        """What licences are set in."""
        return self._press.fonts

    def reprints(self, kind: LicenseType, document: License, certificate: bytes) -> Iterator[bytes]:
        """The licence, printed with each seal that a certificate may use.

        Args:
            kind: the type in the version that draws it.
            document: the licence, one without a photograph.
            certificate: of who sealed it, DER.

        Raises:
            InputError: it cannot be printed; see `printed`.
            MachineError: `font.unreadable`.
        """
        for seal in self._seals.used_with(certificate):
            face = printed(
                self._press,
                kind,
                document,
                qr_text=_NO_CODE,
                seal=printed_seal(seal, kind.layout_for(document.fields), _UNSIGNED),
                attachment=Attachment(canonical_bytes(document), RECORD_NAME),
            )
            yield bytes(face.data)
