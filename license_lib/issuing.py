"""Issuing: check everything → reserve the identifier → sign the code, render, seal → store → commit.

Design law 6: what has not been committed has not been issued. A crash at any point leaves at most a reserved identifier
and a file that nothing points to; the same request, sent again, takes up the reservation.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import rfc8785

from license_lib.calendar import day_of
from license_lib.catalogue import Catalogue, LicenseType
from license_lib.catalogue.layout import Layout
from license_lib.errors import InputError, MachineError
from license_lib.identifiers import LicenseIdentifier
from license_lib.issuers import Issuers, IssuingBody
from license_lib.key_folder import VisibleSeal
from license_lib.license_code import license_code, stand_in_code
from license_lib.licenses import License, face_content
from license_lib.licenses.record import RECORD_NAME, SALT_BYTES, canonical_bytes, parse_record, record_digest
from license_lib.licenses.request import Draft, LicenseRequest, draft
from license_lib.licenses.rules import FieldValue
from license_lib.rendering import Attachment, Fonts, SealSpace, check_fit, check_photo, render
from license_lib.rendering.face import edges_of, seal_field
from license_lib.rendering.qr_drawing import qr_matrix
from license_lib.rendering.structure import Edges
from license_lib.repository import (
    AlreadyIssued,
    ArchiveEntry,
    HolderEntry,
    IssuedLicense,
    LicenseState,
    Override,
    Repository,
    Reservation,
    StoredLicense,
)
from signing.keys import SealCredential, sha256
from signing.sealing import FIELD_NAME, Mark, SealAppearance, Sealed, Sealer, Spot

SERIAL_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SERIAL_RANDOM = 8
_DRAWS = 3


class Credentials(Protocol):
    """Where the seals of the issuing bodies are."""

    def credential(self, body: IssuingBody) -> SealCredential:
        """The seal key of a body; raises if there is none or it cannot be used."""
        ...

    def seal(self, body: IssuingBody) -> VisibleSeal:
        """The body's seal; raises if its key may not use it now."""
        ...


@dataclass(frozen=True, slots=True)
class Issued:
    """A licence that is sealed, stored and committed.

    Args:
        already: it had been issued before for the same request; nothing new was made.
    """

    license: License
    pdf: bytes = field(repr=False)
    already: bool

    @property
    def identifier(self) -> str:
        """证照标识."""
        return str(self.license.identifier)


