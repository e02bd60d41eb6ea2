"""The verification report 核验报告 before outside judges: its text, structure, seal and attachment; hostile texts."""

import json
import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import standards_judge
from forgeries import append_bytes
from report_judge import check_report
from support import ISSUERS, NOON, license_command, sealed_revision

from license_lib.authority import Authority
from license_lib.configured import fonts_folder
from license_lib.findings import CODES, Finding
from license_lib.identifiers import ORGANISATION_KINDS
from license_lib.issuing import Issued
from license_lib.official_documents import SealPlace
from license_lib.rendering import Fonts, page_png
from license_lib.verification import Verdict
from license_lib.verification.report import verdict_report
from license_lib.verification_reports import Check, named_report, report_html, report_pdf
from signing.reports import Indication
from signing.trust import TrustStore
from signing.validation import validate

HOSTILE = "invoice\u202efdp.exe\n\x07😀<script>alert(1)</script>" + "x" * 180 + ".pdf"


def fonts(authority: Authority) -> Fonts:
    return Fonts.load(fonts_folder(authority.settings))


def drawn(authority: Authority, verdict: Verdict, name: str = "证照.pdf", office: str = "", **more: str) -> bytes:
    told = named_report(verdict_report(verdict), authority.catalogue, authority.issuers)
    return report_pdf(told, Check.of(name, b"file", checked_at=NOON, **more), fonts(authority), office=office)


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def attached(pdf: bytes) -> dict[str, Any]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert str(opened.Root.AF[0].AFRelationship) == "/Data"
        value: dict[str, Any] = json.loads(opened.attachments["verdict.json"].get_file().read_bytes())
        return value


def pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def faults(pdf: bytes) -> set[str]:
    """The rules that a file breaks of PDF/A-3u and PDF/UA-1."""
    return standards_judge.faults(pdf, "3u") | standards_judge.faults(pdf, "ua1")


def many(verdict: Verdict, count: int) -> Verdict:
    """The verdict with so many findings."""
    codes = sorted(CODES)
    found = tuple(Finding(codes[n % len(codes)], {"reason": f"理由{n}", "where": "W" * 500}) for n in range(count))
    return replace(verdict, findings=found)


def test_a_report_says_what_was_judged_and_what_each_step_came_to(
    shared_authority: Authority, business: Issued
) -> None:
    pdf = drawn(
        shared_authority, shared_authority.verify(business.pdf), checker="王五", purpose="资格审查", case="〔2026〕17号"
    )
    text = text_of(pdf)
    for said in (
        "证照核验报告",
        "真实有效",
        "Genuine and in force",
        "营业执照",
        "王五",
        "资格审查",
        "〔2026〕17号",
        "B-LTA",
    ):
        assert said in text
    assert business.identifier in squeezed(text)
    assert text.count("已证实") == 8
    assert re.search(r"所问时刻.*2026-11-22 12:00:00.*核验时刻.*2026-11-22 12:00:00", text)
    assert "使用开发测试印章，不具法律效力" in text
    assert "Sealed with a development key: without legal effect" in text
    assert pages(pdf) == 1
    assert faults(pdf) == set()


def test_the_report_for_machines_travels_inside(shared_authority: Authority, business: Issued) -> None:
    verdict = shared_authority.verify(business.pdf)
    value = attached(drawn(shared_authority, verdict, checker="王五"))
    check_report(value)
    assert (value["input"], value["check"]["checker"]) == ("证照.pdf", "王五")
    told = json.loads(json.dumps(verdict_report(verdict)))
    assert {key: value[key] for key in told} == told


@pytest.mark.parametrize("key", ISSUERS)
def test_nobody_is_named_whom_the_report_for_machines_does_not_name(
    shared_authority: Authority, issued_licenses: dict[str, Issued], key: str
) -> None:
    verdict = shared_authority.verify(issued_licenses[key].pdf)
    pdf = drawn(shared_authority, verdict)
    told = named_report(verdict_report(verdict), shared_authority.catalogue, shared_authority.issuers)
    page = report_html(told, Check.of("证照.pdf", b"", checked_at=NOON))
    said = squeezed(text_of(pdf)) + squeezed(page) + json.dumps(attached(pdf), ensure_ascii=False)
    for holder in issued_licenses[key].license.holders:
        if holder.number_kind not in ORGANISATION_KINDS:
            assert holder.name not in said
            assert holder.number not in said
    assert issued_licenses[key].license.issuer.name in said
    assert faults(pdf) == set()


