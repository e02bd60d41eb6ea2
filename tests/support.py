"""What tests share: a clock that stands still, counted randomness, and the examples of the templates as requests."""

import hashlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from license_lib.batch import read_request
from license_lib.licenses.request import LicenseRequest
from license_lib.resources import resource_folder

PASSPHRASE = b"only for tests"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ISSUERS = {
    "business-license": "market",
    "food-business-permit": "market",
    "road-transport-permit": "transport",
    "residence-permit": "police",
    "birth-certificate": "health",
    "real-estate-certificate": "land",
}


class StillClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **time: float) -> None:
        self.moment += timedelta(**time)


def counted_randomness(seed: str) -> Callable[[int], bytes]:
    """Reproducible bytes, never the same twice."""
    counter = itertools.count()

    def randomness(size: int) -> bytes:
        return hashlib.shake_256(f"{seed}:{next(counter)}".encode()).digest(size)

    return randomness


def example_request(type_key: str) -> LicenseRequest:
    """The type's own example, as its issuing body would send it."""
    path = resource_folder("templates") / type_key / "example.toml"
    return read_request(path, {"type": type_key, "issuer": ISSUERS[type_key]})
