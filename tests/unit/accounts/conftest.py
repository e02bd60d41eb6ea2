"""Accounts over a real database, with a clock that the test moves."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from signing_in import MARKET, Clock

from license_lib.accounts.opening import Accounts
from license_lib.accounts.seeds import Seeds
from license_lib.repository.database import Database
from license_lib.settings import Settings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, public_url="https://license.example")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database.open(database_url)) as opened:
        yield opened


@pytest.fixture
def accounts(database: Database, settings: Settings, clock: Clock) -> Accounts:
    Seeds(settings.seed_key, os.urandom).prepare(database)
    opened = Accounts(database, settings, clock)
    opened.staff.add_department(MARKET)
    return opened
