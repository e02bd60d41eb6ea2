"""Loading the catalogue: what a good template gives, and how every fault of a bad one is named."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from license_lib.catalogue import Catalogue, FieldType, HolderKind, TemplateError, ValidityRule, faults
from license_lib.catalogue.loading import load_type
from license_lib.catalogue.releases import write_release
from license_lib.errors import InputError
from license_lib.resources import resource_folder

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "templates"
WITHOUT_CASE = {"file.outside": "links are not kept everywhere: see test_catalogue_hostile"}
CHINESE = re.compile("[\u4e00-\u9fff]")
CASES = sorted(path.parent for path in VECTORS.glob("*/case.toml"))


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return Path(shutil.copytree(VECTORS / "base", tmp_path / "templates"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_template_is_refused_with_every_fault(case: Path, good: Path) -> None:
    description = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    change(good, case, description)
    with pytest.raises(TemplateError) as caught:
        Catalogue.load(good)
    found = [(one.file.replace(str(good), "."), one.path, one.mend) for one in caught.value.problems]
    expected = [(one["file"], one["path"], one["mend"]) for one in description["problem"]]
    assert sorted(found) == sorted(expected)
    for one in description["problem"]:
        there = [seen.problem for seen in caught.value.problems if (seen.path, seen.mend) == (one["path"], one["mend"])]
        assert any(one["problem"] in problem for problem in there), one["problem"]
    for seen in caught.value.problems:
        assert CHINESE.search(seen.problem_zh), seen
        assert CHINESE.search(seen.mend_zh), seen
    assert caught.value.code == "template.invalid"
    assert str(caught.value).count("\n") == len(expected) - 1, "one line a fault"


def change(folder: Path, case: Path, description: dict[str, Any]) -> None:
    edit(folder, description)
    for overlay in case.rglob("*/*"):
        if overlay.is_file():
            there = folder / overlay.relative_to(case)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(overlay, there)
    for made in description.get("make", []):
        text = made.get("head", "") + made["text"] * made["times"] + made.get("tail", "")
        (folder / made["file"]).write_text(text, encoding="utf-8")
    for name in description.get("release", []):
        write_release(folder / name, load_type(folder / name))
    edit(folder, description.get("after_release", {}))


def edit(folder: Path, description: dict[str, Any]) -> None:
    for step in description.get("copy", []):
        if (folder / step["from"]).is_dir():
            shutil.copytree(folder / step["from"], folder / step["to"])
        else:
            shutil.copy(folder / step["from"], folder / step["to"])
    for one in description.get("edit", []):
        file = folder / one["file"]
        text = file.read_text(encoding="utf-8")
        assert text.count(one["old"]) == 1, f"{one['old']!r} must stand once in {one['file']}"
        file.write_text(text.replace(one["old"], one["new"]), encoding="utf-8")
    for name in description.get("remove", []):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def test_every_row_of_the_table_of_faults_has_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fired: set[str] = set()

    class Observed(dict[str, faults.Row]):
        def __getitem__(self, code: str) -> faults.Row:
            fired.add(code)
            return super().__getitem__(code)

    monkeypatch.setattr(faults, "FAULTS", Observed(faults.FAULTS))
    for case in CASES:
        folder = shutil.copytree(VECTORS / "base", tmp_path / case.name)
        change(folder, case, tomllib.loads((case / "case.toml").read_text(encoding="utf-8")))
        with pytest.raises(TemplateError):
            Catalogue.load(folder)
    assert set(faults.FAULTS) - fired == WITHOUT_CASE.keys()


def test_there_are_cases() -> None:
    assert len(CASES) >= 75


def test_a_good_template_loads_whole(good: Path) -> None:
    kind = Catalogue.load(good).get("sample")
    assert (kind.holder.kind, kind.validity.rule, kind.validity.years) == (HolderKind.PERSON, ValidityRule.YEARS, 2)
    assert [field.key for field in kind.fields] == ["address", "grade", "guardian_id"]
    assert kind.by_label["等级"] is kind.by_key["grade"] is kind.by_code["KZ_DJ"]
    assert kind.by_key["guardian_id"].type is FieldType.CITIZEN_ID
    assert (kind.label_of("address"), kind.label_of("issued_on")) == ("住所", "颁发日期")
    assert (kind.layout.page.width, kind.layout.page.height) == (297, 210)


def test_a_type_is_found_by_key_name_and_code(good: Path) -> None:
    catalogue = Catalogue.load(good)
    (kind,) = catalogue
    assert len(catalogue) == 1
    assert all(catalogue.get(name) is kind for name in ("sample", "样例证", "11620400000000101R999"))
    assert catalogue.find("other") is None


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("smaple", "did you mean 'sample'?"),
        ("样例", "did you mean '样例证'?"),
        ("", "`license catalogue list` shows all types"),
        ("x" * 100_000, "`license catalogue list` shows all types"),
    ],
)
def test_an_unknown_type_gets_a_suggestion_and_no_echo(good: Path, wanted: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        Catalogue.load(good).get(wanted)
    assert (caught.value.code, caught.value.hint) == ("type.unknown", hint)
    assert not wanted or wanted not in str(caught.value).replace(hint, "")


def test_files_of_windows_editors_load(good: Path) -> None:
    for file in good.glob("sample/*.toml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert len(Catalogue.load(good)) == 1


def test_fonts_hidden_folders_and_loose_files_are_no_types(good: Path) -> None:
    for name in ("fonts", ".git", "__pycache__"):
        (good / name).mkdir()
    (good / "README.md").write_text("x", encoding="utf-8")
    assert [kind.key for kind in Catalogue.load(good)] == ["sample"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"nowhere: cannot be read: No such file"):
        Catalogue.load(tmp_path / "nowhere")


def test_a_file_that_is_a_folder_is_a_fault(good: Path) -> None:
    (good / "sample" / "type.toml").unlink()
    (good / "sample" / "type.toml").mkdir()
    with pytest.raises(TemplateError, match=r"sample/type.toml: cannot be read"):
        Catalogue.load(good)


def test_deep_nesting_is_a_fault(good: Path) -> None:
    (good / "sample" / "type.toml").write_text("a = " + "[" * 50_000, encoding="utf-8")
    with pytest.raises(TemplateError, match="not TOML"):
        Catalogue.load(good)


def test_a_type_cannot_be_changed(good: Path) -> None:
    kind = Catalogue.load(good).get("sample")
    with pytest.raises(ValueError, match="frozen"):
        kind.name = "anders"  # type: ignore[misc]  # what the test is about


def test_the_built_in_types_say_whether_their_code_is_official() -> None:
    catalogue = Catalogue.load(resource_folder("templates"))
    official = {kind.key for kind in catalogue if kind.code.official}
    assert official == {
        "business-license", "real-estate-certificate", "road-transport-permit", "vehicle-transport-certificate",
    }  # fmt: skip
    assert all("本地代码" in kind.code.source for kind in catalogue if not kind.code.official)


def test_the_digest_follows_all_that_a_template_says(good: Path) -> None:
    before = Catalogue.load(good).get("sample").digest
    for file, old, new, changes in (
        ("type.toml", "levels = [3, 4]", "levels = [3]", True),
        ("type.toml", "version = 1", "# a comment\nversion = 1", False),
        ("layout.toml", "x = 30, y = 60", "x = 31, y = 60", True),
        ("type.toml", 'label = "等级"', 'label = "级别"', True),
        ("type.toml", 'in_qr = "masked"', 'in_qr = "none"', True),
    ):
        path = good / "sample" / file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert (Catalogue.load(good).get("sample").digest != before) is changes, new
        path.write_text(text, encoding="utf-8")


def test_a_typo_at_the_top_is_never_mended_by_a_name_from_elsewhere(good: Path) -> None:
    file = good / "sample" / "type.toml"
    file.write_text(f"layuot = 1\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        Catalogue.load(good)
    assert caught.value.problems[0].mend.startswith("remove it, or use one of: key, version")
