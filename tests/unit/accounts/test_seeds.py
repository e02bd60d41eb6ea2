"""Second factors in the database: encrypted, each for its owner, and nothing begins without the key."""

import os
from pathlib import Path

import pytest
from databases import by_hand, execute
from signing_in import Clock
from sqlalchemy import text

from license_lib.access_settings import SignInSettings
from license_lib.accounts import Role
from license_lib.accounts.one_time import SECONDS, password_of
from license_lib.accounts.opening import Accounts
from license_lib.accounts.seeds import Seeds
from license_lib.accounts.signing_in import Given
from license_lib.errors import MachineError
from license_lib.repository.database import Database
from license_lib.settings import Settings

SEED = b"twenty bytes of seed"
PASSWORD = "purple-ladder-seven-clouds"  # noqa: S105 -- of nobody


def add(accounts: Accounts, login: str, seed: bytes = SEED) -> None:
    accounts.staff.add(login, "李伟", "market", [Role.STAFF], password=accounts.passwords.hashed(PASSWORD))
    accounts.staff.enrol(login, seed, 0)


def kept(database_url: str, login: str) -> bytes:
    with by_hand(database_url) as connection:
        query = text("SELECT seed FROM staff WHERE login = :login")
        return bytes(connection.execute(query, {"login": login}).scalar_one())


def sign_in(accounts: Accounts, clock: Clock, login: str) -> bool:
    clock.wait(seconds=SECONDS)
    code = password_of(SEED, int(clock().timestamp()) // SECONDS).decode()
    return accounts.local.sign_in(Given(login, PASSWORD, code), address="192.0.2.7")[1]


def refusal(accounts: Accounts) -> str:
    with pytest.raises(MachineError) as refused:
        accounts.require_ready()
    return refused.value.code


def test_the_database_does_not_hold_the_seed(accounts: Accounts, database_url: str, clock: Clock) -> None:
    add(accounts, "li.wei")
    found = kept(database_url, "li.wei")
    assert len(found) == 12 + len(SEED) + 16
    assert SEED not in found
    assert sign_in(accounts, clock, "li.wei")
    accounts.require_ready()


def test_a_seed_that_waits_to_be_confirmed_is_encrypted_too(accounts: Accounts, database_url: str) -> None:
    accounts.staff.add("li.wei", "李伟", "market", [Role.STAFF], password=accounts.passwords.hashed(PASSWORD))
    secret, _ = accounts.local.sign_in(Given("li.wei", PASSWORD), address="192.0.2.7")
    seed = accounts.local.new_seed(secret)
    with by_hand(database_url) as connection:
        enrolling = bytes(connection.execute(text("SELECT enrolling FROM session")).scalar_one())
    assert seed not in enrolling
    assert len(enrolling) > len(seed)


def test_no_seed_can_be_put_into_anothers_row(accounts: Accounts, database_url: str, clock: Clock) -> None:
    add(accounts, "mallory")
    add(accounts, "li.wei", b"another seed of this")
    execute(database_url, "UPDATE staff SET seed = (SELECT seed FROM staff WHERE login = 'mallory')")
    assert sign_in(accounts, clock, "mallory")
    with pytest.raises(MachineError) as refused:
        sign_in(accounts, clock, "li.wei")
    assert refused.value.code == "second-factor.key-other"


def test_nothing_begins_without_the_key(
    accounts: Accounts, database: Database, settings: Settings, clock: Clock
) -> None:
    settings.seed_key.unlink()
    accounts.require_ready()  # nothing is enrolled, so nothing is missed
    settings.seed_key.write_bytes(os.urandom(32))
    add(Accounts(database, settings, clock), "li.wei")
    for content, code in ((None, "missing"), (b"short", "missing"), (bytes(32), "other")):
        settings.seed_key.unlink()
        if content is not None:
            settings.seed_key.write_bytes(content)
        else:
            assert refusal(Accounts(database, settings, clock)) == f"second-factor.key-{code}"
            Seeds(settings.seed_key, os.urandom).prepare(database)  # makes none that could open nothing
            assert not settings.seed_key.exists()
            settings.seed_key.touch()
        assert refusal(Accounts(database, settings, clock)) == f"second-factor.key-{code}"
    without = settings.model_copy(update={"sign_in": SignInSettings(second_factor=False)})
    Accounts(database, without, clock).require_ready()


def test_a_person_who_is_reset_needs_no_old_key(
    accounts: Accounts, database: Database, settings: Settings, clock: Clock
) -> None:
    add(accounts, "li.wei")
    settings.seed_key.write_bytes(bytes(32))
    fresh = Accounts(database, settings, clock)
    fresh.staff.reset("li.wei", "-")
    fresh.require_ready()


def test_what_was_kept_plain_is_encrypted_by_init(
    accounts: Accounts, database: Database, database_url: str, settings: Settings, clock: Clock
) -> None:
    add(accounts, "li.wei")
    with by_hand(database_url) as connection:
        connection.execute(text("UPDATE staff SET seed = :seed"), {"seed": SEED})
    assert refusal(accounts) == "second-factor.plain"
    for _ in range(2):
        Seeds(settings.seed_key, os.urandom).prepare(database)
        assert SEED not in kept(database_url, "li.wei")
        assert sign_in(accounts, clock, "li.wei")


def test_the_key_is_its_owners_alone(accounts: Accounts, settings: Settings, tmp_path: Path) -> None:
    assert accounts
    assert settings.seed_key.stat().st_mode & 0o777 == 0o600
    assert settings.seed_key.is_relative_to(tmp_path)
