"""What tests share: a clock that stands still, counted randomness, and the examples of the templates as requests."""

import hashlib
import io
import itertools
import json
import os
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cli
from license_lib.batch import read_request
from license_lib.catalogue import load_type
from license_lib.catalogue.releases import write_release
from license_lib.licenses.request import LicenseRequest
from license_lib.repository.entries import Use
from license_lib.resources import resource_folder

PASSPHRASE = b"only for tests"
CLERK = Use(actor="样例·窗口人员", purpose="测试")
"""Who uses records in tests."""
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ISSUERS = {
    "birth-certificate": "health",
    "business-license": "market",
    "construction-permit": "housing",
    "food-business-permit": "market",
    "medical-institution-license": "health",
    "no-criminal-record-certificate": "police",
    "real-estate-certificate": "land",
    "residence-permit": "police",
    "road-transport-permit": "transport",
    "social-insurance-certificate": "social",
    "teacher-qualification": "education",
    "vehicle-transport-certificate": "transport",
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


def release_template(folder: Path) -> Path:
    """Release what a type folder says, as if that version had never been released; the command checks more."""
    loaded = load_type(folder)
    (folder / "releases" / f"{loaded.kind.version}.json").unlink(missing_ok=True)
    return write_release(folder, loaded)


def example_request(type_key: str) -> LicenseRequest:
    """The type's own example, as its issuing body would send it."""
    path = resource_folder("templates") / type_key / "example.toml"
    return read_request(path, {"type": type_key, "issuer": ISSUERS[type_key]})


def sealed_revision(pdf: bytes) -> bytes:
    """What the seal covers: the file as it was sealed, without the evidence that follows."""
    match = re.search(rb"/ByteRange \[0 [0-9]+ ([0-9]+) ([0-9]+)\]", pdf)
    assert match is not None
    return pdf[: int(match[1]) + int(match[2])]


@dataclass(frozen=True)
class Done:
    """What a command line did: its exit code, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> list[dict[str, Any]]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def value(self) -> dict[str, Any]:
        """The only one."""
        (value,) = self.values
        return value

    @property
    def error(self) -> dict[str, Any]:
        """The JSON error on stderr, which holds nothing else."""
        (line,) = self.err.splitlines()
        error: dict[str, Any] = json.loads(line)["error"]
        return error


def license_command(*arguments: object, passphrase: bytes | None = PASSPHRASE) -> Done:
    """Run `license ARGUMENTS` in this process, without a terminal and without settings from the environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LICENSE_")}
    given = {"LICENSE_PASSPHRASE": passphrase.decode()} if passphrase is not None else {}
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, clean | given, clear=True), redirect_stdout(out), redirect_stderr(err):
        code = cli.run([str(argument) for argument in arguments])
    return Done(code, out.getvalue(), err.getvalue())
