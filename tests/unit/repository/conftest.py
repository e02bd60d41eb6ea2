from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from recorded import RECORDED_AT, recorded_license

from license_lib.repository.repository import Repository
from license_lib.repository.values import IssuedLicense, Reservation, StoredLicense


@pytest.fixture
def repository(database_url: str, tmp_path: Path) -> Iterator[Repository]:
    with Repository.open(database_url, tmp_path / "files") as opened:
        yield opened


@pytest.fixture
def at() -> datetime:
    return RECORDED_AT


@pytest.fixture
def prepare(repository: Repository) -> Callable[..., IssuedLicense]:
    """Reserve an identifier and put the file, so that only the commit is missing."""

    def make(key: str, **changes: object) -> IssuedLicense:
        issued = recorded_license(key)
        reserved = repository.reserve(issued.identifier, request_key=key, request_digest=bytes(32), at=RECORDED_AT)
        assert isinstance(reserved, Reservation)
        assert (reserved.identifier, reserved.resumed) == (issued.identifier, False)
        assert repository.files.put(f"file {key}%%EOF".encode()) == issued.file_digest
        return replace(issued, status=reserved.status, **changes)  # type: ignore[arg-type]  # a test names the fields that it changes

    return make


@pytest.fixture
def issue(repository: Repository, prepare: Callable[..., IssuedLicense]) -> Callable[..., StoredLicense]:
    def make(key: str, **changes: object) -> StoredLicense:
        return repository.commit(prepare(key, **changes))

    return make
