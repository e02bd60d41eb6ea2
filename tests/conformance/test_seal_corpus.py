"""117 PDF files of others (DSS, published attacks, pyHanko): judged without a crash, and none let through."""

import csv
import re
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from signing import der
from signing.cms_reader import read_foreign
from signing.reports import FileOutcome, Indication
from signing.trust import TrustStore
from signing.validation import examine, validate

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / ".." / "shared" / "corpora" / "pdf"
DIFFERENCES = ROOT / "docs" / "corpus-differences.md"
AT = datetime(2026, 3, 2, tzinfo=UTC)
_GAP = re.compile(rb"<((?:[0-9A-Fa-f]{2}){200,})>")

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not there"),
    pytest.mark.filterwarnings("ignore"),  # certificates of others break rules; the libraries grumble
]


def rows() -> list[tuple[str, str]]:
    if not CORPUS.is_dir():
        return []
    with (CORPUS / "expect.csv").open(encoding="utf-8", newline="") as stream:
        return [(row["file"], row["expect"]) for row in csv.DictReader(stream) if (CORPUS / row["file"]).is_file()]


def differences() -> dict[str, str]:
    """What the documentation says that we judge otherwise."""
    table = re.findall(r"^\| `([^`]+)` \| (\w+) \| (\w+) \|", DIFFERENCES.read_text(encoding="utf-8"), re.MULTILINE)
    return {file: here for file, _, here in table}


def everybody_in(pdf: bytes) -> list[x509.Certificate]:
    """Return every certificate of every signature container: the most generous trust there could be."""
    found: dict[bytes, x509.Certificate] = {}
    for match in _GAP.finditer(pdf):
        try:
            container, _ = read_foreign(bytes.fromhex(match[1].decode("ascii")))
            for encoded in (container.certificate_der, *container.others):
                found[encoded] = x509.load_der_x509_certificate(encoded)
        except (ValueError, der.DerError):
            continue
    return list(found.values())


@pytest.mark.parametrize(("name", "expect"), rows(), ids=[name for name, _ in rows()])
def test_integrity_is_as_expected_or_argued(name: str, expect: str) -> None:
    outcome = examine((CORPUS / name).read_bytes(), trust=None, at=AT).outcome
    if name in differences():
        assert outcome == differences()[name]
        assert outcome != expect, "the documentation argues a difference that there is not"
    elif expect == "refuse":
        assert outcome is not FileOutcome.INTACT
    elif expect != "verdict":
        assert outcome == expect


@pytest.mark.parametrize(("name", "expect"), rows(), ids=[name for name, _ in rows()])
def test_no_strangers_file_is_a_seal_of_ours(name: str, expect: str) -> None:
    """Even with everybody trusted."""
    pdf = (CORPUS / name).read_bytes()
    everybody = everybody_in(pdf)
    if not everybody:
        with warnings.catch_warnings(action="ignore"):
            assert examine(pdf, trust=None, at=AT).outcome is not FileOutcome.INTACT
        return
    report = validate(pdf, trust=TrustStore(everybody), at=AT)
    assert report.findings
    assert report.indication is not Indication.TOTAL_PASSED
    if expect == "unsigned":
        assert report.covered == b""
