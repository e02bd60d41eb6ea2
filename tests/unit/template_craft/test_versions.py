"""Versions of a template: what changed between two of them, and what it takes to release one."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from crafting import DAY, KEY, Department
from PIL import Image, ImageChops

from license_lib.catalogue import Catalogue
from license_lib.errors import InputError, MachineError
from license_lib.rendering import Fonts
from license_lib.resources import resource_folder
from license_lib.template_craft.difference import two_versions
from license_lib.template_craft.release import Released, release_template


def release(department: Department) -> Released:
    return release_template(department.folder, KEY, fonts=department.fonts, day=DAY)


@pytest.fixture
def released(department: Department) -> Department:
    assert release(department).path is not None
    department.edit("type.toml", "version = 1", "version = 2")
    return department


def changes(department: Department, old: str = "", new: str = "now") -> list[str]:
    return [change.text("en") for change in two_versions(department.folder, KEY, old, new).changes()]


def test_a_release_is_what_the_folder_said(department: Department) -> None:
    done = release(department)
    assert done.path == department.type_folder / "releases" / "1.json"
    versions = Catalogue.load(department.folder).versions(KEY)
    assert ([kind.version for kind in versions.released], versions.draft) == ([1], None)


def test_errors_are_not_released_but_warnings_are(department: Department) -> None:
    department.edit("layout.toml", "size = 48", "size = 39")
    department.edit("type.toml", "本地代码（占位", "（占位")
    refused = release(department)
    assert (refused.path, [one.code for one in refused.report.findings]) == (None, ["code.local", "qr.fine"])
    assert not (department.type_folder / "releases").exists()
    department.edit("type.toml", "（占位", "本地代码（占位")
    assert release(department).path is not None


def test_nothing_new_is_not_released(released: Department) -> None:
    release(released)
    with pytest.raises(InputError) as caught:
        release(released)
    assert caught.value.code == "template.nothing-new"


def test_a_released_version_is_not_released_as_something_else(department: Department) -> None:
    release(department)
    department.edit("layout.toml", "x = 27, y = 138", "x = 28, y = 138")
    done = release(department)
    assert done.path is None
    assert [one.problem.mend for one in done.report.findings] == ["raise version to 2"]


def test_a_folder_that_cannot_be_written_is_named(department: Department) -> None:
    (department.type_folder / "releases").write_text("", "utf-8")
    with pytest.raises(MachineError) as caught:
        release(department)
    assert caught.value.code == "output.unwritable"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("layout.toml", "x = 27, y = 138, w = 117", "x = 27, y = 138, w = 100.5", ["layout.boxes[6].w: 117 → 100.5"]),
        ("type.toml", "max_length = 1000", "max_length = 900", ["fields[2].max_length: 1000 → 900"]),
        (
            "type.toml", '"甲类", "乙类"', '"甲类", "丙类"',
            ['fields[1].choices[1]: added "丙类"', 'fields[1].choices[1]: removed "乙类"'],
        ),
        ("type.toml", '"甲类", "乙类"', '"乙类", "甲类"', ["fields[1].choices: other order"]),
        ("type.toml", "in_qr = true", "in_qr = false", ["fields[1].in_qr: true → false"]),
        (
            "layout.toml",
            "# 与共用部分",
            'labels = "zh-en" # 与共用部分',
            ['layout.labels: "zh" → "zh-en"'],
        ),
    ],
)  # fmt: skip
def test_changes_are_named_by_their_paths(
    released: Department, file: str, old: str, new: str, expected: list[str]
) -> None:
    released.edit(file, old, new)
    assert changes(released) == ["version: 1 → 2", *expected]


def test_a_field_more_in_front_is_one_field_more(released: Department) -> None:
    field = '[[fields]]\nkey = "phone"\ncode = "KZ_LXDH"\nlabel = "联系电话"\nenglish = "Phone"\n\n'
    released.edit("type.toml", '[[fields]]\nkey = "address"', f'{field}[[fields]]\nkey = "address"')
    box = '{ field = "phone", x = 153, y = 164, w = 50, h = 0.5 },'
    released.edit("layout.toml", "boxes = [\n", f"boxes = [\n    {box}\n")
    version, added, *boxes = changes(released)
    assert version == "version: 1 → 2"
    assert added.startswith('fields[0]: added {"key": "phone"')
    assert [text.partition(" {")[0] for text in boxes] == ["layout.boxes[0]: added"]


def test_what_is_gone_is_named_with_the_place_that_it_had(released: Department) -> None:
    released.edit("layout.toml", '    { field = "remarks"', '    # { field = "remarks"')
    released.edit("type.toml", '[[fields]]\nkey = "remarks"\ncode = "KZ_BZ"\nlabel = "备注"\nenglish = "Remarks"\n'
                  "required = false # 选填\nmax_length = 200\n", "")  # fmt: skip
    texts = [change.text("zh").partition(" {")[0] for change in two_versions(released.folder, KEY).changes()]
    assert texts == ["version: 1 → 2", "fields[3]: 删去", "layout.boxes[6]: 删去"]


def test_between_the_same_there_is_nothing(released: Department) -> None:
    assert changes(released, "1", "1") == []
    assert changes(released, "now") == []
    assert changes(released, "1", "now") == ["version: 1 → 2"]


@pytest.mark.parametrize("version", ["2", "x", "01"])
def test_a_version_that_there_is_not_is_refused(released: Department, version: str) -> None:
    with pytest.raises(InputError) as caught:
        two_versions(released.folder, KEY, version)
    assert (caught.value.code, caught.value.hint) == ("template.version", "there are: 1, now")


def test_before_the_first_release_there_is_nothing_to_compare_with(department: Department) -> None:
    with pytest.raises(InputError) as caught:
        two_versions(department.folder, KEY)
    assert caught.value.code == "template.version"


def colours(picture: bytes) -> tuple[int, int]:
    """How many dots are clearly red, and clearly green."""
    with Image.open(BytesIO(picture)) as opened:
        red, green, blue = opened.convert("RGB").split()
    counts = []
    for one, others in ((red, ImageChops.lighter(green, blue)), (green, ImageChops.lighter(red, blue))):
        counts.append(sum(ImageChops.subtract(one, others).histogram()[80:]))
    return counts[0], counts[1]


def picture(department: Department) -> bytes:
    return two_versions(department.folder, KEY).picture(fonts=department.fonts, day=DAY, dpi=60)


def moved(department: Department) -> None:
    department.edit("layout.toml", "x = 27, y = 138", "x = 60, y = 138")


def gone(department: Department) -> None:
    department.edit("layout.toml", 'empty = "无"', 'label = ""')


def come(department: Department) -> None:
    department.edit("layout.toml", 'empty = "无"', 'empty = "无其他备注"')


@pytest.mark.parametrize(
    ("change", "shown"), [(None, set()), (moved, {"red", "green"}), (gone, {"red"}), (come, {"green"})]
)
def test_the_picture_shows_red_what_went_and_green_what_came(
    released: Department,
    change: Callable[[Department], None] | None,
    shown: set[str],
) -> None:
    if change is not None:
        change(released)
    counted = dict(zip(("red", "green"), colours(picture(released)), strict=True))
    assert {colour for colour, count in counted.items() if count > 5} == shown


def test_a_picture_of_versions_with_other_fields(fonts: Fonts) -> None:
    """The first release knew neither 副本编号 nor the duplicate; the example of today is adapted to it."""
    versions = two_versions(resource_folder("templates"), "business-license", "1", "2")
    red, green = colours(versions.picture(fonts=fonts, day=DAY, dpi=60))
    assert red > 100
    assert green > 100


def test_a_page_that_neither_has_is_refused(released: Department) -> None:
    with pytest.raises(InputError) as caught:
        two_versions(released.folder, KEY).picture(fonts=released.fonts, day=DAY, page=2)
    assert caught.value.code == "preview.unreadable"


def test_the_catalogue_names_the_command(tmp_path: Path, department: Department) -> None:
    with pytest.raises(InputError) as caught:
        Catalogue.load(department.folder).get(KEY, on=DAY)
    assert caught.value.hint == f"license template release {KEY}"
    assert tmp_path.is_dir()
