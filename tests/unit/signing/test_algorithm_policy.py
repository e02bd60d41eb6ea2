"""What was acceptable when, on both sides of each date (ETSI TS 119 312)."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from signing import algorithm_policy, algorithms
from signing.algorithm_policy import RULES, refusal

KEYS = {bits: rsa.generate_private_key(65537, bits).public_key() for bits in (1024, 2048, 3072)}
P256 = ec.generate_private_key(ec.SECP256R1()).public_key()
FAR = datetime(2090, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def end_of(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("digest", "year"), [("md5", 2004), ("sha1", 2012), ("sha224", 2028)])
def test_a_digest_has_a_last_day(digest: str, year: int) -> None:
    # RSA 3072 has no last day, so that only the digest decides
    assert refusal(digest, KEYS[3072], end_of(year)) == ""
    assert refusal(digest, KEYS[3072], end_of(year) + SECOND) == f"{digest} since {year}-12-31"


@pytest.mark.parametrize(("bits", "year"), [(1024, 2010), (2048, 2028)])
def test_a_size_of_keys_has_a_last_day(bits: int, year: int) -> None:
    assert refusal("sha256", KEYS[bits], end_of(year)) == ""
    assert refusal("sha256", KEYS[bits], end_of(year) + SECOND) == f"RSA {bits} since {year}-12-31"


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"])
def test_what_is_sound_has_none(digest: str) -> None:
    assert refusal(digest, P256, FAR) == ""
    assert refusal(digest, KEYS[3072], FAR) == ""


def test_small_curves_and_old_kinds_of_keys() -> None:
    p192 = ec.generate_private_key(ec.SECP192R1()).public_key()
    assert refusal("sha256", p192, end_of(2012)) == ""
    assert refusal("sha256", p192, end_of(2013)) == "EC 192 since 2012-12-31"
    old = dsa.generate_private_key(1024).public_key()  # noqa: S505 -- that is the point
    assert refusal("sha256", old, end_of(2015)) == ""
    assert refusal("sha256", old, end_of(2016)) == "DSA 1024 since 2015-12-31"


def test_what_the_table_does_not_know_is_not_acceptable() -> None:
    assert refusal("sha3_224", P256, end_of(2000)) == "sha3_224"
    assert refusal("blake2b", P256, end_of(2000)) == "blake2b"
    assert refusal("sha256", ed25519.Ed25519PrivateKey.generate().public_key(), end_of(2000)) == "Ed25519PublicKey"


def test_every_digest_that_is_computed_is_judged() -> None:
    """Except SHA3-224, which nobody recommends: it is computed, to tell what was altered, and never accepted."""
    computed = {*algorithms.DIGESTS.values(), *algorithms.OLD_DIGESTS.values()}
    assert computed - {rule.algorithm for rule in RULES} == {"sha3_224"}


def test_larger_keys_are_never_weaker() -> None:
    for name in ("RSA", "EC", "DSA"):
        rows = [rule for rule in algorithm_policy.RULES if rule.algorithm == name]
        assert [rule.below_bits for rule in rows] == sorted(rule.below_bits for rule in rows)
        ends = [rule.until or FAR for rule in rows]
        assert ends == sorted(ends)
