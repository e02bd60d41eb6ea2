"""A verifier that stands on what is committed: public trust material, issuing bodies, the state of three licences."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache

from attacks.vectors import GROUND, LICENSES, base_license

from license_lib.catalogue import Catalogue
from license_lib.configured import load_issuers, templates_folder
from license_lib.licenses.record import parse_record
from license_lib.settings import Settings
from license_lib.verification import Asked, Ground, OnRecord, SealDirectory, Verifier
from license_lib.verification.reading import attached_record
from signing.keys import sha256
from signing.trust import TrustStore


class Ledger:
    """What a repository would say of the licences that were issued."""

    def __init__(self) -> None:
        self._states: dict[str, OnRecord] = {}
        for name in LICENSES:
            pdf = base_license(name)
            record = attached_record(pdf)
            assert record is not None
            self._states[str(parse_record(record).identifier)] = OnRecord(record=record, file_digest=sha256(pdf))

    def state_of(self, asked: Asked, at: datetime, now: datetime) -> OnRecord | None:
        """The same at every moment."""
        del at, now
        return self._states.get(asked.identifier)


@cache
def trust_of_vectors() -> TrustStore:
    """Whom the vectors' authority trusts."""
    return TrustStore.load(GROUND / "keys")


@cache
def verifier_of_vectors() -> Verifier:
    """The judging half."""
    settings = Settings.load(GROUND)
    return Verifier(
        Ground(
            catalogue=Catalogue.load(templates_folder(settings)),
            trust=trust_of_vectors(),
            seals=SealDirectory.load(GROUND / "keys"),
            issuers=load_issuers(settings),
            states=Ledger(),
        )
    )


@contextmanager
def open_verifier_of_vectors() -> Iterator[Verifier]:
    """The same for a worker process."""
    yield verifier_of_vectors()