def test_what_was_not_carried_out_is_told_from_what_spoke_against(
    shared_authority: Authority, business: Issued
) -> None:
    text = text_of(drawn(shared_authority, shared_authority.verify(sealed_revision(business.pdf)[:-10])))
    assert "不真实" in text
    assert (text.count("不符"), text.count("未进行"), text.count("已证实")) == (1, 7, 0)
    assert "未能从文件中读出证照内容" in text
    assert "处理：不予采信；请持证人提供原始文件，或向颁发机构核实" in text


def test_what_is_read_from_a_file_that_is_not_proved_is_said_to_be_so(
    shared_authority: Authority, business: Issued
) -> None:
    caution = "证照内容读自文件，未获证实，不得采信。"
    assert caution in text_of(drawn(shared_authority, shared_authority.verify(append_bytes(business.pdf))))
    assert caution not in text_of(drawn(shared_authority, shared_authority.verify(business.pdf)))


def test_a_code_alone_does_not_prove_the_paper(shared_authority: Authority, business: Issued) -> None:
    text = text_of(drawn(shared_authority, shared_authority.verify(page_png(business.pdf)), "photo.png"))
    assert "纸面内容未经证实，须逐项比对" in text
    assert "未被改动，在" not in text
    assert (text.count("已证实"), text.count("未进行")) == (5, 3)
    assert "证照编号" in text
    assert "营业执照" in text


def test_another_moment_is_told_from_that_of_the_check(shared_authority: Authority, business: Issued) -> None:
    verdict = shared_authority.verify(business.pdf, at=NOON - timedelta(days=3650))
    text = text_of(drawn(shared_authority, verdict))
    assert "真实，但未在有效状态" in text
    assert re.search(r"所问时刻.*2016-11-24 12:00:00.*核验时刻.*2026-11-22 12:00:00", text)


def test_many_findings_go_on_on_further_pages_and_the_rest_is_counted(
    shared_authority: Authority, business: Issued
) -> None:
    verdict = many(shared_authority.verify(business.pdf), 66)
    pdf = drawn(shared_authority, verdict, office="白银市公安局（样例）")
    text = text_of(pdf)
    assert pages(pdf) > 3
    assert all(text.count(finding.code) for finding in verdict.findings[:60])
    assert "另有6项发现，见附件。" in text
    assert "四、核验发现（续）" in text
    assert f"第{pages(pdf)}页 共{pages(pdf)}页" in text
    assert len(attached(pdf)["findings"]) == 66
    assert faults(pdf) == set()


def test_texts_of_strangers_do_no_harm(shared_authority: Authority, business: Issued) -> None:
    longest = {"checker": "W" * 40, "purpose": "\u202e" * 120, "case": "长" * 60}
    verdict = many(shared_authority.verify(business.pdf), 3)
    pdf = drawn(shared_authority, verdict, HOSTILE, "白银市公安局（样例）", **longest)
    text = squeezed(text_of(pdf))
    assert "invoice〔U+202E〕fdp.exe〔U+000A〕〔U+0007〕〔U+1F600〕<script>" in text
    assert "\u202e" not in text
    assert faults(pdf) == set()
    words = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    right = [float(edge) for edge in re.findall(r'<word [^>]*xMax="([\d.]+)"', words)]
    bottom = [float(edge) for edge in re.findall(r'<word [^>]*yMax="([\d.]+)"', words)]
    assert len(right) > 100
    assert max(right) <= 190.5 / 25.4 * 72
    assert max(bottom) <= 297 / 25.4 * 72


