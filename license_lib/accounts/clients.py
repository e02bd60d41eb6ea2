"""Department systems 部门系统: programs, what proves that it is they, and their access tokens (RFC 6749 §4.4)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final, Self

from sqlalchemy import Connection, Row, Select, delete, false, select, update

from license_lib.accounts.changes import SERVICE, Actor, Done, Kind, note
from license_lib.accounts.secrets import digest_of, new_secret
from license_lib.accounts.staff import require_department
from license_lib.accounts.values import EVERY_TYPE, Department, Grant
from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.repository.account_tables import CLIENT, DEPARTMENT, TOKEN
from license_lib.repository.database import Database

_NOTED_EVERY: Final = timedelta(hours=1)
TOKEN_LIFE: Final = timedelta(minutes=10)
_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
_FINGERPRINT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program of a department, and what it may do.

    Args:
        used_at: when it last asked for a token, or came with its certificate, to within an hour; None: never, or not
            since that is kept. certificate_until: the end of its certificate; None if it has a secret.
    """

    id: str
    department: Department
    grants: frozenset[Grant]
    disabled: bool = False
    used_at: datetime | None = None
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """A certificate that a client shows a proxy of ours: its SHA-256, and when it ends."""

    fingerprint: bytes
    until: datetime


class Clients:
    """All clients and their tokens. Each change is on record, see `changes`.

    Args:
        clock: the time, aware. randomness: n → n random bytes.
        by: who makes the changes.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
        by: Actor = SERVICE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._randomness = randomness
        self._by = by

    def acting(self, by: Actor) -> Self:
        """The same clients, as somebody changes them."""
        return type(self)(self._database, self._clock, self._randomness, by)

    def add(
        self,
        client: str,
        department: str,
        grants: Iterable[Grant],
        *,
        certificate: bytes | None = None,
        until: datetime | None = None,
    ) -> str:
        """Add a client.

        Args:
            certificate: SHA-256 of the one that it shows a proxy of ours; it has no secret then.
            until: when that ends.

        Returns:
            Its secret, to be shown once; empty if it has a certificate.

        Raises:
            InputError: `client.id`, `client.grant`, `client.certificate`, `client.exists`, `department.unknown`.
        """
        text = " ".join(sorted(map(str, set(grants))))
        if not _ID.fullmatch(client):
            raise InputError("client.id", "this is no client id", hint="write small letters, digits and hyphens")
        if not text:
            raise InputError("client.grant", "the client has no grant", hint="write ACTION:TYPE, such as look:*")
        if certificate is not None and len(certificate) != _FINGERPRINT_BYTES:
            raise InputError("client.certificate", "this is no SHA-256 of a certificate", hint="give 64 hex digits")
        secret = "" if certificate else new_secret(self._randomness)

        def work(connection: Connection) -> None:
            require_department(connection, department)
            same = (CLIENT.c.id == client) | (CLIENT.c.certificate == certificate if certificate else false())
            if connection.execute(select(CLIENT.c.id).where(same)).first():
                raise InputError(
                    "client.exists", "there is a client with this id or certificate", hint="choose another"
                )
            connection.execute(
                CLIENT.insert().values(
                    id=client,
                    department=department,
                    grants=text,
                    secret=_digest(secret) if secret else None,
                    certificate=certificate,
                    certificate_until=until,
                    added_at=self._clock(),
                )
            )
            self._note(connection, client, Done.ADD, f"{department}: {text}")

        self._database.write(work)
        return secret

    def all(self, *, after: str = "", limit: int | None = None) -> tuple[Client, ...]:
        """Clients, by id: all, or at most `limit` after one."""
        query = _clients().where(CLIENT.c.id > after).order_by(CLIENT.c.id).limit(limit)
        return tuple(_client(row) for row in self._database.read(lambda connection: connection.execute(query).all()))

    def rotate(self, client: str) -> str:
        """Give a client a new secret, shown once; the old one and its tokens count no more.

        Raises:
            InputError: `client.unknown`.
        """
        secret = new_secret(self._randomness)
        self._change(client, Done.ROTATE, secret=_digest(secret), certificate=None, certificate_until=None)
        return secret

    def disable(self, client: str) -> None:
        """Let a client in no more; its tokens end at once.

        Raises:
            InputError: `client.unknown`.
        """
        self._change(client, Done.DISABLE, disabled_at=self._clock())

    def by_secret(self, client: str, secret: str) -> Client | None:
        """The client whose id and secret these are; as much is done where there is none."""
        row = self._row(CLIENT.c.id == client)
        stored = row.secret if row is not None and row.secret is not None else bytes(_FINGERPRINT_BYTES)
        return _enabled(row) if compare_digest(stored, _digest(secret)) else None

    def by_certificate(self, fingerprint: bytes) -> Client | None:
        """The client that shows a certificate, by its SHA-256."""
        client = _enabled(self._row(CLIENT.c.certificate == fingerprint))
        if client is not None and self._is_news(client):
            used = update(CLIENT).where(CLIENT.c.id == client.id).values(used_at=self._clock())
            self._database.write(lambda connection: connection.execute(used))
        return client

    def issue_token(self, client: Client, grants: frozenset[Grant]) -> str:
        """An opaque token for some of a client's grants; it lives for `TOKEN_LIFE`."""
        secret, at = new_secret(self._randomness), self._clock()

        def work(connection: Connection) -> None:
            connection.execute(delete(TOKEN).where(TOKEN.c.expires_at <= at))
            if self._is_news(client):
                connection.execute(update(CLIENT).where(CLIENT.c.id == client.id).values(used_at=at))
            connection.execute(
                TOKEN.insert().values(
                    digest=digest_of("token", secret),
                    client=client.id,
                    grants=" ".join(sorted(map(str, grants))),
                    expires_at=at + TOKEN_LIFE,
                )
            )

        self._database.write(work)
        return secret

    def by_token(self, token: str) -> Client | None:
        """The client of a token that is good, with what the token covers and the client still has."""
        query = _clients(TOKEN.c.grants.label("covered"), TOKEN.c.expires_at)
        query = query.join(TOKEN, TOKEN.c.client == CLIENT.c.id).where(TOKEN.c.digest == digest_of("token", token))
        row = self._database.read(lambda connection: connection.execute(query).first())
        if row is None or self._clock() >= row.expires_at or row.disabled_at is not None:
            return None
        client = _client(row)
        return Client(id=client.id, department=client.department, grants=narrowed(client.grants, _grants(row.covered)))

    def _row(self, condition: Any) -> Row[Any] | None:
        query = _clients().where(condition)
        return self._database.read(lambda connection: connection.execute(query).first())

    def _is_news(self, client: Client) -> bool:
        """Whether it is long ago that its use was noted; not each request writes."""
        return client.used_at is None or self._clock() >= client.used_at + _NOTED_EVERY

    def _note(self, connection: Connection, client: str, done: Done, details: str = "") -> None:
        note(connection, self._by, (Kind.CLIENT, client, done), at=self._clock(), details=details)

    def _change(self, client: str, done: Done, **values: Any) -> None:
        def work(connection: Connection) -> None:
            if not connection.execute(update(CLIENT).where(CLIENT.c.id == client).values(values)).rowcount:
                raise InputError("client.unknown", "there is no client with this id", hint="see: license client list")
            self._note(connection, client, done)
            connection.execute(delete(TOKEN).where(TOKEN.c.client == client))

        self._database.write(work)


