"""Evidence is collected once for many seals, and anew as soon as it may be no longer the newest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from signing.errors import TrustError
from signing.evidence import Evidence
from signing.kept_evidence import KeptEvidence

MINUTES = [0, 9, 11, 12, 21]
"""It is collected at the first, and not before ten minutes later again."""


class Source:
    """Where evidence comes from, and how often it was asked."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.asked: list[tuple[bytes, ...]] = []

    def __call__(self, certificates: tuple[bytes, ...]) -> Evidence:
        self.asked.append(certificates)
        return self.evidence


@pytest.fixture
def source(pki: Any) -> Source:
    folder: Path = pki.folder / "public" / "crl"
    return Source(Evidence((b"one",), tuple(path.read_bytes() for path in folder.iterdir())))


def counts(source: Source, moments: list[datetime]) -> list[int]:
    """How often the source was asked by the end of each moment."""
    moment = moments[0]
    kept = KeptEvidence(source, lambda: moment)
    found = []
    for moment in moments:  # noqa: B007 -- the clock
        assert kept((b"a", b"b")) == source.evidence
        found.append(len(source.asked))
    return found


def test_it_is_given_again_for_ten_minutes(pki: Any, source: Source) -> None:
    assert counts(source, [pki.now + timedelta(minutes=one) for one in MINUTES]) == [1, 1, 2, 2, 2]


def test_a_clock_that_goes_back_is_no_reason_to_keep_it(pki: Any, source: Source) -> None:
    assert counts(source, [pki.now, pki.now - timedelta(seconds=1), pki.now]) == [1, 2, 2]


def test_it_is_not_given_longer_than_its_lists_are_the_newest(source: Source) -> None:
    ends = [x509.load_der_x509_crl(one).next_update_utc for one in source.evidence.crls]
    end = min(one for one in ends if one is not None)
    second = timedelta(seconds=1)
    assert counts(source, [end - 60 * second, end, end + second, end + 2 * second]) == [1, 1, 2, 3]


def test_other_certificates_have_evidence_of_their_own(pki: Any, source: Source) -> None:
    kept = KeptEvidence(source, lambda: pki.now)
    for certificates in ((b"a",), (b"b",), (b"a",)):
        kept(certificates)
    assert source.asked == [(b"a",), (b"b",)]


def test_a_failure_is_not_kept(pki: Any) -> None:
    asked: list[tuple[bytes, ...]] = []

    def fails(certificates: tuple[bytes, ...]) -> Evidence:
        asked.append(certificates)
        raise TrustError("evidence.incomplete", "nothing could be had")

    kept = KeptEvidence(fails, lambda: pki.now)
    for _ in range(2):
        with pytest.raises(TrustError):
            kept((b"a",))
    assert len(asked) == 2


def test_threads_wait_for_the_one_that_collects(pki: Any, source: Source) -> None:
    kept = KeptEvidence(source, lambda: pki.now)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(kept, [(b"a",)] * 64))
    assert found == [source.evidence] * 64
    assert len(source.asked) == 1
