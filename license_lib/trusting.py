"""Composition of everything about trust lists: grounds of verification, the store of a home, and publishing.

Beside `license_lib.authority`, because a verifier of others' licences needs neither configuration nor database.
"""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from license_lib.bundle import Pin
from license_lib.catalogue import Catalogue
from license_lib.errors import InputError, MachineError
from license_lib.issuers import Issuers
from license_lib.key_folder import signing_errors
from license_lib.log.checkpoints import LogPolicy
from license_lib.network import make_fetcher
from license_lib.qr.retries import Patience
from license_lib.settings import ACCEPTED_LISTS, Settings
from license_lib.trust_list import Snapshot, TrustListError, open_list, sign_list
from license_lib.trust_list.plan import Plan
from license_lib.trust_list.publishing import FILE_NAME, build_list
from license_lib.trust_list.snapshots import MAX_BYTES
from license_lib.trust_list.store import ListStore
from license_lib.verification import Ground, SealDirectory, Verifier
from license_lib.verification.listed_states import MAX_STALENESS, ListedStates
from license_lib.verification.verifier import PHOTO_SECONDS
from license_lib.whole_files import write_whole
from signing.errors import NetworkError
from signing.key_files import load_certificates
from signing.keys import load_credential
from signing.network import Fetcher, Revisitor
from signing.trust import TrustStore

SIGNER = "trust-list"
"""Name of the list signer's key in the PKI folder."""


def list_ground(
    snapshot: Snapshot,
    catalogue: Catalogue,
    fetcher: Revisitor | None,
    max_staleness: timedelta = MAX_STALENESS,
    *,
    crls: Iterable[bytes] = (),
) -> Ground:
    """What a verification stands on that knows a list and nothing else.

    One store holds the anchors of seals and of time-stamps: a seal counts only if the list names its very certificate.

    Args:
        fetcher: fetches status lists; None: nobody is asked, and outcomes are UNDETERMINED at best.
        max_staleness: age of the oldest status list to rely on.
        crls: DER revocation lists that came beside the list.
    """
    said = snapshot.list
    with signing_errors():
        trust = TrustStore(
            map(x509.load_der_x509_certificate, dict.fromkeys((*said.anchors, *said.timestamp_anchors))),
            map(x509.load_der_x509_certificate, said.intermediates),
            (*said.crls, *crls),
        )
    return Ground(
        catalogue=catalogue,
        trust=trust,
        seals=SealDirectory.listed(said),
        issuers=said.issuers(),
        states=ListedStates(said.body, fetcher, said.status_signers, max_staleness) if fetcher else None,
        snapshot=snapshot,
        log=LogPolicy.of(said.log.vkey, said.log.witnesses, said.log.quorum) if said.log else None,
    )


def accepted_grounds(
    home: Path, catalogue: Catalogue, fetcher: Revisitor, max_staleness: timedelta
) -> tuple[Ground, ...]:
    """A ground for every list that was accepted in a home; `max_staleness` as for `list_ground`.

    Raises:
        MachineError: `trust.store`.
    """
    current = list_store(home).all_current()
    return tuple(list_ground(snapshot, catalogue, fetcher, max_staleness) for snapshot in current)


def list_store(home: Path) -> ListStore:
    """The accepted lists of a home."""
    return ListStore(home / ACCEPTED_LISTS)


@contextmanager
def open_list_verifier(document: bytes, templates: Path, *, offline: bool) -> Iterator[Verifier]:
    """A verifier that stands on one list alone; it pickles for a worker process."""
    ground = list_ground(open_list(document), Catalogue.load(templates), None if offline else make_fetcher())
    yield Verifier(ground, patience=Patience(PHOTO_SECONDS, time.monotonic))


class ListVerifierOpener:
    """Opens a verifier that stands on one list alone, wherever it is called.

    Args:
        document: the list. pin: knows who may sign it.
        templates: the licence types.
        offline: fetch no status list.

    Raises:
        TrustListError: it is malformed, or not to be trusted. One that is out of date opens: its verdicts say so.
    """

    def __init__(self, document: bytes, pin: Pin, templates: Path, *, offline: bool = False) -> None:
        pin(open_list(document))
        self._open = partial(open_list_verifier, document, templates, offline=offline)

    def __call__(self) -> AbstractContextManager[Verifier]:
        """A verifier, open as long as the block."""
        return self._open()


def read_list(source: str, fetcher: Fetcher) -> bytes:
    """The bytes of a list in a file or at an address; at most one more than a list may have.

    Raises:
        InputError: `file.unreadable`.
        MachineError: `trust.unreachable`.
    """
    if source.startswith(("https://", "http://")):
        try:
            return fetcher.get(source, limit=MAX_BYTES)
        except NetworkError as error:
            raise MachineError("trust.unreachable", f"the list could not be fetched: {error.message}") from None
    try:
        with Path(source).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("file.unreadable", f"{source}: {error.strerror}") from None


def read_signer(path: Path) -> bytes:
    """The certificate of a list's signer as an operator names it: the first of a PEM file, DER.

    Raises:
        MachineError: `key.missing`, `key.damaged`.
    """
    with signing_errors():
        return load_certificates(path)[0].public_bytes(Encoding.DER)


def publish_list(
    settings: Settings, catalogue: Catalogue, issuers: Issuers, passphrase: bytes, *, output: Path | None, at: datetime
) -> tuple[Snapshot, Snapshot | None, Path]:
    """Sign the next list and write it.

    Args:
        output: where; `trust-list.jws` in the home if None. The list there is the one before.

    Returns:
        The list, the one before, and where it is.

    Raises:
        InputError: `trust.plan`, `trust.format` if what is there is no list, `trust.rollback` if the clock went back.
        MachineError: keys, or `output.unwritable`.
    """
    path = output or settings.home / FILE_NAME
    with signing_errors(), _alone(path.parent):
        before = open_list(read_list(str(path), make_fetcher())) if path.exists() else None
        if before is not None and at < before.list.issued_at:
            raise TrustListError("trust.rollback", "the list before is of a later time", hint="check the clock")
        signer = load_credential(settings.keys_folder, SIGNER, passphrase=passphrase, at=at)
        trust_list = build_list(
            Plan.load(settings.home),
            home=settings.home,
            keys_folder=settings.keys_folder,
            public_url=settings.public_url,
            issuers=issuers,
            catalogue=catalogue,
            signer=signer,
            sequence=before.list.sequence + 1 if before else 1,
            at=at,
        )
        snapshot = sign_list(trust_list, signer)
        try:
            write_whole(path, snapshot.document)
        except OSError as error:
            raise MachineError("output.unwritable", f"{path} could not be written: {error.strerror}") from None
    return snapshot, before, path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One publisher at a time: two lists of one number would be an equivocation."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise MachineError("output.unwritable", f"{folder}: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
