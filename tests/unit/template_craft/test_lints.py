"""What a check finds: each row of the table fires on a template that does just that badly."""

import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from crafting import DAY, KEY, Department
from PIL import Image
from support import release_template

from license_lib.code_size import AIM, LEAST_MODULE
from license_lib.error_texts import TITLES_ZH
from license_lib.errors import InputError
from license_lib.rendering import Fonts
from license_lib.resources import resource_folder
from license_lib.template_craft.check import check_templates
from license_lib.template_craft.lint_rows import LINT, LOADING, lint

CHINESE = re.compile("[\u4e00-\u9fff]")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text x="1" y="8">徽</text></svg>'
ARTWORK = 'artwork = [{ file = "a.svg", alt = "徽", x = 27, y = 25, w = 20, h = 20 }]\n'


def overlap(department: Department) -> None:
    department.edit("layout.toml", "x = 27, y = 138", "x = 27, y = 150")


def on_the_border(department: Department) -> None:
    department.edit("layout.toml", "x = 27, y = 185", "x = 14, y = 185")


def under_the_seal(department: Department) -> None:
    department.edit("layout.toml", "y = 164, w = 117", "y = 168, w = 180")
    department.edit("layout.toml", "x = 180, y = 163.5", "x = 180, y = 159")


def mark_over_the_code(department: Department) -> None:
    department.add("layout.toml", "[signatory]\nx = 230\ny = 30\nw = 24\nh = 24\n")


def called_official(department: Department) -> None:
    department.edit("type.toml", "official = false", "official = true")


def pattern_beyond_the_length(department: Department) -> None:
    extra = '[[fields]]\nkey = "extra"\ncode = "KZ_YLXX"\nlabel = "预留信息"\nenglish = "Extra"\nrequired = false\n'
    department.add("type.toml", extra + 'max_length = 10\npattern = "[0-9]{11,12}"\n')
    box = '{ field = "extra", label_w = 32, x = 27, y = 173, w = 117, h = 9 },'
    department.edit("layout.toml", "boxes = [", f"boxes = [\n    {box}")


def lost_version(department: Department) -> None:
    for version in (1, 2):
        release_template(department.type_folder)
        department.edit("type.toml", f"version = {version}", f"version = {version + 1}")
    (department.type_folder / "releases" / "1.json").unlink()


def small_box(department: Department) -> None:
    department.edit("layout.toml", "y = 93, w = 243, h = 13", "y = 93, w = 243, h = 6")


def box_for_the_shorter_choice(department: Department) -> None:
    department.edit("type.toml", '["甲类", "乙类"]', f'["甲类", "{"甚长" * 30}"]')
    department.edit("type.toml", "in_qr = true", "in_qr = false")
    department.edit("layout.toml", "x = 153, y = 82, w = 117", "x = 153, y = 82, w = 60")


def small_table(department: Department) -> None:
    department.add_tables("refuse", rows=50, most=20)


def rows_beyond_all_pages(department: Department) -> None:
    department.add_tables("continue", rows=60, most=20, row_h=60)


def rows_beyond_all_pages_together(department: Department) -> None:
    department.add_tables("continue", "continue", rows=15, most=20, row_h=60)


def fine_code(department: Department) -> None:
    department.edit("layout.toml", "size = 48", "size = 39")


def too_fine_code(department: Department) -> None:
    department.edit("layout.toml", "size = 48", "size = 26")


def dense_code(department: Department) -> None:
    department.edit("type.toml", '"Domicile"\nmax_length = 200', '"Domicile"\nmax_length = 40\nin_qr = true')


def full_code(department: Department) -> None:
    department.edit("type.toml", "max_length = 1000", "max_length = 1000\nin_qr = true")


def label_without_glyph(department: Department) -> None:
    department.edit("type.toml", 'label = "许可范围"', 'label = "许可范围\\uE000"')


def artwork_of_text(department: Department) -> None:
    department.add("a.svg", SVG)
    department.edit("layout.toml", "# 与共用部分", f"{ARTWORK}# 与共用部分")


def code_of_another_field(department: Department) -> None:
    department.edit("type.toml", "KZ_XKFW", "KZ_JYFW")


def another_code_for_a_field(department: Department) -> None:
    department.edit("type.toml", 'label = "许可范围"', 'label = "经营范围"')


def silent_about_the_code(department: Department) -> None:
    department.edit("type.toml", "本地代码（占位", "（占位")