class Issuing:
    """The issuing side of an authority: everything that needs a seal key.

    Args:
        clock: the time, aware. randomness: n → n random bytes, for serials and salts.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        issuers: Issuers,
        repository: Repository,
        fonts: Fonts,
        credentials: Credentials,
        sealer: Sealer,
        public_url: str,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
    ) -> None:
        self._catalogue = catalogue
        self._issuers = issuers
        self._repository = repository
        self._fonts = fonts
        self._credentials = credentials
        self._sealer = sealer
        self._public_url = public_url
        self._clock = clock
        self._randomness = randomness

    def check(self, request: LicenseRequest) -> tuple[Draft, IssuingBody]:
        """Everything that can be known to be wrong before anything is written.

        Raises:
            InputError: with every fault found.
        """
        kind = self._catalogue.get(request.license_type, on=request.issued_on or day_of(self._clock()))
        body = self._issuers.get(request.issuer)
        if kind.key not in body.types:
            raise InputError(
                "issuer.out-of-scope",
                f"{body.issuer.name} may not issue {kind.name}",
                hint="see issuers in license.toml",
            )
        checked = draft(request, kind, body.issuer, today=day_of(self._clock()))
        identifier = self._identifier(kind.code.value, body.issuer.code, checked.issued_on)
        specimen = checked.license(identifier, bytes(SALT_BYTES))
        check_fit(kind, face_content(kind, specimen), self._fonts)
        self._check_code(kind, specimen)
        if request.photo is not None:
            check_photo(request.photo)
        return checked, body

    def issue(self, request: LicenseRequest) -> Issued:
        """Issue a licence, or return the one that the same request was given before.

        Raises:
            InputError: the request is wrong; nothing was written. Only if another process took the same number in the
                very moment between check and commit, an unused reservation and a file that nothing names remain.
            MachineError: storage or randomness failed; the same request can be sent again.
            signing.errors.SigningError: the seal key is missing, locked or expired; the same request can be sent again.
        """
        checked, body = self.check(request)
        credential, visible = self._credentials.credential(body), self._credentials.seal(body)
        _check_room(checked.license_type.layout_for(checked.fields), visible)
        digest = request_digest(request)
        request_key = request.request_key or f"request:{digest.hex()}"
        self._repository.require_number_free(
            type_code=checked.license_type.code.value,
            issuer_code=body.issuer.code,
            number=checked.number,
            at=self._clock(),
            request_key=request_key,
        )
        reserved = self._reserve(checked, body, request_key, digest)
        if isinstance(reserved, AlreadyIssued):
            stored = reserved.license
            if stored.state is LicenseState.REVOKED:
                raise InputError(
                    "request.revoked",
                    "the licence that this request was given has been revoked",
                    hint="send a request_key of its own to have a new one issued",
                )
            return self._on_record(stored)
        document = checked.license(LicenseIdentifier.parse(reserved.identifier), self._randomness(SALT_BYTES))
        sealed = self._sealed_face(document, checked, credential, visible)
        committed = self._repository.commit(self._entry(document, sealed, credential, checked, request_key))
        if committed.record_digest != record_digest(canonical_bytes(document)):  # somebody else's commit came first
            return self._on_record(committed)
        return Issued(document, sealed.pdf, already=False)

    def _on_record(self, stored: StoredLicense) -> Issued:
        return Issued(parse_record(stored.record), self._repository.newest_file(stored), already=True)

    def _sealed_face(
        self, document: License, checked: Draft, credential: SealCredential, visible: VisibleSeal
    ) -> Sealed:
        """Sign the code, draw the face with it, attach the record, and seal the whole."""
        kind = checked.license_type
        record = canonical_bytes(document)
        code = license_code(kind, document, key_id=credential.key_id, sign=credential.sign, base_url=self._public_url)
        face = render(
            kind,
            document,
            qr_text=code,
            fonts=self._fonts,
            photo=checked.photo,
            seal=_space(visible),
            attachment=Attachment(record, RECORD_NAME),
            artwork=self._catalogue.artwork,
        )
        room = kind.layout_for(document.fields).signatory
        marks: tuple[Mark, ...] = ()
        if visible.signatory is not None and room is not None:
            marks = (Mark(visible.signatory, Spot(0, room.x + room.w / 2, room.y + room.h / 2)),)
        appearance = SealAppearance(visible.picture, across_pages=True, marks=marks)
        return self._sealer.seal(face, credential=credential, appearance=appearance, reason=f"颁发{kind.name}")

    def _reserve(
        self, checked: Draft, body: IssuingBody, request_key: str, digest: bytes
    ) -> Reservation | AlreadyIssued:
        """Draw a serial and reserve it; drawn before by chance, it is drawn anew."""
        for _ in range(_DRAWS):
            identifier = self._identifier(checked.license_type.code.value, body.issuer.code, checked.issued_on)
            try:
                return self._repository.reserve(
                    str(identifier), request_key=request_key, request_digest=digest, at=self._clock()
                )
            except InputError as error:
                if error.code != "identifier.taken":
                    raise
        raise MachineError(
            "identifier.taken",
            f"{_DRAWS} serials in a row had been given away before",
            hint="the source of random numbers is broken: mend it before anything else is issued",
        )

    def _check_code(self, kind: LicenseType, specimen: License) -> None:
        """Refuse what no QR code can carry while nothing has been written yet; the signature only has to be as long."""
        code = stand_in_code(kind, specimen, self._public_url)
        try:
            qr_matrix(code)
        except InputError as error:
            hint = "shorten the holder's name or the fields that are public in the QR"
            raise InputError(error.code, f"the QR code cannot hold it: {error.message}", hint=hint) from None

    def _identifier(self, type_code: str, issuer_code: str, day: date) -> LicenseIdentifier:
        """A new identifier: the day of issue and random characters, so that nobody can walk through the numbers."""
        number = int.from_bytes(self._randomness(_SERIAL_RANDOM), "big")
        characters = []
        for _ in range(_SERIAL_RANDOM):
            number, index = divmod(number, len(SERIAL_ALPHABET))
            characters.append(SERIAL_ALPHABET[index])
        return LicenseIdentifier.build(type_code, issuer_code, f"{day:%Y%m%d}{''.join(characters)}")

    def _entry(
        self, document: License, sealed: Sealed, credential: SealCredential, checked: Draft, request_key: str
    ) -> IssuedLicense:
        record, archived, now = canonical_bytes(document), sealed.archived, self._clock()
        stored_as = self._repository.files.put(sealed.pdf)
        return IssuedLicense(
            identifier=str(document.identifier),
            type_code=document.type_code,
            type_key=checked.license_type.key,
            type_version=checked.license_type.version,
            type_name=document.type_name,
            number=document.number,
            issuer_code=document.issuer.code,
            issuer_name=document.issuer.name,
            holders=tuple(HolderEntry(one.name, one.number, one.number_kind) for one in document.holders),
            issued_on=document.issued_on,
            valid_from=document.valid_from,
            valid_until=document.valid_until,
            record=record,
            record_digest=record_digest(record),
            file_digest=sha256(sealed.revision),
            key_id=credential.key_id,
            request_key=request_key,
            at=now,
            archive=ArchiveEntry(stored_as, archived.until, now) if archived else None,
            overrides=tuple(
                Override("credit-code.check", override.reason, override.approved_by) for override in checked.overrides
            ),
        )


def _check_room(layout: Layout, seal: VisibleSeal) -> None:
    """Refuse a seal that the face has no room for, while nothing has been written yet."""
    code, field = edges_of(layout.page, layout.qr), seal_field(layout, _space(seal)).edges
    if _meet(field, code):
        raise InputError("seal.room", "the seal would lie over the QR code", hint="use a smaller seal")
    room, (wide, high) = layout.signatory, seal.signatory_mm
    if room is None or seal.signatory is None:
        return
    if wide > room.w or high > room.h:
        raise InputError(
            "seal.room",
            f"the name seal of who issues measures {wide:g} × {high:g} mm, its room {room.w:g} × {room.h:g}",
            hint="use a smaller one, or a template with room for it",
        )
    if _meet(edges_of(layout.page, room), code):
        raise InputError("seal.room", "the name seal would lie over the QR code", hint="mend the template's layout")


def _meet(one: Edges, other: Edges) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return not (beside or one.top <= other.bottom or other.top <= one.bottom)


def _space(seal: VisibleSeal) -> SealSpace:
    """What a face has to know of its seal."""
    return SealSpace(FIELD_NAME, seal.name, seal.width_mm, seal.height_mm)


def request_digest(request: LicenseRequest) -> bytes:
    """SHA-256 over everything a request asks for, as it was given; the idempotency key itself is left out."""
    asked = {
        "type": request.license_type,
        "issuer": request.issuer,
        "number": request.number,
        "holders": [
            [
                one.name,
                one.number,
                one.number_kind,
                [one.override.reason, one.override.approved_by] if one.override else None,
            ]
            for one in request.holders
        ],
        "fields": {name: _plain(value) for name, value in request.fields.items()},
        "issued_on": _iso(request.issued_on),
        "valid_from": _iso(request.valid_from),
        "valid_until": _iso(request.valid_until),
        "photo": hashlib.sha256(request.photo).hexdigest() if request.photo is not None else None,
    }
    return hashlib.sha256(rfc8785.dumps(asked)).digest()


def _plain(value: FieldValue) -> str | list[dict[str, str]]:
    return value if isinstance(value, str) else [dict(row) for row in value]


def _iso(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
