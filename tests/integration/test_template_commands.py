"""A department makes a licence type with commands and an editor alone, from nothing to a licence that verifies."""

import json
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from support import license_command

KEY, NAME = "taxi-permit", "样例出租汽车运输证"


@pytest.fixture
def department(home: Path) -> Path:
    """An authority whose templates are its own, with one new type that one body may issue."""
    settings = home / "license.toml"
    text = settings.read_text("utf-8")
    assert text.count('types = ["road-transport-permit"') == 1
    text = text.replace('types = ["road-transport-permit"', f'types = ["{KEY}", "road-transport-permit"')
    settings.write_text(f'templates = "templates"\n{text}', "utf-8")
    made = license_command("template", "new", KEY, "--name", NAME, "--home", home, "--json")
    assert (made.code, made.value) == (0, {"folder": str(home / "templates" / KEY)})
    return home


def edit(department: Path, file: str, old: str, new: str) -> None:
    path = department / "templates" / KEY / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def text_of(pdf: bytes) -> str:
    with PdfDocument(pdf) as document:
        return "".join("".join(str(page.get_textpage().get_text_range()).split()) for page in document)


def test_from_nothing_to_a_licence_in_force(department: Path, tmp_path: Path) -> None:
    at_home = ("--home", department)
    checked = license_command("template", "check", *at_home).out.splitlines()
    assert checked[0].startswith("二维码 taxi-permit（48 毫米）：样例 版本 12，65×65，模块 0.66 毫米；最长 版本 14")
    assert checked[1:] == ["1 种证照模板：错误 0，提醒 0"]
    example = department / "templates" / KEY / "example.toml"
    issue = ("issue", example, "--type", NAME, "--issuer", "transport", *at_home, "--json")
    assert license_command(*issue).error["code"] == "template.draft"
    released = license_command("template", "release", KEY, *at_home, "--json")
    assert (released.code, released.values[-1]) == (
        0,
        {"released": str(department / "templates" / KEY / "releases" / "1.json")},
    )
    pdf = tmp_path / "license.pdf"
    assert license_command(*issue, "--output", pdf).code == 0
    assert license_command("verify", pdf, *at_home, "--json").value["outcome"] == "IN_FORCE"


def test_a_preview_as_pdf_and_png(department: Path, tmp_path: Path) -> None:
    pdf, png = tmp_path / "a.pdf", tmp_path / "a.png"
    done = license_command(
        "template", "preview", KEY, "--home", department, "-o", pdf, "-o", png, "--dpi", 60, "--json"
    )
    assert (done.code, done.values) == (0, [{"output": str(pdf)}, {"output": str(png)}])
    with pikepdf.open(BytesIO(pdf.read_bytes())) as document:
        assert str(document.docinfo["/Title"]).startswith("样例：")
    assert all(value in text_of(pdf.read_bytes()) for value in (NAME, "样例商贸有限公司", "2026-00001", "SPECIMEN"))
    with Image.open(png) as picture:
        assert picture.size == (702, 497)
    assert license_command("verify", pdf, "--home", department).code == 1, "nobody can take it for a licence"
    longest = license_command("template", "preview", KEY, "--home", department, "--longest", "-o", png, "--page", 2)
    assert longest.out == f"已写入：{png}\n"


def test_findings_are_told_with_their_places(department: Path) -> None:
    edit(department, "layout.toml", "x = 27, y = 138", "x = 27, y = 150")
    edit(department, "layout.toml", "size = 48", "size = 39")
    done = license_command("template", "check", department / "templates", KEY, "--json")
    assert done.code == 1
    *findings, code, summary = done.values
    assert code["longest"] == {"version": 14, "modules": 73, "module_mm": 0.481, "size_mm": 39.0}
    assert summary == {"types": [KEY], "errors": 1, "warnings": 1}
    assert [(one["severity"], one["code"], one["file"], one["path"]) for one in findings] == [
        ("error", "place.overlap", f"{KEY}/layout.toml", "boxes[7]"),
        ("warning", "qr.fine", f"{KEY}/layout.toml", "qr"),
    ]
    chinese = license_command("template", "check", KEY, "--home", department).out
    assert chinese.startswith(f"错误 [place.overlap] {KEY}/layout.toml: boxes[7]: 与 'remarks' 重叠 → 移动或缩小")
    english = license_command("template", "check", KEY, "--home", department, "--english").out
    assert "warning [qr.fine]" in english
    assert english.endswith("1 templates: 1 errors, 1 warnings\n")
    refused = license_command("template", "release", KEY, "--home", department, "--json")
    assert (refused.code, refused.values) == (1, done.values)
    assert not (department / "templates" / KEY / "releases").exists()


