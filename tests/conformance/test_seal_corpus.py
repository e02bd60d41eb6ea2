"""117 PDF files of others (DSS, published attacks, pyHanko): judged without a crash, and none let through."""

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from signing import der
from signing.cms_reader import read_signed_data
from signing.reports import FileOutcome, Indication
from signing.trust import TrustStore
from signing.validation import examine, validate

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / ".." / "shared" / "corpora" / "pdf"
AT = datetime(2026, 3, 2, tzinfo=UTC)
_GAP = re.compile(rb"<((?:[0-9A-Fa-f]{2}){200,})>")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not there")


def rows() -> list[tuple[str, str]]:
    if not CORPUS.is_dir():
        return []
    with (CORPUS / "expect.csv").open(encoding="utf-8", newline="") as stream:
        return [(row["file"], row["expect"]) for row in csv.DictReader(stream) if (CORPUS / row["file"]).is_file()]


def everybody_in(pdf: bytes) -> list[x509.Certificate]:
    """Return every certificate of every signature container: the most generous trust there could be."""
    found: dict[bytes, x509.Certificate] = {}
    for match in _GAP.finditer(pdf):
        padded = bytes.fromhex(match[1].decode("ascii"))
        try:
            container = read_signed_data(padded[: der.encoded_length(padded)])
            for encoded in (container.certificate_der, *container.others):
                found[encoded] = x509.load_der_x509_certificate(encoded)
        except ValueError:
            continue
    return list(found.values())


@pytest.fixture(scope="module")
def somebody() -> x509.Certificate:
    """Return an anchor for files that name nobody: trust needs one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, AT, AT + timedelta(days=1))
    return builder.sign(key, hashes.SHA256())


@pytest.mark.filterwarnings("ignore")  # certificates of others break rules; the libraries grumble
@pytest.mark.parametrize(("name", "expect"), rows(), ids=[name for name, _ in rows()])
def test_a_corpus_file_is_judged(name: str, expect: str, somebody: x509.Certificate) -> None:
    pdf = (CORPUS / name).read_bytes()
    trust = TrustStore([somebody, *everybody_in(pdf)])
    report = validate(pdf, trust=trust, at=AT)
    assert report.findings
    assert (report.indication is Indication.TOTAL_PASSED) == (report.sub_indication is None)
    if expect != "intact":
        assert report.indication is not Indication.TOTAL_PASSED
    if expect == "unsigned":
        assert report.covered == b""


OTHERWISE = {
    "dss__test-with-vri.pdf": FileOutcome.ALTERED,  # a field was filled that FieldMDP locks, with all others
    "dss__lt-short.pdf": FileOutcome.INDETERMINATE,  # of its many signatures, one is drawn over the number of another
}
"""Where we are stricter than who made the corpus."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "expect"), rows(), ids=[name for name, _ in rows()])
def test_a_corpus_file_is_intact_or_not(name: str, expect: str) -> None:
    report = examine((CORPUS / name).read_bytes(), trust=None, at=AT)
    if name in OTHERWISE:
        assert report.outcome is OTHERWISE[name]
    else:
        assert (report.outcome is FileOutcome.INTACT) is (expect == "intact")
