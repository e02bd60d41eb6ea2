"""What other people's tools say of our seals, time-stamps, certificates, lists and status answers.

Judges: `pdfsig` (poppler, NSS), `qpdf`, `mutool`, `openssl`, and pyHanko's own validator.
"""

import hashlib
import itertools
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from reportlab.pdfgen.canvas import Canvas

from signing import der, devkit
from signing.cms_reader import read_signed_data
from signing.key_files import load_certificates
from signing.keys import SealCredential, load_credential
from signing.ocsp import OcspResponder
from signing.seal_image import SealDesign, draw_seal
from signing.sealing import SealAppearance, Spot, seal
from signing.timestamps import LocalTimestamper

PASSPHRASE = b"only for tests"
NOW = datetime.now(UTC).replace(microsecond=0)
"""The judges ask the wall clock, so here the PKI is made now."""
DESCRIPTION = Path(__file__).resolve().parents[2] / "keys" / "development.toml"
FONT = Path(__file__).resolve().parents[2] / "templates" / "fonts" / "NotoSerifSC-Regular.ttf"


@dataclass(frozen=True)
class Pki:
    folder: Path

    def credential(self, name: str) -> SealCredential:
        return load_credential(self.folder, name, passphrase=PASSPHRASE, at=NOW)

    @property
    def public(self) -> Path:
        return self.folder / "public"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    folder = tmp_path_factory.mktemp("judged")
    description = devkit.load_description(DESCRIPTION)
    devkit.create_development_pki(folder, description, passphrase=PASSPHRASE, at=NOW - timedelta(minutes=5))
    return Pki(folder)


@pytest.fixture(scope="module")
def timestamper(pki: Pki) -> LocalTimestamper:
    numbers = itertools.count(1)
    return LocalTimestamper(pki.credential("tsa"), lambda: NOW, lambda: next(numbers))


