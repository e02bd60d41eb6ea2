"""One development authority for the whole run, with a clock of its own; tests that change things make another."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ISSUERS, NOON, PASSPHRASE, StillClock, counted_randomness, example_request, license_command

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.licenses.request import LicenseRequest
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings


@pytest.fixture(scope="session")
def master_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared home: configuration, empty repository, development keys. Copied, never used itself."""
    home = tmp_path_factory.mktemp("authority")
    create_development_keys(initialise(home), PASSPHRASE, at=NOON)
    return home


@pytest.fixture
def home(master_home: Path, tmp_path: Path) -> Path:
    """A fresh home of the test's own."""
    return Path(shutil.copytree(master_home, tmp_path / "home"))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def authority(home: Path, clock: StillClock) -> Iterator[Authority]:
    with Authority(
        Settings.load(home), passphrase=PASSPHRASE, clock=clock, randomness=counted_randomness("fresh")
    ) as opened:
        yield opened


@pytest.fixture
def business_request() -> LicenseRequest:
    return example_request("business-license")


@pytest.fixture(scope="session")
def shared_authority(master_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """An authority that holds one licence of every type; tests only read from it."""
    home = Path(shutil.copytree(master_home, tmp_path_factory.mktemp("shared") / "home"))
    with Authority(
        Settings.load(home), passphrase=PASSPHRASE, clock=StillClock(), randomness=counted_randomness("shared")
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def issued_licenses(shared_authority: Authority) -> dict[str, Issued]:
    """One licence of every type, by type key."""
    return {key: shared_authority.issue(example_request(key)) for key in ISSUERS}


@pytest.fixture(scope="session")
def business(issued_licenses: dict[str, Issued]) -> Issued:
    return issued_licenses["business-license"]


@pytest.fixture(scope="session")
def typed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as the command line makes it, by the machine's clock. Copied, never used itself."""
    home = tmp_path_factory.mktemp("typed") / "home"
    for command in (["init"], ["keys", "init"]):
        done = license_command(*command, "--home", home)
        assert done.code == 0, done.err
    return home


@pytest.fixture
def city(typed_home: Path, tmp_path: Path) -> Path:
    """A fresh home of the test's own, for the command line."""
    return Path(shutil.copytree(typed_home, tmp_path / "city"))