def test_what_changed_since_the_release(department: Path, tmp_path: Path) -> None:
    at_home = ("--home", department)
    assert license_command("template", "release", KEY, *at_home).code == 0
    same = license_command("template", "diff", KEY, *at_home)
    assert (same.code, same.out, same.err) == (0, "", "没有不同\n")
    edit(department, "type.toml", "version = 1", "version = 2")
    edit(department, "layout.toml", "x = 27, y = 138", "x = 29, y = 138")
    png = tmp_path / "both.png"
    done = license_command("template", "diff", KEY, *at_home, "--output", png, "--dpi", 40)
    assert (done.code, done.out) == (1, f"version: 1 → 2\nlayout.boxes[6].x: 27 → 29\n已写入：{png}\n")
    with Image.open(png) as picture:
        assert (picture.mode, picture.size) == ("RGB", (468, 331))
    values = license_command("template", "diff", KEY, "1", *at_home, "--json").values
    assert values[1] == {"path": "layout.boxes[6].x", "change": "changed", "old": 27.0, "new": 29.0}
    assert license_command("template", "release", KEY, *at_home).code == 0
    again = license_command("template", "release", KEY, *at_home, "--json")
    assert (again.code, json.loads(again.err)["error"]["code"]) == (3, "template.nothing-new")


def test_schemas_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    done = license_command("template", "schema", tmp_path / "templates", "--json")
    assert done.value == {"folder": str(tmp_path / "templates" / "schema")}
    names = {path.name for path in (tmp_path / "templates" / "schema").iterdir()}
    assert names == {"type.schema.json", "layout.schema.json", "lifecycle.schema.json"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["new", KEY, "--name", "样例另一证"], "template.exists"),
        (["new", "Other", "--name", "样例另一证"], "template.key"),
        (["new", "other", "--name", "样例另一证", "--from", "nosuch"], "type.unknown"),
        (["check", "nosuch"], "type.unknown"),
        (["preview", "nosuch"], "type.unknown"),
        (["preview", KEY, "--variant", "副本"], "template.variant"),
        (["preview", KEY, "--output", "nosuch/a.pdf"], "output.unwritable"),
        (["preview", KEY, "--output", "a.jpg"], "output.kind"),
        (["preview", KEY, "--output", "a.png", "--page", "9"], "preview.unreadable"),
        (["diff", KEY], "template.version"),
        (["diff", KEY, "3"], "template.version"),
        (["release", "nosuch"], "type.unknown"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_is_one_clear_error(
    department: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str
) -> None:
    monkeypatch.chdir(department)
    done = license_command("template", *arguments, "--json")
    assert (done.code, done.out, done.error["code"]) == (3, "", code)
    assert done.error["title_zh"]


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    done = license_command("template", "check", tmp_path / "nosuch", "--english")
    assert done.code == 1
    assert "cannot be read: No such file or directory → give the templates folder" in done.out


def test_a_default_file_stands_where_one_is(department: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(department)
    assert license_command("template", "preview", KEY).out == f"已写入：{KEY}-specimen.pdf\n"
    assert (department / f"{KEY}-specimen.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    "command", [("new", "taxi-permit", "--name", "样例证"), ("release", "business-license"), ("schema",)]
)
def test_nothing_is_written_into_the_installation(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = license_command("template", *command, "--home", tmp_path, "--json")
    assert (done.code, done.error["code"], done.out) == (3, "template.built-in", "")
