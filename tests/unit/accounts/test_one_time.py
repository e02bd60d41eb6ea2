from datetime import UTC, datetime

import pytest

from license_lib.accounts.one_time import enrolment_uri, matching_step, password_of, seed_text

SEED = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "password"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, password: str) -> None:
    assert password_of(SEED, seconds // 30, 8) == password.encode()
    at = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(SEED, password[2:], at, after=0) == seconds // 30


def test_clocks_may_differ_by_a_step_and_no_more() -> None:
    at = datetime.fromtimestamp(1111111109, UTC)
    step = 1111111109 // 30
    taken = [
        delta for delta in range(-3, 4) if matching_step(SEED, password_of(SEED, step + delta).decode(), at, after=0)
    ]
    assert taken == [-1, 0, 1]


def test_a_step_that_was_used_and_those_before_it_are_not_taken() -> None:
    at = datetime.fromtimestamp(1111111109, UTC)
    step = 1111111109 // 30
    assert matching_step(SEED, password_of(SEED, step).decode(), at, after=step) is None
    assert matching_step(SEED, password_of(SEED, step - 1).decode(), at, after=step) is None
    assert matching_step(SEED, password_of(SEED, step + 1).decode(), at, after=step) == step + 1


def test_an_authenticator_reads_the_uri() -> None:
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    uri = enrolment_uri(SEED, "li.wei", "电子证照")
    assert uri.startswith(
        "otpauth://totp/%E7%94%B5%E5%AD%90%E8%AF%81%E7%85%A7:li.wei?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"
    )
    other = TOTP(SEED, 6, SHA1(), 30)  # noqa: S303
    assert other.generate(1111111109) == password_of(SEED, 1111111109 // 30)
    assert seed_text(SEED) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