def layout_without_example(department: Department) -> None:
    department.add("type.toml", '[variants]\nfield = "category"\nlayouts = { "乙类" = "second" }\n')
    department.add("layout-second.toml", 'extends = ["layout.toml"]\n')


def example_with_a_wrong_choice(department: Department) -> None:
    department.edit("example.toml", "甲类", "丙类")


@pytest.mark.parametrize(
    ("badly", "code", "file", "path", "said"),
    [
        (overlap, "place.overlap", "layout.toml", "boxes[7]", "lies over 'remarks'"),
        (on_the_border, "place.border", "layout.toml", "boxes[10]", "border"),
        (under_the_seal, "seal.covers", "layout.toml", "boxes[7]", "under the seal"),
        (small_box, "box.small", "layout.toml", "boxes[4]", r"'address' may have 200 characters, about \d\d fit"),
        (box_for_the_shorter_choice, "box.never", "layout.toml", "boxes[3]", r"60 characters, about \d\d do"),
        (small_table, "table.small", "layout.toml", "tables[0]", r"'vehicles' may have 50 long rows, 1\d fit"),
        (rows_beyond_all_pages, "overflow.fails", "layout.toml", "tables[0]", "more than 20 continuation pages"),
        (rows_beyond_all_pages_together, "longest.refused", "layout.toml", "", "more than 20 continuation pages"),
        (fine_code, "qr.fine", "layout.toml", "qr", "modules of 0.48 mm"),
        (too_fine_code, "qr.too-fine", "layout.toml", "qr", "modules of 0.32 mm"),
        (dense_code, "qr.dense", "layout.toml", "qr", "of version 13"),
        (full_code, "qr.full", "layout.toml", "qr", "a code holds 850 bytes"),
        (label_without_glyph, "glyph.static", "type.toml", "fields[2].label", r"character 5, U\+E000"),
        (artwork_of_text, "artwork.undrawable", "layout.toml", "artwork[0].file", "text"),
        (
            code_of_another_field,
            "code.meaning",
            "type.toml",
            "fields[2].code",
            "KZ_JYFW is '经营范围' in business-license",
        ),
        (another_code_for_a_field, "code.other", "type.toml", "fields[2].code", "'经营范围' has the code KZ_JYFW in b"),
        (silent_about_the_code, "code.local", "type.toml", "code.source", "does not say 本地代码"),
        (mark_over_the_code, "signatory.covers", "layout.toml", "qr", "under the mark of who issues"),
        (called_official, "code.not-local", "type.toml", "code.source", "though official = true"),
        (pattern_beyond_the_length, "pattern.impossible", "type.toml", "fields[4].pattern", "asks for 11 characters"),
        (lost_version, "release.lost", "type.toml", "version", "version 1 is not in releases/"),
        (layout_without_example, "example.none", "layout-second.toml", "", "no example shows this layout"),
        (example_with_a_wrong_choice, "example.refused", "example.toml", "", "must be one of 甲类、乙类"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_check_finds(
    department: Department, badly: Callable[[Department], None], code: str, file: str, path: str, said: str
) -> None:
    badly(department)
    found = department.found()
    assert list(found) == [(code, file, path)], "that, and nothing else"
    assert re.search(said, found[code, file, path])
    report = department.report()
    assert report.errors == (LINT[code].severity == "error")


def test_every_row_has_a_template_that_it_fires_on() -> None:
    (marked,) = [mark for mark in test_a_check_finds.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]  # pytest's
    assert {row[1] for row in marked.args[1]} == set(LINT)


def test_a_new_type_is_clean(department: Department) -> None:
    assert department.report().findings == ()
    assert department.report().types == (KEY,)


def test_the_committed_types_have_no_errors_and_the_warnings_that_are_known(fonts: Fonts) -> None:
    report = check_templates(resource_folder("templates"), fonts=fonts, day=DAY)
    assert len(report.types) == 12
    assert report.errors == 0
    assert {one.code for one in report.findings} == {"qr.fine", "qr.dense"}, "all else fits"
    beyond = {one.type for one in report.codes if one.ordinary.version > AIM}
    assert beyond == {"construction-permit"}, "which shows its project's name, too"
    assert all(one.longest.module > LEAST_MODULE for one in report.codes)
    assert len(report.codes) == 14, "the layouts of all types"


def test_what_does_not_load_is_all_that_is_told(department: Department) -> None:
    overlap(department)
    department.edit("type.toml", "max_length = 1000", "max_lenght = 1000")
    (finding,) = department.report().findings
    assert (finding.code, finding.severity, finding.problem.path) == (LOADING, "error", "fields[2].max_lenght")
    assert finding.problem.mend_zh == "是否应为 `max_length`？"
    assert department.report().types == ()


def test_one_type_is_checked_alone(department: Department) -> None:
    on_the_border(department)
    built_in = resource_folder("templates")
    (department.folder / "business-license").symlink_to(built_in / "business-license")
    for name, errors in ((KEY, 1), ("营业执照", 0)):
        report = check_templates(department.folder, name, fonts=department.fonts, day=DAY)
        assert (len(report.types), report.errors) == (1, errors)
    with pytest.raises(InputError) as caught:
        check_templates(department.folder, "taxi-permits", fonts=department.fonts, day=DAY)
    assert caught.value.code == "type.unknown"


def test_errors_come_first(department: Department) -> None:
    fine_code(department)
    silent_about_the_code(department)
    assert [one.code for one in department.report().findings] == ["code.local", "qr.fine"]


def test_a_signatorys_mark_may_stand_over_a_name_but_not_over_the_border(department: Department) -> None:
    department.add("layout.toml", "[signatory]\nx = 60\ny = 165\nw = 24\nh = 8\n")
    assert department.found() == {}
    department.edit("layout.toml", "x = 60\ny = 165", "x = 6\ny = 165")
    assert list(department.found()) == [("place.border", "layout.toml", "signatory")]


def test_an_example_of_tomorrow_is_refused(department: Department) -> None:
    department.edit("example.toml", "issued_on = 2026-03-02", "issued_on = 2026-11-23")
    assert list(department.found()) == [("example.refused", "example.toml", "")]


def test_an_example_that_no_code_holds_is_refused(department: Department) -> None:
    full_code(department)
    department.edit("example.toml", "样例经营活动；样例技术服务、技术咨询。", "样例经营活动；" * 60)
    found = department.found()
    assert list(found) == [("example.refused", "example.toml", "")]
    assert "a code holds 850 bytes" in found["example.refused", "example.toml", ""]


def test_an_example_with_too_small_a_photo_is_refused(department: Department) -> None:
    department.edit("type.toml", "version = 1\n", 'version = 1\nphoto = "required"\n')
    department.add("layout.toml", "[photo]\nx = 248\ny = 140\nw = 22\nh = 20\n")
    department.edit("layout.toml", "y = 163.5, w = 90", "y = 163.5, w = 80")
    department.edit("layout.toml", "x = 153, y = 145, w = 117", "x = 153, y = 145, w = 93")
    department.edit("example.toml", "valid_from", 'photo = "a.jpg"\nvalid_from')
    for side, codes in ((120, []), (10, ["example.refused"])):
        Image.new("L", (side, side)).save(department.type_folder / "a.jpg")
        assert [code for code, _, _ in department.found()] == codes


def test_a_file_that_is_no_request_is_a_finding(department: Department) -> None:
    department.add("example-second.toml", "nothing = {")
    assert list(department.found()) == [("example.refused", "example-second.toml", "")]


def test_a_life_cycle_that_is_wrong_is_a_finding(department: Department) -> None:
    department.add("lifecycle.toml", "inspection_months = 0")
    assert list(department.found()) == [("lifecycle.invalid", "lifecycle.toml", "inspection_months")]


@pytest.mark.parametrize("code", LINT)
def test_a_row_says_the_same_in_both_languages(code: str) -> None:
    row = LINT[code]
    for english, chinese in ((row.problem, row.problem_zh), (row.mend, row.mend_zh)):
        assert CHINESE.search(chinese)
        assert not CHINESE.search(english.replace("本地代码", ""))
        assert values_of(chinese) == values_of(english)


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_finding_passes_on_why_in_both_languages() -> None:
    why = InputError("field.overflow", "address: 9 characters do not fit", hint="about 3 characters fit")
    fault = lint("longest.refused", why=why).fault
    assert fault.problem.endswith("address: 9 characters do not fit (about 3 characters fit)")
    assert TITLES_ZH["field.overflow"] in fault.problem_zh


def test_an_empty_folder_is_a_finding(tmp_path: Path, fonts: Fonts) -> None:
    (finding,) = check_templates(tmp_path, fonts=fonts, day=DAY).findings
    assert finding.problem.problem == "holds no template"
