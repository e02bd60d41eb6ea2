"""`license signature verify`: any PDF, one JSON line a file, and what the exit code says."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from support import Done, license_command

from license_lib.verification.signed_files import confined_judge
from license_lib.verification.workers import Limits
from signing.reports import FileOutcome


@pytest.fixture
def sealed(city: Path, tmp_path: Path) -> Path:
    """A sealed notice."""
    plain, out = tmp_path / "notice.pdf", tmp_path / "sealed.pdf"
    canvas = Canvas(str(plain), invariant=1)
    canvas.drawString(72, 700, "Notice")
    canvas.showPage()
    canvas.save()
    place = ("--page", "1", "--x", "60", "--y", "60")
    assert license_command("seal", plain, "--issuer", "police", "-o", out, *place, "--home", city).code == 0
    return out


def stranger(path: Path) -> Path:
    """A root that nobody here knows."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=Stranger",
        "-keyout",
        os.devnull,
    ]
    subprocess.run([*command, "-out", str(path)], check=True, capture_output=True)
    return path


def judged(*arguments: object) -> Done:
    return license_command("signature", "verify", *arguments, "--json")


def test_a_seal_of_ours_is_intact_with_our_keys_with_given_ones_and_with_its_own(city: Path, sealed: Path) -> None:
    given = city / "keys" / "public" / "anchors" / "root-ca.pem"
    with_ours = judged(sealed, "--home", city)
    assert (with_ours.code, with_ours.value["outcome"]) == (0, "intact"), with_ours.out
    signature, archive = with_ours.value["signatures"]
    assert archive["kind"] == "document-time-stamp"
    assert signature["indication"] == "TOTAL-PASSED"
    assert signature["proven_at"]
    with_its_own = judged(sealed, "--trust-embedded")
    assert (with_its_own.code, with_its_own.value["outcome"]) == (0, "intact")
    # All else that is needed is in the file: a root certificate is enough, for decades.
    with_given = judged(sealed, "--trust", given)
    assert (with_given.code, with_given.value["outcome"]) == (0, "intact"), with_given.out
    assert with_given.value["signatures"][0]["level"] == "B-LTA"
    nobody = judged(sealed, "--trust", stranger(sealed.with_name("stranger.pem")))
    assert (nobody.code, nobody.value["outcome"]) == (2, "indeterminate")
    assert "seal.unknown-issuer" in {finding["code"] for finding in nobody.value["signatures"][0]["findings"]}


def test_every_file_gets_its_line_and_the_worst_decides(sealed: Path, tmp_path: Path) -> None:
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(sealed.read_bytes().replace(b"ReportLab Generated", b"ReportLab generated", 1))
    text = tmp_path / "text.pdf"
    text.write_bytes(b"%PDF-1.7\nno more than that\n")
    other = tmp_path / "other.pdf"
    other.write_bytes(b"<html>/ByteRange")
    done = judged(sealed, altered, sealed.with_name("notice.pdf"), text, other, "--trust-embedded")
    assert [line["outcome"] for line in done.values] == ["intact", "altered", "unsigned", "unsigned", "malformed"]
    assert [Path(line["file"]).name for line in done.values][1] == "altered.pdf"
    assert done.code == 1


def test_it_speaks_both_languages(sealed: Path) -> None:
    zh = license_command("signature", "verify", sealed, "--trust-embedded")
    assert "签名完好" in zh.out
    en = license_command("signature", "verify", sealed, "--trust-embedded", "--english")
    assert "Intact" in en.out
    assert "TOTAL-PASSED" in en.out


def test_bad_usage_is_explained(sealed: Path, tmp_path: Path) -> None:
    both = judged(sealed, "--trust-embedded", "--trust", sealed)
    assert (both.code, both.error["code"]) == (3, "usage")
    assert judged(sealed, "--trust", sealed).error["code"] == "trust.certificate"
    missing = judged(tmp_path / "nowhere.pdf", sealed, "--trust-embedded")
    assert (missing.code, missing.error["code"]) == (3, "file.unreadable")
    assert missing.value["outcome"] == "intact", "the other file is judged all the same"


def test_a_file_that_takes_too_long_is_indeterminate(sealed: Path) -> None:
    with confined_judge(None, workers=1, method="fork", limits=Limits(seconds=0)) as judge:
        report = judge.verify(sealed.read_bytes(), at=datetime(2026, 3, 2, tzinfo=UTC))
    assert report.outcome is FileOutcome.INDETERMINATE
    assert report.findings[0].code == "verification.overrun"
