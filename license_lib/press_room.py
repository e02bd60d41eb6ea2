"""Printing and sealing 制证: from a request to what can be issued, and from a licence to its sealed file in the store.

It holds keys, and knows no database. So it can be where the processors are: in this process, or in worker processes
(`press_workers`), each with its keys, its fonts and its templates, opened once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from license_lib.catalogue import Catalogue, LicenseType
from license_lib.errors import InputError, MachineError
from license_lib.issuers import Issuers, IssuingBody
from license_lib.license_code import license_code, stand_in_code
from license_lib.licenses import License, face_content
from license_lib.licenses.record import RECORD_NAME, SALT_BYTES, canonical_bytes
from license_lib.licenses.request import Draft, LicenseRequest, draft, template_of
from license_lib.rendering import Attachment, Press, Signature, check_photo, plan_face, printed
from license_lib.rendering.qr_drawing import check_code
from license_lib.repository.files import FileStore
from license_lib.seal_pictures import VisibleSeal
from license_lib.seal_room import check_room, prepared, printed_seal
from license_lib.serials import widest_identifier
from signing.keys import SealCredential, sha256
from signing.sealing import Sealed, Sealer, SealOrder


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A licence that was printed and sealed; its file is in the file store.

    Attributes:
        pdf: the file to hand out. stored_as: its SHA-256, by which the store has it.
        record: the record's canonical JSON.
        file_digest: SHA-256 of what the seal covers.
        archived_until: when its archive time-stamp ends; None if it has none.
        key_id: identifies the seal certificate.
    """

    pdf: bytes = field(repr=False)
    stored_as: bytes
    record: bytes = field(repr=False)
    file_digest: bytes
    archived_until: datetime | None
    key_id: bytes


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A licence that was printed, and is to be sealed."""

    record: bytes
    order: SealOrder


class PressRoom:
    """Checks requests, prints and seals.

    Args:
        catalogue: the licence types.
        issuers: the issuing bodies.
        press: what faces are printed with.
        credentials: the bodies' seals.
        sealer: makes seals.
        files: where sealed files are kept.
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
        files: FileStore,
        public_url: str,
    ) -> None:
        self._catalogue, self._issuers = catalogue, issuers
        self._press, self._credentials = press, credentials
        self._sealer, self._files, self._public_url = sealer, files, public_url

    def check_each(self, requests: Sequence[LicenseRequest], today: date) -> list[Draft | InputError]:
        """`check` for many: a request that is wrong has its error in its place."""
        answers: list[Draft | InputError] = []
        for request in requests:
            try:
                answers.append(self.check(request, today))
            except InputError as error:
                answers.append(error)
        return answers

    def press_each(self, orders: Sequence[Order]) -> list[Pressed]:
        """Sign the codes, print the faces with them, attach the records, seal each, and put it into the file store.

        Raises:
            MachineError: `template.changed`; `storage.…`.
            signing.errors.SigningError: the seal key is missing, locked or expired, or there is no time-stamp.
        """
        sheets = [self._print(order) for order in orders]
        sealed = self._sealer.seal_each([sheet.order for sheet in sheets])
        stored = self._files.put_each([one.pdf for one in sealed])
        return [_pressed(*one) for one in zip(sheets, sealed, stored, strict=True)]

    def check(self, request: LicenseRequest, today: date) -> Draft:
        """Everything that can be known to be wrong with a request, or with the keys, before anything is written.

        Raises:
            InputError: with every fault found.
            MachineError: the seal key is missing, locked or expired.
        """
        kind = self._catalogue.get(request.license_type, on=request.issued_on or today)
        body = self._issuers.get(request.issuer)
        if kind.key not in body.types:
            raise InputError(
                "issuer.out-of-scope",
                f"{body.issuer.name} may not issue {kind.name}",
                hint="see issuers in license.toml",
            )
        checked = draft(request, kind, body.issuer, today=today)
        specimen = checked.license(widest_identifier(kind, body.issuer.code, checked.issued_on), bytes(SALT_BYTES))
        pages = len(plan_face(kind, face_content(kind, specimen), self._press.fonts).pages)
        self._check_code(kind, specimen)
        if request.photo is not None:
            check_photo(request.photo)
        self._credentials.credential(body)
        check_room(kind.layout_for(checked.fields), self._credentials.seal(body), pages)
        return checked

    def _check_code(self, kind: LicenseType, specimen: License) -> None:
        """Refuse what no QR code can carry while nothing has been written yet; the signature only has to be as long."""
        try:
            check_code(stand_in_code(kind, specimen, self._public_url))
        except InputError as error:
            if error.code != "qr.unencodable":
                raise
            hint = "shorten the holder's name or the fields that are public in the QR"
            raise InputError(error.code, f"the QR code cannot hold it: {error.message}", hint=hint) from None

    def _print(self, order: Order) -> "_Sheet":
        document = order.document
        kind = self._catalogue.get(document.template.key, on=document.issued_on)
        if template_of(kind) != document.template:
            raise MachineError("template.changed", "the template was changed meanwhile", hint="send the request again")
        body = self._issuers.get(document.issuer.code)
        credential, visible = self._credentials.credential(body), self._credentials.seal(body)
        record = canonical_bytes(document)
        sign, key_id = credential.sign_es256, credential.key_id
        code = license_code(kind, document, key_id=key_id, sign=sign, base_url=self._public_url)
        at = self._sealer.now()
        signature = Signature(f"颁发{kind.name}", at, self._sealer.reserved(credential))
        face = printed(
            self._press,
            kind,
            document,
            qr_text=code,
            photo=order.photo,
            seal=printed_seal(visible, kind.layout_for(document.fields), signature),
            attachment=Attachment(record, RECORD_NAME),
        )
        return _Sheet(record, SealOrder(prepared(face), credential, at))


def _pressed(sheet: _Sheet, sealed: Sealed, stored_as: bytes) -> Pressed:
    return Pressed(
        pdf=sealed.pdf,
        stored_as=stored_as,
        record=sheet.record,
        file_digest=sha256(sealed.revision),
        archived_until=sealed.archived.until if sealed.archived else None,
        key_id=sheet.order.credential.key_id,
    )
