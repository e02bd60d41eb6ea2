"""Issuing: check everything → reserve the identifier → sign the code, render, seal → store → commit.

Design law 6: what has not been committed has not been issued. A crash at any point leaves at most a reserved identifier
and a file that nothing points to; the same request, sent again, takes up the reservation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from license_lib.calendar import day_of
from license_lib.catalogue import Catalogue, LicenseType
from license_lib.errors import InputError, MachineError
from license_lib.identifiers import LicenseIdentifier
from license_lib.issuers import Issuers, IssuingBody
from license_lib.license_code import stand_in_code
from license_lib.licenses import License, face_content
from license_lib.licenses.record import SALT_BYTES, canonical_bytes, parse_record, record_digest
from license_lib.licenses.request import Draft, LicenseRequest, draft
from license_lib.lifecycle import EventKind, LicenseState, TypeRules, next_identifier, state_words
from license_lib.press_room import Order, PressRoom, Sealing
from license_lib.rendering import check_fit, check_photo
from license_lib.rendering.qr_drawing import check_code
from license_lib.repository import (
    AlreadyIssued,
    ArchiveEntry,
    Cause,
    HolderEntry,
    IssuedLicense,
    Override,
    Repository,
    Reservation,
    StoredLicense,
)
from license_lib.request_digest import request_digest
from license_lib.seal_room import check_room
from license_lib.succession import Succession
from signing.keys import SealCredential, sha256
from signing.sealing import Sealed

SERIAL_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SERIAL_RANDOM = 8
_DRAWS = 3


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

    Threads may share it.

    Args:
        room: prints and seals.
        rules: life-cycle rules of a type, by its key.
        clock: the time, aware. randomness: n → n random bytes, for serials and salts.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        issuers: Issuers,
        repository: Repository,
        room: PressRoom,
        public_url: str,
        rules: Callable[[str], TypeRules],
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
    ) -> None:
        self._catalogue = catalogue
        self._issuers = issuers
        self._repository = repository
        self._room = room
        self._public_url = public_url
        self._rules = rules
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
        check_fit(kind, face_content(kind, specimen), self._room.press.fonts)
        self._check_code(kind, specimen)
        if request.photo is not None:
            check_photo(request.photo)
        return checked, body

    def issue(
        self,
        request: LicenseRequest,
        *,
        cause: Cause | None = None,
        succession: Succession | None = None,
        seal: Sealing | None = None,
    ) -> Issued:
        """Issue a licence, or return the one that the same request was given before.

        Args:
            request: what to issue.
            cause: who issues it, and why; the body alone if None.
            succession: what it is for the version before; None for a new licence.
            seal: has the licence printed and sealed elsewhere; here if None.

        Raises:
            InputError: the request is wrong; nothing was written. Only if another process took the same number in the
                very moment between check and commit, an unused reservation and a file that nothing names remain.
            MachineError: storage or randomness failed; the same request can be sent again.
            signing.errors.SigningError: the seal key is missing, locked or expired; the same request can be sent again.
        """
        checked, body = self.check(request)
        cause = cause or Cause(actor="", body=body.issuer.name)
        credential, visible = self._room.credentials.credential(body), self._room.credentials.seal(body)
        check_room(checked.license_type.layout_for(checked.fields), visible)
        digest = request_digest(request, succession)
        request_key = request.request_key or f"request:{digest.hex()}"
        if succession is not None and self._repository.issued_for(request_key) is None:
            self._check_succession(succession, checked, body, cause)
        self._repository.require_number_free(
            type_code=checked.license_type.code.value,
            issuer_code=body.issuer.code,
            number=checked.number,
            at=self._clock(),
            request_key=request_key,
            previous=succession.previous if succession else "",
        )
        reserved = self._reserve(checked, body, request_key, digest, succession)
        if isinstance(reserved, AlreadyIssued):
            stored = reserved.license
            state = self._repository.state_at(stored.identifier, self._clock())
            if state not in {None, LicenseState.ISSUED}:
                raise InputError(
                    "request.ended",
                    f"the licence that this request was given is {state_words(state).en}",
                    hint="send a request_key of its own to have a new one issued",
                )
            return self._on_record(stored)
        document = checked.license(
            LicenseIdentifier.parse(reserved.identifier),
            self._randomness(SALT_BYTES),
            reserved.status.claim(self._public_url) if reserved.status else None,
        )
        sealed = (seal or self._room.seal)(Order(document, checked.photo))
        entry = self._entry(document, sealed, credential, checked, reserved, cause, succession)
        committed = self._repository.commit(entry, rules=self._rules(checked.license_type.key))
        if committed.record_digest != record_digest(canonical_bytes(document)):  # somebody else's commit came first
            return self._on_record(committed)
        return Issued(document, sealed.pdf, already=False)

    def _on_record(self, stored: StoredLicense) -> Issued:
        return Issued(parse_record(stored.record), self._repository.newest_file(stored), already=True)

    def _reserve(
        self,
        checked: Draft,
        body: IssuingBody,
        request_key: str,
        digest: bytes,
        succession: Succession | None,
    ) -> Reservation | AlreadyIssued:
        """Reserve a drawn serial, or the next version of one; given away before, the next one is tried."""
        identifier = LicenseIdentifier.parse(succession.previous) if succession else None
        for _ in range(_DRAWS):
            if identifier is None or succession is None:
                identifier = self._identifier(checked.license_type.code.value, body.issuer.code, checked.issued_on)
            else:  # a version that a request reserved and never issued is left out for ever
                identifier = next_identifier(identifier)
            try:
                return self._repository.reserve(
                    str(identifier), request_key=request_key, request_digest=digest, at=self._clock()
                )
            except InputError as error:
                if error.code != "identifier.taken":
                    raise
        if succession is not None:
            raise InputError(
                "license.versions-taken",
                "other requests have reserved the next versions of this licence",
                hint="send one of those requests again, or issue a licence of its own",
            )
        raise MachineError(
            "identifier.taken",
            f"{_DRAWS} serials in a row had been given away before",
            hint="the source of random numbers is broken: mend it before anything else is issued",
        )

    def _check_succession(self, succession: Succession, checked: Draft, body: IssuingBody, cause: Cause) -> None:
        """Refuse a new version of what is no version of the same licence, or may have none."""
        before = self._repository.by_identifier(succession.previous)
        if before is None:
            raise InputError("license.unknown", "there is no licence with this identifier", hint="check the identifier")
        if (before.type_code, before.issuer_code) != (checked.license_type.code.value, body.issuer.code):
            raise InputError(
                "license.other-kind",
                "the version before is of another type or issuing body",
                hint="issue a licence of its own, and cancel the old one",
            )
        if succession.kind is not EventKind.AMEND and not self._is_of_holder(before, checked):
            raise InputError(
                "license.other-holder",
                "none of the holders is one of the version before",
                hint="amend 变更 it if the law lets it pass to somebody else; else issue a licence of its own",
            )
        now = self._clock()
        change = succession.change(
            str(next_identifier(LicenseIdentifier.parse(before.identifier))), checked.valid_from, cause, now
        )
        self._repository.require_recordable(before.identifier, change, rules=self._rules(before.type_key))

    def _is_of_holder(self, before: StoredLicense, checked: Draft) -> bool:
        """Whether a holder of the new version holds the one before, by any number that the holder has or had."""
        theirs = (self._repository.by_holder_number(one.number) for one in checked.holders)
        return any(one.identifier == before.identifier for found in theirs for one in found)

    def _check_code(self, kind: LicenseType, specimen: License) -> None:
        """Refuse what no QR code can carry while nothing has been written yet; the signature only has to be as long."""
        try:
            check_code(stand_in_code(kind, specimen, self._public_url))
        except InputError as error:
            if error.code != "qr.unencodable":
                raise
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
        self,
        document: License,
        sealed: Sealed,
        credential: SealCredential,
        checked: Draft,
        reserved: Reservation,
        cause: Cause,
        succession: Succession | None,
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
            request_key=reserved.request_key,
            at=now,
            status=reserved.status,
            cause=cause,
            previous=succession.previous if succession else "",
            replaces=succession.kind if succession else None,
            archive=ArchiveEntry(stored_as, archived.until, now) if archived else None,
            overrides=tuple(
                Override("credit-code.check", override.reason, override.approved_by) for override in checked.overrides
            ),
        )