def test_the_page_has_no_script_and_nothing_from_elsewhere(shared_authority: Authority, business: Issued) -> None:
    told = verdict_report(many(shared_authority.verify(business.pdf), 3))
    page = report_html(told, Check.of(HOSTILE, b"", checked_at=NOON, purpose='"><img src=x onerror=alert(1)>'))
    assert "<script" not in page
    assert "<img" not in page
    markup = re.sub(r"<bdi>.*?</bdi>", "", page)
    assert re.findall(r"https?:|url\(|@import|src=|href=|onerror", markup) == []
    assert "&lt;script&gt;" in page
    assert "〔U+202E〕" in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_the_same_arguments_give_the_same_bytes(shared_authority: Authority, business: Issued) -> None:
    verdict = shared_authority.verify(business.pdf)
    assert drawn(shared_authority, verdict) == drawn(shared_authority, verdict)


def test_the_seal_of_a_body_is_sound_and_leaves_the_standards_kept(
    shared_authority: Authority, business: Issued, tmp_path: Path
) -> None:
    for count in (1, 12):
        verdict = many(shared_authority.verify(business.pdf), count)
        pdf = drawn(shared_authority, verdict, office="白银市公安局（样例）")
        sealed = shared_authority.seal_document(pdf, "police", SealPlace(), reason="核验")
        assert sealed.startswith(pdf)
        trust = TrustStore.load(shared_authority.settings.keys_folder)
        assert validate(sealed, trust=trust, at=NOON).indication is Indication.TOTAL_PASSED
        assert faults(sealed_revision(sealed)) == set()
        path = tmp_path / f"{count}.pdf"
        path.write_bytes(sealed)
        assert (
            "Signature is Valid."
            in subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
        )
        assert subprocess.run(["qpdf", "--check", path], capture_output=True, check=False).returncode == 0
        with pikepdf.open(path) as opened:
            field = opened.Root.AcroForm.Fields[0]
            assert str(field.TU) == "电子印章：白银市公安局（样例）"
            left, bottom, right, top = (float(edge) / 72 * 25.4 for edge in field.Rect)
            assert (left, bottom, right, top) == pytest.approx((146, 21, 188, 63), abs=6)


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def licence(city: Path, tmp_path: Path) -> Path:
    """A licence of this city, in a file."""
    request = Path(__file__).resolve().parents[2] / "templates" / "business-license" / "example.toml"
    path = tmp_path / "licence.pdf"
    issued = license_command(
        "issue", request, "--type", "business-license", "--issuer", "market", "-o", path, "--home", city
    )
    assert issued.code == 0, issued.err
    return path


def test_a_report_is_written_beside_the_verdict(city: Path, licence: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    done = license_command(
        "verify", licence, "--report", out, "--seal-by", "police", "--checker", "王五", "--home", city, "--json"
    )
    assert done.code == 0, done.err
    verdict, written = done.values
    assert (verdict["outcome"], written["output"]) == ("IN_FORCE", str(out))
    check_report(verdict)
    text = text_of(out.read_bytes())
    assert "白银市公安局（样例）" in text
    assert "王五" in text


def test_a_report_about_a_forgery_says_so_and_so_does_the_exit_code(city: Path, licence: Path, tmp_path: Path) -> None:
    licence.write_bytes(append_bytes(licence.read_bytes()))
    for out in (tmp_path / "report.html", tmp_path / "report.pdf"):
        done = license_command("verify", licence, "--report", out, "--home", city, "--json", passphrase=None)
        assert done.code == 1, "no passphrase is needed without a seal"
    assert "不真实" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "未加盖电子印章" in text_of((tmp_path / "report.pdf").read_bytes())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("again.pdf", "--report", "r.pdf"), "usage"),
        (("--report", "r.pdf", "--code", "x"), "usage"),
        (("--seal-by", "market"), "usage"),
        (("--report", "r.txt"), "output.kind"),
        (("--report", "r.html", "--seal-by", "police"), "output.kind"),
        (("--report", "r.pdf", "--seal-by", "nobody"), "issuer.unknown"),
        (("--report", "r.pdf", "--purpose", "字" * 121), "text.too-long"),
        (("--report", "nowhere/r.pdf"), "output.unwritable"),
        (("--report", "licence.pdf"), "output.kind"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_nothing_is_written(
    city: Path, licence: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: str
) -> None:
    monkeypatch.chdir(licence.parent)
    before = licence.read_bytes()
    done = license_command("verify", licence, *arguments, "--home", city, "--json")
    assert (done.code, done.error["code"]) == (3, code)
    assert not list(licence.parent.glob("r.*"))
    assert licence.read_bytes() == before
