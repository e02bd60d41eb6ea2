"""Reports are plain values: a service that shows them needs nothing else of this room."""

import subprocess
import sys

from signing.reports import Indication, SealFinding, SealReport


def test_reports_import_nothing_of_others() -> None:
    code = (
        "import sys, signing.reports; "
        "print([name for name in sys.modules if name.partition('.')[0] in "
        "('cryptography', 'asn1crypto', 'pyhanko', 'fontTools', 'signing')])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['signing', 'signing.reports']"


def test_codes_are_listed_in_order() -> None:
    findings = (SealFinding("seal.altered"), SealFinding("seal.development", {"a": "b"}))
    report = SealReport(Indication.TOTAL_FAILED, None, findings, b"secret bytes", None, None, None, None)
    assert report.codes == ("seal.altered", "seal.development")
    assert "secret bytes" not in repr(report)
