"""Local accounts: passwords, one-time passwords, recovery codes; and what those learn who guess."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from signing_in import Clock

from license_lib.access_settings import SignInSettings
from license_lib.accounts import Role
from license_lib.accounts.attempts import ADDRESS_LIMIT, NAME_LIMIT
from license_lib.accounts.one_time import SECONDS, password_of
from license_lib.accounts.opening import Accounts
from license_lib.accounts.signing_in import Given
from license_lib.errors import InputError
from license_lib.repository.database import Database
from license_lib.settings import Settings

PASSWORD = "purple-ladder-seven-clouds"  # noqa: S105 -- of nobody
HERE = "192.0.2.7"


def add(accounts: Accounts, login: str = "li.wei") -> None:
    accounts.staff.add(login, "李伟", "market", [Role.STAFF], password=accounts.passwords.hashed(PASSWORD))


def code_of(seed: bytes, clock: Clock, steps: int = 0) -> str:
    return password_of(seed, int(clock().timestamp()) // SECONDS + steps).decode()


def enrolled(accounts: Accounts, clock: Clock, login: str = "li.wei") -> tuple[bytes, tuple[str, ...]]:
    add(accounts, login)
    secret, complete = accounts.local.sign_in(Given(login, PASSWORD), address=HERE)
    assert not complete
    seed = accounts.local.new_seed(secret)
    session = accounts.sessions.find(secret)
    assert session is not None
    _, codes = accounts.local.enrol(secret, session, code_of(seed, clock))
    clock.wait(seconds=SECONDS)
    return seed, codes


def refusal(accounts: Accounts, given: Given, address: str = HERE) -> InputError:
    with pytest.raises(InputError) as caught:
        accounts.local.sign_in(given, address=address)
    return caught.value


def test_who_has_no_second_factor_may_do_nothing_but_enrol_it(accounts: Accounts, clock: Clock) -> None:
    add(accounts)
    secret, complete = accounts.local.sign_in(Given("Li.Wei ", PASSWORD), address=HERE)
    session = accounts.sessions.find(secret)
    assert session is not None
    assert not complete
    assert not session.complete
    seed = accounts.local.new_seed(secret)
    with pytest.raises(InputError, match="not the one-time password"):
        accounts.local.enrol(secret, session, code_of(seed, clock))  # of a session that knew no seed yet
    session = accounts.sessions.find(secret)
    assert session is not None
    fresh, codes = accounts.local.enrol(secret, session, code_of(seed, clock))
    assert len(set(codes)) == 10
    assert accounts.sessions.find(secret) is None, "another id takes its place"
    after = accounts.sessions.find(fresh)
    assert after is not None
    assert after.complete
    assert after.enrolling is None


def test_password_and_one_time_password_sign_in(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    secret, complete = accounts.local.sign_in(Given("li.wei", PASSWORD, code_of(seed, clock)), address=HERE)
    session = accounts.sessions.find(secret)
    assert complete
    assert session is not None
    assert (session.account.login, session.account.department.id) == ("li.wei", "market")


def test_a_one_time_password_is_taken_once(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    code = code_of(seed, clock)
    accounts.local.sign_in(Given("li.wei", PASSWORD, code), address=HERE)
    assert refusal(accounts, Given("li.wei", PASSWORD, code)).code == "sign-in.failed"
    earlier = code_of(seed, clock, -1)
    assert refusal(accounts, Given("li.wei", PASSWORD, earlier)).code == "sign-in.failed"


def test_one_of_many_at_once_uses_it_up(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    given = Given("li.wei", PASSWORD, code_of(seed, clock))

    def attempt(_: int) -> bool:
        try:
            accounts.local.sign_in(given, address=HERE)
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1


def test_the_code_of_enrolment_does_not_sign_in(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    assert refusal(accounts, Given("li.wei", PASSWORD, code_of(seed, clock, -1))).code == "sign-in.failed"


def test_a_recovery_code_is_taken_once(accounts: Accounts, clock: Clock) -> None:
    _, codes = enrolled(accounts, clock)
    assert accounts.local.sign_in(Given("li.wei", PASSWORD, codes[0].upper()), address=HERE)[1]
    assert refusal(accounts, Given("li.wei", PASSWORD, codes[0])).code == "sign-in.failed"
    assert accounts.local.sign_in(Given("li.wei", PASSWORD, codes[1].replace("-", "")), address=HERE)[1]


def test_somebody_elses_recovery_code_is_none(accounts: Accounts, clock: Clock) -> None:
    _, codes = enrolled(accounts, clock)
    enrolled(accounts, clock, "wang.fang")
    assert refusal(accounts, Given("wang.fang", PASSWORD, codes[0])).code == "sign-in.failed"


def test_whatever_is_wrong_the_answer_is_the_same(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    enrolled(accounts, clock, "wang.fang")
    accounts.staff.disable("wang.fang")
    code = code_of(seed, clock)
    refusals = [
        refusal(accounts, given)
        for given in (
            Given("nobody", PASSWORD, code),
            Given("li.wei", "something else", code),
            Given("li.wei", PASSWORD, "000000"),
            Given("li.wei", PASSWORD),
            Given("wang.fang", PASSWORD, code),
            Given("", "", ""),
            Given("li.wei\0", PASSWORD, "\N{ARABIC-INDIC DIGIT ONE}" * 6),
        )
    ]
    assert len({(one.code, one.message, one.hint) for one in refusals}) == 1


def test_guesses_at_a_name_make_wait_whether_there_is_such_a_name_or_not(accounts: Accounts, clock: Clock) -> None:
    enrolled(accounts, clock)
    for name in ("li.wei", "nobody"):
        told = [refusal(accounts, Given(name, "guess"), f"198.51.100.{number}").code for number in range(7)]
        assert told == ["sign-in.failed"] * NAME_LIMIT + ["sign-in.wait"] * 2


def test_while_one_waits_the_right_password_is_not_even_looked_at(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    for _ in range(NAME_LIMIT):
        refusal(accounts, Given("li.wei", "guess"))
    assert refusal(accounts, Given("li.wei", PASSWORD, code_of(seed, clock))).code == "sign-in.wait"
    clock.wait(seconds=31)
    assert accounts.local.sign_in(Given("li.wei", PASSWORD, code_of(seed, clock)), address=HERE)[1]


def test_the_wait_grows_and_ends(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    waits = []
    for _ in range(NAME_LIMIT + 7):
        waited = 0
        while refusal(accounts, Given("li.wei", "guess")).code == "sign-in.wait":
            clock.wait(seconds=30)
            waited += 30
        waits.append(waited)
    assert waits == [0] * NAME_LIMIT + [30, 60, 120, 240, 480, 900, 900]
    clock.wait(minutes=15)
    assert accounts.local.sign_in(Given("li.wei", PASSWORD, code_of(seed, clock)), address=HERE)[1]


def test_an_administrator_ends_the_wait(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    for _ in range(NAME_LIMIT):
        refusal(accounts, Given("li.wei", "guess"))
    accounts.attempts.forget("li.wei")
    assert accounts.local.sign_in(Given("li.wei", PASSWORD, code_of(seed, clock)), address=HERE)[1]


def test_guesses_at_many_names_make_an_address_wait(accounts: Accounts, clock: Clock) -> None:
    seed, _ = enrolled(accounts, clock)
    told = [refusal(accounts, Given(f"name{number}", "guess")).code for number in range(ADDRESS_LIMIT)]
    assert "sign-in.wait" not in told
    given = Given("li.wei", PASSWORD, code_of(seed, clock))
    assert refusal(accounts, given).code == "sign-in.wait"
    assert accounts.local.sign_in(given, address="192.0.2.8")[1], "others are not kept out"


def test_who_has_an_account_does_not_clear_the_address_with_it(accounts: Accounts, clock: Clock) -> None:
    enrolled(accounts, clock)
    _, codes = enrolled(accounts, clock, "wang.fang")
    for number in range(ADDRESS_LIMIT - 1):
        refusal(accounts, Given(f"name{number}", "guess"))
    accounts.local.sign_in(Given("wang.fang", PASSWORD, codes[0]), address=HERE)
    refusal(accounts, Given("more", "guess"))
    assert refusal(accounts, Given("more", "guess")).code == "sign-in.wait"


def test_guesses_at_once_are_not_more(accounts: Accounts, clock: Clock) -> None:
    enrolled(accounts, clock)

    def guess(number: int) -> str:
        return refusal(accounts, Given("li.wei", f"guess {number}"), f"198.51.100.{number}").code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(guess, range(12))).count("sign-in.failed") == NAME_LIMIT


def test_without_second_factor_a_password_is_enough(
    accounts: Accounts, database: Database, settings: Settings, clock: Clock
) -> None:
    add(accounts)
    chosen = settings.model_copy(update={"sign_in": SignInSettings(second_factor=False)})
    accounts = Accounts(database, chosen, clock)
    secret, complete = accounts.local.sign_in(Given("li.wei", PASSWORD), address=HERE)
    session = accounts.sessions.find(secret)
    assert complete
    assert session is not None
    assert session.complete


def test_a_hash_with_other_parameters_is_made_anew(accounts: Accounts) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    accounts.staff.add("li.wei", "李伟", "market", [Role.STAFF], password=old)
    accounts.local.sign_in(Given("li.wei", PASSWORD), address=HERE)
    account = accounts.staff.find("li.wei")
    assert account is not None
    assert account.password is not None
    assert account.password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert accounts.passwords.match(account.password, PASSWORD)


@pytest.mark.parametrize("password", ["kurz", "a" * 300, "abcabcabcabcabc", "            "])
def test_what_is_guessed_at_once_is_no_password(accounts: Accounts, password: str) -> None:
    with pytest.raises(InputError) as caught:
        accounts.passwords.hashed(password)
    assert caught.value.code == "password.weak"
    assert password not in str(caught.value)
