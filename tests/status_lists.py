"""Status lists as a body publishes them, signed with its key and served with ETag; licences that refer to them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from loopback import Asked, Reply
from support import PASSPHRASE

from license_lib.authority import Authority
from license_lib.configured import fonts_folder
from license_lib.license_code import license_code
from license_lib.licenses import License
from license_lib.licenses.record import canonical_bytes
from license_lib.rendering import Attachment, Fonts, render
from license_lib.status import Status, StatusBits, StatusRef
from license_lib.status.tokens import sign_cwt
from signing.keys import SealCredential, load_credential
from signing.sealing import seal
from signing.timestamps import LocalTimestamper

HOUR = timedelta(hours=1)


@dataclass
class Publisher:
    """A web server's answers about status lists, and what it was asked."""

    signer: SealCredential
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    status: int = 200

    @classmethod
    def of(cls, keys_folder: Path, at: datetime, name: str = "status") -> "Publisher":
        """Signs with a key of a PKI folder."""
        return cls(load_credential(keys_folder, name, passphrase=PASSPHRASE, at=at))

    def publish(
        self,
        url: str,
        states: Mapping[StatusRef, Status],
        *,
        at: datetime,
        number: int = 1,
        life: timedelta = 48 * HOUR,
    ) -> bytes:
        """Put list `number` of a service in place; places that are not named are valid."""
        bits = StatusBits.of({ref.index: state for ref, state in states.items() if ref.list_number == number})
        token = sign_cwt(
            bits,
            uri=f"{url}/status/{number}",
            issued_at=at,
            expires_at=at + life,
            ttl_seconds=3600,
            signer=self.signer,
        )
        self.files[f"/status/{number}"] = token
        return token

    def answer(self, asked: Asked) -> Reply:
        """As a server of static files does."""
        self.asked.append(asked)
        body = self.files.get(asked.path)
        if body is None or self.status != 200:
            return Reply(status=404 if body is None else self.status)
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        headers = (("ETag", etag), ("Content-Type", "application/statuslist+cwt"))
        if asked.headers.get("If-None-Match") == etag:
            return Reply(status=304, headers=headers)
        return Reply(body, headers=headers)


def placed(authority: Authority, document: License, ref: StatusRef | None, url: str, *, at: datetime) -> bytes:
    """The same licence as a body issues it that publishes its state at another place."""
    return sealed(authority, replace(document, status=ref.claim(url) if ref else None), url, at=at)


def sealed(authority: Authority, document: License, url: str, *, at: datetime) -> bytes:
    """A licence with its code and a time-stamped seal, as its body makes it, and without being on record."""
    kind = authority.catalogue.get(document.type_code)
    body = authority.issuers.get(document.issuer.code)
    keys = authority.settings.keys_folder
    credential = load_credential(keys, body.id, passphrase=PASSPHRASE, at=at)
    stamper = load_credential(keys, "tsa", passphrase=PASSPHRASE, at=at)
    code = license_code(kind, document, key_id=credential.key_id, sign=credential.sign, base_url=url)
    face = render(
        kind,
        document,
        qr_text=code,
        fonts=Fonts.load(fonts_folder(authority.settings)),
        attachment=Attachment(canonical_bytes(document)),
    )
    return seal(
        face,
        credential=credential,
        timestamper=LocalTimestamper(stamper, lambda: at, lambda: 1),
        appearance=None,
        at=at,
        nonce=lambda: 7,
    )
