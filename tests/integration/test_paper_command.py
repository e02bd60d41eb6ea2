"""`license paper check`: a line a licence, the sheet to compare by, and what the clerk saw."""

import base64
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from papers import drawn
from PIL import Image
from support import license_command

from license_lib.resources import resource_folder


@pytest.fixture(scope="module")
def shared_city(typed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one 营业执照, and a scan of it; tests only read from it."""
    home = Path(shutil.copytree(typed_home, tmp_path_factory.mktemp("paper-city") / "home"))
    request = resource_folder("templates") / "business-license" / "example.toml"
    arguments = ("--type", "business-license", "--issuer", "market", "--home", home)
    assert license_command("issue", request, *arguments, "-o", home / "license.pdf").code == 0
    drawn((home / "license.pdf").read_bytes()).save(home / "scan.png")
    return home


def test_a_line_a_licence_and_undetermined_until_somebody_looked(shared_city: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    Image.new("L", (60, 60), 255).save(empty)
    scan = shared_city / "scan.png"
    done = license_command("paper", "check", scan, empty, "--json", "--home", shared_city)
    first, second = done.values
    assert done.code == 2
    assert (first["outcome"], first["paper"], first["code"]["outcome"]) == ("UNDETERMINED", "compare", "IN_FORCE")
    assert "CODE" not in first["not_proved"]
    assert {"code", "issuer", "status", "validity"} <= set(first["proved"])
    assert "picture" not in first["fields"][0]
    assert (second["outcome"], [one["code"] for one in second["file_findings"]]) == ("UNDETERMINED", ["qr.none"])
    spoken = license_command("paper", "check", scan, "--home", shared_city, "--english")
    assert "code: Genuine and in force; paper: Not compared yet" in spoken.out
    missing = license_command("paper", "check", tmp_path / "none.png", scan, "--home", shared_city)
    assert (missing.code, len(missing.out.splitlines()) > 0) == (3, True)


def test_what_the_clerk_saw_decides(shared_city: Path) -> None:
    scan = shared_city / "scan.png"
    same = license_command("paper", "check", scan, "--seen", "same", "--json", "--home", shared_city)
    assert (same.code, same.value["outcome"], same.value["paper"]) == (0, "IN_FORCE", "seen-same")
    assert [one["code"] for one in same.value["findings"]] == ["paper.seen-same"]
    arguments = ("--seen", "different", "--field", "CZZT", "--field", "business_scope")
    other = license_command("paper", "check", scan, *arguments, "--json", "--home", shared_city)
    assert (other.code, other.value["outcome"], other.value["paper"]) == (1, "NOT_GENUINE", "differs")
    (said,) = other.value["findings"]
    assert (said["code"], said["params"]["fields"]) == ("paper.seen-different", "CZZT, KZ_JYFW")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--seen", "perhaps"), "usage"),
        (("--field", "CZZT"), "usage"),
        (("--seen", "different", "--field", "KZ_NONE"), "field.unknown"),
        (("-o", "sheet.docx"), "output.kind"),
        (("scan.png", "-o", "sheet.html"), "usage"),
        (("--trust", "a", "--offline", "b"), "usage"),
    ],
)
def test_slips_of_the_hand_are_named(shared_city: Path, arguments: tuple[str, ...], code: str) -> None:
    done = license_command("paper", "check", shared_city / "scan.png", *arguments, "--json", "--home", shared_city)
    assert (done.code, done.error["code"]) == (3, code)


def test_nobody_states_that_an_unproved_paper_is_the_same(shared_city: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    Image.new("L", (60, 60), 255).save(empty)
    done = license_command("paper", "check", empty, "--seen", "same", "--json", "--home", shared_city)
    assert (done.code, done.error["code"]) == (3, "paper.nothing")


def test_the_sheet_holds_every_picture_and_needs_nothing_else(shared_city: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    arguments = ("-o", sheet, "--checker", "<b>王五", "--case", "白教审〔2026〕第17号", "--home", shared_city)
    assert license_command("paper", "check", shared_city / "scan.png", *arguments).code == 2
    page = sheet.read_text("utf-8")
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert len(pictures) == 15  # fourteen fields, and the whole
    for picture in pictures:
        assert Image.open(io.BytesIO(base64.b64decode(picture))).width > 200
    assert not re.findall(r"<script|https?://(?!www\.w3\.org)", page)
    assert "default-src 'none'" in page
    assert "&lt;b&gt;王五" in page
    spoken = ["二维码", "真实有效", "尚未核对", "这张纸是原件", "9162", "状态查询于"]
    assert all(text in page for text in spoken)
    license_command("paper", "check", shared_city / "scan.png", "-o", sheet, "--home", shared_city, "--english")
    assert "What was signed" in sheet.read_text("utf-8")


def test_the_sheet_as_data_for_another_program(shared_city: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    arguments = ("-o", sheet, "--home", shared_city)
    assert license_command("paper", "check", shared_city / "scan.png", *arguments).code == 2
    value = json.loads(sheet.read_text("utf-8"))
    (one,) = value["licenses"]
    assert all(Image.open(io.BytesIO(base64.b64decode(field["picture"]))).format == "JPEG" for field in one["fields"])
    assert one["overview"]
    assert value["check"]["sha256"]


def test_the_sheet_never_takes_the_place_of_what_was_checked(shared_city: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan.html"
    shutil.copy(shared_city / "scan.png", scan)
    done = license_command("paper", "check", scan, "-o", scan, "--json", "--home", shared_city)
    assert (done.code, done.error["code"]) == (3, "output.kind")
    assert scan.read_bytes() == (shared_city / "scan.png").read_bytes()
