import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from license_lib.repository import (
    HolderEntry,
    IssuedLicense,
    Repository,
    Reservation,
    StoredLicense,
    create_or_upgrade,
)

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def example_license(key: str) -> IssuedLicense:
    """A licence of its own number and holder for every key; its file is still to be stored."""
    return IssuedLicense(
        identifier=f"id-{key}",
        type_code="11100000MB0143028R001",
        type_key="business-license",
        type_version=1,
        type_name="营业执照",
        number=f"number-{key}",
        issuer_code="11620400013870020M",
        issuer_name="白银市行政审批局",
        holders=(HolderEntry("某某有限公司", f"holder-{key}", "001"),),
        issued_on=date(2026, 11, 22),
        valid_from=date(2026, 11, 22),
        valid_until=None,
        record=f'{{"key":"{key}"}}'.encode(),
        record_digest=hashlib.sha256(key.encode()).digest(),
        file_digest=hashlib.sha256(f"file {key}".encode()).digest(),
        key_id=b"key-id",
        request_key=key,
        at=AT,
        actor="窗口一号",
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("repository") / "empty.db"
    create_or_upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_path(tmp_path: Path, empty_database: Path) -> Path:
    path = tmp_path / "licences.db"
    shutil.copy(empty_database, path)
    return path


@pytest.fixture
def database_url(database_path: Path) -> str:
    return f"sqlite:///{database_path}"


@pytest.fixture
def repository(database_url: str, tmp_path: Path) -> Iterator[Repository]:
    with Repository.open(database_url, tmp_path / "files") as opened:
        yield opened


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def prepare(repository: Repository) -> Callable[..., IssuedLicense]:
    """Reserve an identifier and put the file, so that only the commit is missing."""

    def make(key: str, **changes: object) -> IssuedLicense:
        issued = example_license(key)
        reserved = repository.reserve(issued.identifier, request_key=key, request_digest=bytes(32), at=AT)
        assert reserved == Reservation(issued.identifier, key, resumed=False)
        assert repository.files.put(f"file {key}".encode()) == issued.file_digest
        return replace(issued, **changes)  # type: ignore[arg-type]  # a test names the fields that it changes

    return make


@pytest.fixture
def issue(repository: Repository, prepare: Callable[..., IssuedLicense]) -> Callable[..., StoredLicense]:
    def make(key: str, **changes: object) -> StoredLicense:
        return repository.commit(prepare(key, **changes))

    return make
