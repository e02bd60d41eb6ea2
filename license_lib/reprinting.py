"""A licence printed once more 重印, as our own press prints it: a file that says it is ours must look like it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Final

from license_lib.catalogue import LicenseType
from license_lib.licenses import FaceContent, License
from license_lib.licenses.record import RECORD_NAME, canonical_bytes
from license_lib.rendering import Attachment, Press, SealSpace, Signature, printed
from license_lib.rendering.face import composed
from license_lib.seal_pictures import SealPictures
from license_lib.seal_room import printed_seal
from license_lib.verification.ground import PLACE_OF_THE_CODE, Reprint

_UNSIGNED: Final = Signature("", datetime(2000, 1, 1, tzinfo=UTC), 0)


class Reprinter:
    """Prints licences once more, without their signatures. Threads may share it.

    Args:
        press: what licences are printed with.
        seals: what their seals look like.
    """

    def __init__(self, press: Press, seals: SealPictures) -> None:
        self._press, self._seals = press, seals

    def reprints(
        self, kind: LicenseType, document: License, content: FaceContent, certificate: bytes
    ) -> Iterator[Reprint]:
        """The licence with each seal that a certificate may use.

        Args:
            kind: the type in the version that draws it.
            document: the licence, one without a photograph.
            content: what it shows.
            certificate: of who sealed it, DER.

        Raises:
            InputError: it cannot be printed; see `printed`.
            MachineError: `font.unreadable`.
        """
        for visible in self._seals.used_with(certificate):
            seal = printed_seal(visible, content.layout, _UNSIGNED)
            face = composed(self._press, kind, document, content, code=PLACE_OF_THE_CODE, ink=seal.ink)
            yield Reprint(face, partial(self._file, kind, document, seal))

    def _file(self, kind: LicenseType, document: License, seal: SealSpace, qr_text: str) -> bytes:
        record = Attachment(canonical_bytes(document), RECORD_NAME)
        return bytes(printed(self._press, kind, document, qr_text=qr_text, seal=seal, attachment=record).data)
