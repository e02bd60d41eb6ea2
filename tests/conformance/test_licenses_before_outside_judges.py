"""A licence of every type before other people's tools: pdfsig, qpdf, mutool, zbarimg, openssl."""

import re
import subprocess
from pathlib import Path

import pytest
from support import ISSUERS

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.licenses import face_content
from license_lib.licenses.record import canonical_bytes
from license_lib.qr import decode
from license_lib.rendering import page_png


@pytest.fixture(params=ISSUERS)
def sealed(
    request: pytest.FixtureRequest, issued_licenses: dict[str, Issued], tmp_path: Path
) -> tuple[str, Issued, Path]:
    issued = issued_licenses[request.param]
    path = tmp_path / "licence.pdf"
    path.write_bytes(issued.pdf)
    return request.param, issued, path


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)


def test_pdfsig_finds_one_valid_seal_and_a_time_stamp_over_the_total_document(
    sealed: tuple[str, Issued, Path], shared_authority: Authority
) -> None:
    key, _, path = sealed
    result = run("pdfsig", path)
    assert result.returncode == 0, result.stderr
    seal, stamp = result.stdout.split("Signature #")[1:]
    assert "Signature is Valid." in seal
    assert "Signature Field Name: Archive1" in stamp, "which it finds, and does not judge"
    assert "Total document signed" in stamp
    assert "ETSI.CAdES.detached" in result.stdout
    assert shared_authority.issuers.get(ISSUERS[key]).issuer.name in result.stdout


def test_qpdf_finds_nothing(sealed: tuple[str, Issued, Path]) -> None:
    result = run("qpdf", "--check", sealed[2])
    assert result.returncode == 0, result.stdout + result.stderr
    assert "No syntax or stream encoding errors found" in result.stdout


def test_mutool_finds_nothing(sealed: tuple[str, Issued, Path], tmp_path: Path) -> None:
    drawn = run("mutool", "draw", "-o", tmp_path / "page.png", "-r", "50", sealed[2])
    assert drawn.returncode == 0
    complaints = {line for line in drawn.stderr.splitlines() if "warning" in line or "error" in line}
    assert complaints <= {"warning: ICC support is not available"}, "that one is about Debian's mutool, not the file"
    info = run("mutool", "info", sealed[2])
    assert info.returncode == 0
    assert "error" not in info.stderr
    assert re.search(r"^Pages: [12]$", info.stdout, re.MULTILINE)


def test_zbarimg_reads_the_code_of_the_drawn_page(sealed: tuple[str, Issued, Path], tmp_path: Path) -> None:
    _, issued, _ = sealed
    picture = tmp_path / "page.png"
    picture.write_bytes(page_png(issued.pdf, dpi=150))
    result = run("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture)
    assert result.returncode == 0, result.stderr
    assert decode(result.stdout.strip()).identifier == issued.license.identifier


def test_pdftotext_returns_every_value_of_the_face(
    sealed: tuple[str, Issued, Path], shared_authority: Authority
) -> None:
    key, issued, path = sealed
    kind = shared_authority.catalogue.get(key)
    text = "".join(run("pdftotext", "-layout", path, "-").stdout.split())
    raw = "".join(run("pdftotext", "-raw", path, "-").stdout.split())
    values = face_content(kind, issued.license).texts
    for box in kind.layout.boxes:
        value = "".join(values[box.field].split())
        assert value in raw or value in text, box.field


def test_openssl_verifies_the_chain_of_every_seal_with_its_revocation_lists(shared_authority: Authority) -> None:
    public = shared_authority.settings.keys_folder / "public"
    crls = [
        run("openssl", "crl", "-inform", "DER", "-in", path).stdout for path in sorted((public / "crl").glob("*.crl"))
    ]
    bundle = public.parent / "crls.pem"
    bundle.write_text("".join(crls))
    seals = sorted((public / "seals").glob("*.pem"))
    assert len(seals) == len(set(ISSUERS.values()))
    for seal in seals:
        result = run(
            "openssl", "verify", "-x509_strict", "-crl_check_all", "-CRLfile", bundle, "-attime", "1795320000",
            "-CAfile", public / "anchors" / "root-ca.pem", "-untrusted", public / "intermediates" / "city-ca.pem", seal,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert result.stdout.strip().endswith(": OK")


def test_the_record_travels_inside_as_an_attachment(sealed: tuple[str, Issued, Path]) -> None:
    shown = subprocess.run(
        ["qpdf", "--show-attachment=license-record.json", str(sealed[2])], capture_output=True, check=True, timeout=60
    )
    assert shown.stdout == canonical_bytes(sealed[1].license)