def read_certificate(certificate: bytes) -> ShownCertificate:
    """SHA-256 and end of a certificate, PEM or DER.

    Raises:
        InputError: `client.certificate`.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

    load = load_pem_x509_certificate if b"-----BEGIN" in certificate else load_der_x509_certificate
    try:
        found = load(certificate)
        return ShownCertificate(found.fingerprint(SHA256()), found.not_valid_after_utc)
    except ValueError:
        raise InputError("client.certificate", "this is no certificate", hint="give a PEM or DER file") from None


def require_types(grants: Iterable[Grant], catalogue: Catalogue) -> None:
    """Refuse a grant for a licence type that is none: it would never allow anything.

    Raises:
        InputError: `type.unknown`.
    """
    for grant in grants:
        if grant.type_key != EVERY_TYPE:
            catalogue.get(grant.type_key)


def narrowed(held: frozenset[Grant], asked: frozenset[Grant]) -> frozenset[Grant]:
    """Those that are asked for and covered by what is held."""
    return frozenset(one for one in asked if any(grant.covers(one.action, one.type_key) for grant in held))


def _clients(*more: Any) -> Select[Any]:
    columns = (CLIENT, DEPARTMENT.c.name.label("department_name"), *more)
    return select(*columns).join(DEPARTMENT, DEPARTMENT.c.id == CLIENT.c.department)


def _client(row: Row[Any]) -> Client:
    department = Department(row.department, row.department_name)
    disabled = row.disabled_at is not None
    return Client(
        id=row.id,
        department=department,
        grants=_grants(row.grants),
        disabled=disabled,
        used_at=row.used_at,
        certificate_until=row.certificate_until,
    )


def _enabled(row: Row[Any] | None) -> Client | None:
    return _client(row) if row is not None and row.disabled_at is None else None


def _grants(text: str) -> frozenset[Grant]:
    return frozenset(map(Grant.parse, text.split()))


def _digest(secret: str) -> bytes:
    return digest_of("client", secret)