def document(pages: int) -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, invariant=1)
    for page in range(pages):
        canvas.drawString(72, 700, f"Page {page + 1}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def picture() -> bytes:
    if FONT.is_file():
        return draw_seal(SealDesign("白银市市场监督管理局（样例）", code="6204000000002"), FONT)
    return document(1)


@pytest.fixture(scope="module", params=["visible", "invisible", "without time-stamp"])
def sealed(request: pytest.FixtureRequest, pki: Pki, timestamper: LocalTimestamper, tmp_path_factory: Any) -> Path:
    visible = SealAppearance(picture(), Spot(1, 150, 240))
    data = seal(
        document(2),
        credential=pki.credential("market"),
        timestamper=None if request.param == "without time-stamp" else timestamper,
        appearance=None if request.param == "invisible" else visible,
        at=NOW,
        nonce=lambda: 12345,
        reason="电子证照",
        location="白银市",
    )
    folder = "untimed" if request.param == "without time-stamp" else "sealed"
    path: Path = tmp_path_factory.mktemp(folder) / "sealed.pdf"
    path.write_bytes(data)
    return path


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return output


def test_pdfsig_finds_the_seal_valid_and_the_whole_document_signed(sealed: Path) -> None:
    output = run("pdfsig", "-nocert", sealed)
    assert output.count("Signature #") == 1
    assert "Signature Type: ETSI.CAdES.detached" in output
    assert "Signing Hash Algorithm: SHA-256" in output
    assert "Total document signed" in output
    assert "Signature is Valid." in output


def test_pdfsig_notices_a_changed_byte(sealed: Path, tmp_path: Path) -> None:
    """A judge that always agrees is no judge."""
    data = bytearray(sealed.read_bytes())
    data[data.index(b"stream\n") + 12] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    done = subprocess.run(["pdfsig", "-nocert", changed], capture_output=True, text=True, check=False)
    assert "Signature is Valid." not in done.stdout


def test_qpdf_finds_nothing_wrong(sealed: Path) -> None:
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", sealed)


def test_mutool_draws_every_page_without_a_word(sealed: Path, tmp_path: Path) -> None:
    output = run("mutool", "draw", "-q", "-r", "36", "-o", tmp_path / "page%d.png", sealed)
    # Said of the build of the tool, not of the file.
    output = output.replace("warning: ICC support is not available", "")
    assert "error" not in output
    assert "warning" not in output
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_pyhanko_trusts_the_seal(sealed: Path, pki: Pki) -> None:
    def load(path: Path) -> x509.Certificate:
        return x509.Certificate.load(pem.unarmor(path.read_bytes())[2])

    context = ValidationContext(
        trust_roots=[load(pki.public / "anchors" / "root-ca.pem")],
        crls=[(pki.public / "crl" / f"{name}.crl").read_bytes() for name in ("root", "city")],
        revocation_mode="require",
        allow_fetching=False,
        moment=NOW,
    )
    (signature,) = PdfFileReader(BytesIO(sealed.read_bytes())).embedded_signatures
    status = validate_pdf_signature(signature, context, context)
    assert status.bottom_line
    assert status.docmdp_ok
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


@pytest.mark.parametrize(
    "name", ["seals/market", "seals/transport", "seals/police", "seals/health", "seals/land", "tsa"]
)
def test_openssl_verifies_the_chain_against_the_lists(pki: Pki, tmp_path: Path, name: str) -> None:
    output = run(*verification(pki, tmp_path, pki.public / f"{name}.pem"))
    assert output.strip().endswith(": OK")


def verification(pki: Pki, place: Path, certificate: Path) -> list[str | Path]:
    """`openssl verify` with checks of revocation along the whole chain, strict RFC 5280."""
    lists = place / "lists.pem"
    lists.write_text("".join(run("openssl", "crl", "-inform", "DER", "-in", path) for path in crls(pki)))
    anchors = pki.public / "anchors" / "root-ca.pem"
    intermediates = pki.public / "intermediates" / "city-ca.pem"
    return [
        *("openssl", "verify", "-x509_strict", "-crl_check_all"),
        *("-CAfile", anchors, "-CRLfile", lists, "-untrusted", intermediates, certificate),
    ]


def crls(pki: Pki) -> Iterator[Path]:
    return iter([pki.public / "crl" / "root.crl", pki.public / "crl" / "city.crl"])


@pytest.mark.parametrize(("name", "issuer"), [("root", "anchors/root-ca"), ("city", "intermediates/city-ca")])
def test_openssl_verifies_the_lists(pki: Pki, name: str, issuer: str) -> None:
    output = run(
        *("openssl", "crl", "-inform", "DER", "-in", pki.public / "crl" / f"{name}.crl", "-noout"),
        *("-CAfile", pki.public / f"{issuer}.pem", "-crlnumber", "-nextupdate"),
    )
    assert "verify OK" in output
    assert "crlNumber=0x01" in output


def test_openssl_opens_the_keys_with_the_passphrase_only(pki: Pki) -> None:
    for path in (pki.folder / "private").iterdir():
        run("openssl", "pkey", "-in", path, "-passin", f"pass:{PASSPHRASE.decode()}", "-noout", "-check")
        wrong = subprocess.run(
            ["openssl", "pkey", "-in", path, "-passin", "pass:wrong", "-noout"], capture_output=True, check=False
        )
        assert wrong.returncode != 0


def test_openssl_verifies_a_time_stamp(pki: Pki, timestamper: LocalTimestamper, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_bytes(b"what is time-stamped")
    token = tmp_path / "token.der"
    token.write_bytes(timestamper.timestamp(hashlib.sha256(data.read_bytes()).digest(), 2**62))
    command: list[str | Path] = [
        *("openssl", "ts", "-verify", "-data", data, "-in", token, "-token_in"),
        *("-CAfile", pki.public / "anchors" / "root-ca.pem"),
        *("-untrusted", pki.public / "intermediates" / "city-ca.pem"),
    ]
    assert "Verification: OK" in run(*command)
    data.write_bytes(b"something else")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_openssl_reads_the_time_stamp_as_it_was_meant(timestamper: LocalTimestamper, tmp_path: Path) -> None:
    token = tmp_path / "token.der"
    token.write_bytes(timestamper.timestamp(bytes(32), 0x1234))
    text = run("openssl", "ts", "-reply", "-in", token, "-token_in", "-token_out", "-text")
    assert "Policy OID: 2.25.222766772181016861005316981116750895874" in text
    assert "Hash Algorithm: sha256" in text
    assert "Nonce: 0x1234" in text
    assert "Accuracy: 0x01 seconds" in text


def test_openssl_verifies_the_time_stamp_inside_the_seal(pki: Pki, sealed: Path, tmp_path: Path) -> None:
    match = re.search(rb"/Contents <([0-9A-F]+)>", sealed.read_bytes())
    assert match is not None
    padded = bytes.fromhex(match[1].decode("ascii"))
    container = read_signed_data(padded[: der.encoded_length(padded)])
    tokens = list(container.unsigned.values())
    if sealed.parent.name.startswith("untimed"):
        assert tokens == []
        return
    (token,) = tokens
    signature, path = tmp_path / "signature", tmp_path / "token.der"
    signature.write_bytes(container.signature)
    path.write_bytes(token.raw)
    output = run(
        *("openssl", "ts", "-verify", "-data", signature, "-in", path, "-token_in"),
        *("-CAfile", pki.public / "anchors" / "root-ca.pem"),
        *("-untrusted", pki.public / "intermediates" / "city-ca.pem"),
    )
    assert "Verification: OK" in output


def test_openssl_cms_verifies_the_signature_over_the_bytes(pki: Pki, sealed: Path, tmp_path: Path) -> None:
    data = sealed.read_bytes()
    match = re.search(rb"/Contents <([0-9A-F]+)>", data)
    assert match is not None
    container, content = tmp_path / "container.der", tmp_path / "content"
    container.write_bytes(bytes.fromhex(match[1].decode("ascii")))
    content.write_bytes(data[: match.start(1) - 1] + data[match.end(1) + 1 :])
    output = run(
        *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", container, "-content", content),
        *("-CAfile", pki.public / "anchors" / "root-ca.pem", "-purpose", "any", "-cades", "-out", "/dev/null"),
    )
    assert "successful" in output


def test_openssl_believes_the_status_answers(pki: Pki, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(pki.folder, folder)
    copy = Pki(folder)
    revoked = load_certificates(copy.public / "seals" / "police.pem")[0]
    devkit.revoke_certificate(folder, revoked, passphrase=PASSPHRASE, at=NOW)
    responder = OcspResponder.load(folder, passphrase=PASSPHRASE, at=NOW)
    city = copy.public / "intermediates" / "city-ca.pem"
    for name, expected in (("market", "good"), ("police", "revoked"), ("tsa", "good")):
        certificate = copy.public / (f"{name}.pem" if name == "tsa" else f"seals/{name}.pem")
        request, answer = tmp_path / f"{name}.req", tmp_path / f"{name}.res"
        run("openssl", "ocsp", "-issuer", city, "-cert", certificate, "-reqout", request)
        answer.write_bytes(responder.respond(request.read_bytes(), datetime.fromtimestamp(time.time(), UTC)))
        output = run(
            *("openssl", "ocsp", "-reqin", request, "-respin", answer, "-issuer", city),
            *("-CAfile", copy.public / "anchors" / "root-ca.pem", "-verify_other", city, "-resp_text"),
        )
        assert "Response verify OK" in output
        assert f"Cert Status: {expected}" in output
        assert "Nonce Verify error" not in output
    refused = subprocess.run(
        verification(copy, tmp_path, copy.public / "seals" / "police.pem"), capture_output=True, check=False
    )
    assert refused.returncode != 0
    assert b"certificate revoked" in refused.stderr + refused.stdout
