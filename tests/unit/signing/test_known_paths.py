"""Paths that are kept: never beyond a moment at which another answer is possible."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing import known_paths
from signing.key_files import load_certificates
from signing.known_paths import KnownPaths
from signing.trust import TrustStore


@pytest.fixture(scope="module")
def certificate(pki: Any) -> x509.Certificate:
    found: x509.Certificate = pki.credential().certificate
    return found


def moments(pki: Any, certificate: x509.Certificate) -> list[datetime]:
    """Around every beginning and end of a certificate that has to do with a path."""
    public = pki.folder / "public"
    files = [*(public / "anchors").glob("*.pem"), *(public / "intermediates").glob("*.pem")]
    every = [certificate, *(one for file in files for one in load_certificates(file))]
    limits = {limit for one in every for limit in (one.not_valid_before_utc, one.not_valid_after_utc)}
    steps = (-86400, -1, -0.5, 0, 0.5, 0.999999, 1, 1.5, 86400)
    return [pki.now, *(limit + timedelta(seconds=step) for limit in sorted(limits) for step in steps)]


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_kept_is_what_would_be_found(pki: Any, certificate: x509.Certificate, order: int) -> None:
    kept = pki.trust()
    seen = set()
    for moment in [*moments(pki, certificate)[::order], *moments(pki, certificate)]:
        anew = pki.trust().find_path(certificate, (), moment)
        assert kept.find_path(certificate, (), moment) == anew
        seen.add(anew is None)
    assert seen == {True, False}


def test_a_path_is_looked_for_once(pki: Any, certificate: x509.Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    trust = pki.trust()
    first = trust.find_path(certificate, (), pki.now)
    assert first is not None
    monkeypatch.setattr(TrustStore, "_find_path", lambda *_: pytest.fail("looked for again"))
    assert trust.find_path(certificate, (), pki.now + timedelta(hours=1)) == first


def test_no_path_outlives_its_certificate(pki: Any, certificate: x509.Certificate) -> None:
    trust = pki.trust()
    assert trust.find_path(certificate, (), pki.now) is not None
    assert trust.find_path(certificate, (), certificate.not_valid_after_utc + timedelta(seconds=1)) is None
    assert trust.find_path(certificate, (), certificate.not_valid_after_utc) is not None


def test_what_a_document_brings_helps_no_other(pki: Any, certificate: x509.Certificate) -> None:
    folder = pki.folder / "public"
    anchors = [one for file in (folder / "anchors").glob("*.pem") for one in load_certificates(file)]
    lone = TrustStore(anchors)
    assert lone.find_path(certificate, (), pki.now) is None
    chain = tuple(pki.credential().chain)
    brought = tuple(one if isinstance(one, bytes) else one.public_bytes(Encoding.DER) for one in chain)
    assert lone.find_path(certificate, brought, pki.now) is not None
    assert lone.find_path(certificate, (), pki.now) is None


def test_no_more_is_kept_than_there_is_room_for(certificate: x509.Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_paths, "_MOST", 2)
    known, at = KnownPaths(), datetime(2026, 3, 2, tzinfo=UTC)
    for count in range(5):
        known.keep(certificate, [certificate] * count, at, None, boundaries=())
        assert known.find(certificate, [certificate] * count, at) is not None
    assert len(known._known) <= 2  # noqa: SLF001 -- nothing else shows how much is kept
    known.keep(certificate, [certificate] * 17, at, None, boundaries=())
    assert known.find(certificate, [certificate] * 17, at) is None
