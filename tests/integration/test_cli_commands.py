"""Every command: what it does, its text in either language, its JSON, and its exit code."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support import ISSUERS, Done, license_command

from license_lib.rendering import page_png
from license_lib.repository.repository import Repository
from license_lib.resources import resource_folder
from license_lib.settings import Settings

TEMPLATES = resource_folder("templates")
EXAMPLE = TEMPLATES / "business-license" / "example.toml"
PREFIX = "1.2.156.3005.2."


@pytest.fixture(scope="module")
def shared_city(typed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one 营业执照; tests only read from it."""
    home = Path(shutil.copytree(typed_home, tmp_path_factory.mktemp("shared-city") / "home"))
    assert issue(home, "-o", home / "license.pdf").code == 0
    return home


@pytest.fixture(scope="module")
def identifier(shared_city: Path) -> str:
    return str(
        license_command("show", "--number", "91620402MA0000000Q", "--home", shared_city, "--json").value["identifier"]
    )


def issue(home: Path, *more: object, type_key: str = "business-license") -> Done:
    request = TEMPLATES / type_key / "example.toml"
    return license_command("issue", request, "--type", type_key, "--issuer", ISSUERS[type_key], "--home", home, *more)


def stored(home: Path) -> int:
    settings = Settings.load(home)
    with Repository.open(settings.database_url, settings.files) as repository:
        return len(repository.page(1000))


# -- setting up --------------------------------------------------------------------------------------------------------


def test_init_and_keys_init_prepare_a_home(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    assert license_command("init", "--home", home).out == f"已建立：{home}\n"
    assert license_command("init", "--home", home, "--json").value == {"home": str(home)}, "again does no harm"
    made = license_command("keys", "init", "--home", home, "--json")
    assert (made.code, made.value) == (0, {"keys": str(home / "keys"), "development": True})
    published = license_command("keys", "publish", "--home", home, "--english")
    assert (published.code, published.out) == (0, "revocation lists published\n")


def test_keys_are_never_overwritten(city: Path) -> None:
    before = {path: path.read_bytes() for path in (city / "keys").rglob("*") if path.is_file()}
    again = license_command("keys", "init", "--home", city, "--json")
    assert (again.code, again.error["code"]) == (3, "pki.exists")
    assert before == {path: path.read_bytes() for path in (city / "keys").rglob("*") if path.is_file()}


# -- the catalogue -----------------------------------------------------------------------------------------------------


def test_catalogue_list_says_which_codes_are_official(shared_city: Path) -> None:
    values = license_command("catalogue", "list", "--home", shared_city, "--json").values
    assert [value["key"] for value in values] == sorted(ISSUERS)
    assert {value["key"] for value in values if value["official"]} >= {"business-license"}
    text = license_command("catalogue", "list").out
    assert "本地代码  食品经营许可证" in text, "the built-in types need no home"
    assert "local     Food business permit" in license_command("catalogue", "list", "--english").out


@pytest.mark.parametrize("name", ["food-business-permit", "食品经营许可证", "11620400000000101R901"])
def test_catalogue_show_takes_key_name_or_code(name: str) -> None:
    value = license_command("catalogue", "show", name, "--json").value
    assert (value["key"], value["validity"]) == ("food-business-permit", {"rule": "years", "years": 5})
    assert "layout" not in value
    text = license_command("catalogue", "show", name).out
    assert "必填 经营场所" in text
    assert "required Business premises" in license_command("catalogue", "show", name, "--english").out


def test_catalogue_check_names_every_fault(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TEMPLATES, tmp_path / "templates", ignore=shutil.ignore_patterns("fonts")))
    good = license_command("catalogue", "check", folder, "--json")
    assert (good.code, good.value) == (0, {"valid": True, "types": sorted(ISSUERS)})
    assert license_command("catalogue", "check").out == f"{len(ISSUERS)} 种证照模板无误\n"
    for key, typo in (("residence-permit", "lable"), ("business-license", "labl")):
        file = folder / key / "type.toml"
        file.write_text(file.read_text(encoding="utf-8").replace("label", typo, 1), encoding="utf-8")
    bad = license_command("catalogue", "check", folder, "--json")
    assert (bad.code, bad.value["valid"]) == (1, False)
    typos = [problem for problem in bad.value["problems"] if problem["mend"] == "did you mean `label`?"]
    assert [(one["file"], one["path"]) for one in typos] == [
        ("business-license/type.toml", "fields[0].labl"),
        ("residence-permit/type.toml", "fields[0].lable"),
    ]
    chinese = license_command("catalogue", "check", folder).out
    assert "residence-permit/type.toml: fields[0].lable: 此处没有这一项 → 是否应为 `label`？\n" in chinese
    text = license_command("catalogue", "check", folder, "--english").out
    assert "residence-permit/type.toml: fields[0].lable: is not known here → did you mean `label`?\n" in text


# -- issuing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_key", sorted(ISSUERS))
def test_issue_every_type_once(city: Path, type_key: str) -> None:
    pdf = city / "new.pdf"
    first = issue(city, "-o", pdf, "--json", type_key=type_key)
    assert (first.code, first.value["already"], first.value["type"]) == (0, False, type_key)
    assert pdf.read_bytes().startswith(b"%PDF-")
    again = issue(city, type_key=type_key)
    assert (again.code, again.out.startswith("此前已颁发：")) == (0, True)
    assert first.value["identifier"] in again.out
    assert stored(city) == 1
    judged = license_command("verify", pdf, "--home", city, "--json")
    assert (judged.code, judged.value["outcome"]) == (0, "IN_FORCE")


def test_issue_prints_one_language(city: Path) -> None:
    assert issue(city).out.startswith(f"已颁发：营业执照 {PREFIX}")
    assert issue(city, "--english").out.startswith(f"issued before: 营业执照 {PREFIX}")


def test_the_passphrase_comes_from_a_file_too(city: Path) -> None:
    file = city / "passphrase"
    file.write_bytes(b"only for tests\r\n")
    arguments = ["issue", EXAMPLE, "--type", "营业执照", "--issuer", "market", "--home", city]
    assert license_command(*arguments, "--passphrase-file", file, passphrase=b"wrong").code == 0


def batch_rows() -> list[dict[str, Any]]:
    """One row of every type that needs no photo, in two of them a fault."""
    lines = (Path(__file__).resolve().parents[2] / "docs/demo/examples/permits.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in lines.splitlines()]
    return [row for row in rows if "photo" not in row][:5]


def test_issue_batch_reports_bad_rows_and_issues_the_rest(city: Path) -> None:
    rows = batch_rows()
    rows[1]["fields"]["nosuch"] = "x"
    rows[3]["holders"][0]["name"] = ""
    file = city / "batch.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    first = license_command("issue-batch", file, "--home", city, "--json")
    *lines, summary = first.values
    assert first.code == 1, "something was not done"
    assert [(line["line"], line["status"]) for line in lines] == [
        (1, "issued"),
        (2, "failed"),
        (3, "issued"),
        (4, "failed"),
        (5, "issued"),
    ]
    assert lines[1]["error"]["code"] == "field.unknown"
    assert lines[3]["error"]["message"] == "holders[0].name: is empty"
    assert summary == {"summary": {"issued": 3, "already": 0, "failed": 2}}
    assert stored(city) == 3

    again = license_command("issue-batch", file, "--home", city)
    assert again.out.splitlines()[-1] == "新颁发 0，此前已颁发 3，未颁发 2"
    assert "第2行 [field.unknown] 此类证照没有该照面项\n" in again.out
    assert stored(city) == 3, "nothing twice"

    rows[1]["fields"].pop("nosuch")
    rows[3]["holders"][0]["name"] = "样例"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    mended = license_command("issue-batch", file, "--home", city, "--english")
    assert (mended.code, mended.out) == (0, "issued 2, issued before 3, not issued 0\n")


# -- looking up, revoking ----------------------------------------------------------------------------------------------


def test_show_finds_by_identifier_number_and_holder(shared_city: Path, identifier: str) -> None:
    for key in ([identifier], ["--number", "91620402MA0000000Q"], ["--holder", "91620402MA0000000Q"]):
        found = license_command("show", *key, "--home", shared_city, "--json")
        assert (found.code, found.value["identifier"], found.value["state"]) == (0, identifier, "issued")
        assert found.value["record"]["metadata"]["ZZMC"] == "营业执照"
        assert [event["kind"] for event in found.value["events"]] == ["issue"]
    text = license_command("show", identifier, "--home", shared_city).out
    assert text.startswith(f"{identifier}  营业执照  白银市市场监督管理局（样例）  2026-03-02  正常")


def test_show_writes_the_sealed_file(shared_city: Path, identifier: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.pdf"
    assert license_command("show", identifier, "-o", copy, "--home", shared_city).code == 0
    assert copy.read_bytes() == (shared_city / "license.pdf").read_bytes()


def test_show_of_nothing_is_1(shared_city: Path, tmp_path: Path) -> None:
    nothing = license_command("show", "--number", "none", "-o", tmp_path / "x.pdf", "--home", shared_city)
    assert (nothing.code, nothing.out, nothing.err) == (1, "", "没有找到\n")
    assert not (tmp_path / "x.pdf").exists()
    assert license_command("show", "--number", "none", "--home", shared_city, "--json").out == ""


@pytest.mark.parametrize("keys", [[], ["x", "--number", "y"], ["--holder", "x", "--number", "y"]])
def test_show_takes_exactly_one_key(shared_city: Path, keys: list[str]) -> None:
    done = license_command("show", *keys, "--home", shared_city, "--json")
    assert (done.code, done.error["code"]) == (3, "lookup.one-key")


def test_show_writes_no_file_for_several(city: Path, tmp_path: Path) -> None:
    rows = batch_rows()[:2]
    for row in rows:
        row["holders"] = rows[0]["holders"]
    file = city / "batch.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert license_command("issue-batch", file, "--home", city).code == 0
    holder = rows[0]["holders"][0]["number"]
    done = license_command("show", "--holder", holder, "-o", tmp_path / "x.pdf", "--home", city, "--json")
    assert (done.code, done.error["code"], len(done.values)) == (3, "lookup.one", 2)
    assert not (tmp_path / "x.pdf").exists()


def test_print_writes_the_file_for_the_printer(shared_city: Path, identifier: str, tmp_path: Path) -> None:
    done = license_command("print", identifier, "-o", tmp_path / "paper.pdf", "--home", shared_city)
    assert (done.code, done.out) == (0, f"打印件：{tmp_path / 'paper.pdf'}\n")
    assert b"/ByteRange" not in (tmp_path / "paper.pdf").read_bytes()
    assert page_png((tmp_path / "paper.pdf").read_bytes())


def test_nothing_is_printed_of_what_is_unknown_or_revoked(city: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    unknown = license_command("print", f"{PREFIX}1", "-o", paper, "--home", city, "--json")
    assert (unknown.code, unknown.error["code"]) == (3, "license.unknown")
    identifier = issue(city, "--json").value["identifier"]
    license_command("revoke", identifier, "--reason", "样例", "--actor", "样例", "--home", city)
    revoked = license_command("print", identifier, "-o", paper, "--home", city, "--json")
    assert (revoked.code, revoked.error["code"]) == (3, "license.ended")
    assert not paper.exists()


def test_revoke_ends_a_licence(city: Path) -> None:
    pdf = city / "license.pdf"
    identifier = issue(city, "-o", pdf, "--json").value["identifier"]
    arguments = ["revoke", identifier, "--reason", "注销登记", "--actor", "样例·王五", "--home", city]
    done = license_command(*arguments, "--json")
    assert (done.code, done.value["identifier"], done.value["kind"]) == (0, identifier, "revoke")
    again = license_command(*arguments, "--json")
    assert (again.code, again.error["code"]) == (3, "event.not-allowed")
    judged = license_command("verify", pdf, "--home", city, "--json")
    assert (judged.code, judged.value["outcome"]) == (1, "NOT_IN_FORCE")
    shown = license_command("show", identifier, "--home", city, "--json").value
    assert (shown["state"], shown["events"][-1]["reason"]) == ("revoked", "注销登记")


# -- verifying, scanning -----------------------------------------------------------------------------------------------


def test_verify_a_file_in_either_language(shared_city: Path) -> None:
    pdf = shared_city / "license.pdf"
    zh = license_command("verify", pdf, "--home", shared_city)
    assert (zh.code, zh.out.splitlines()[0]) == (0, f"{pdf}: IN_FORCE 真实有效")
    assert "  seal.development: 使用开发测试印章，不具法律效力\n" in zh.out
    en = license_command("verify", pdf, "--home", shared_city, "--english")
    assert (en.code, en.out.splitlines()[0]) == (0, f"{pdf}: IN_FORCE Genuine and in force")


def test_verify_tells_the_outcomes_apart_by_exit_code(shared_city: Path, tmp_path: Path, identifier: str) -> None:
    pdf = (shared_city / "license.pdf").read_bytes()
    forged, picture, other = tmp_path / "forged.pdf", tmp_path / "picture.png", tmp_path / "other.txt"
    forged.write_bytes(pdf[:1000] + bytes([pdf[1000] ^ 1]) + pdf[1001:])
    picture.write_bytes(page_png(pdf))
    other.write_text("not a licence", encoding="utf-8")
    (text,) = license_command("qr", "scan", picture, "--json").value["texts"]

    def judged(*arguments: object) -> tuple[int, list[str]]:
        done = license_command("verify", *arguments, "--home", shared_city, "--json")
        return done.code, [value["outcome"] for value in done.values if "summary" not in value]

    assert judged(picture) == (0, ["IN_FORCE"])
    assert judged("--code", text) == (0, ["IN_FORCE"])
    assert judged("--identifier", identifier) == (0, ["IN_FORCE"])
    assert judged(forged) == (1, ["NOT_GENUINE"])
    assert judged(other) == (2, ["UNDETERMINED"])
    assert judged("--code", "https://example.com") == (2, ["UNDETERMINED"])
    assert judged("--identifier", f"{PREFIX}x") == (2, ["UNDETERMINED"])
    assert judged("--identifier", identifier, "--at", "2020-01-01") == (1, ["NOT_IN_FORCE"])
    assert judged(picture, other) == (2, ["IN_FORCE", "UNDETERMINED"])
    assert judged(other, forged, picture) == (1, ["UNDETERMINED", "NOT_GENUINE", "IN_FORCE"]), "proved false is worst"


def test_verify_judges_the_other_files_when_one_cannot_be_read(shared_city: Path) -> None:
    pdf = shared_city / "license.pdf"
    done = license_command("verify", shared_city / "none.pdf", pdf, "--home", shared_city, "--json")
    assert (done.code, done.error["code"], done.values[0]["outcome"]) == (3, "file.unreadable", "IN_FORCE")


def test_at_is_beijing_time(city: Path) -> None:
    pdf = city / "license.pdf"
    issue(city, "-o", pdf)
    done = license_command("verify", pdf, "--at", "2026-03-02T00:30:00", "--home", city, "--json")
    assert done.value["at"] == "2026-03-02T00:30:00+08:00"


def test_scan_reads_pictures_and_pages(shared_city: Path, tmp_path: Path, identifier: str) -> None:
    pdf, empty = shared_city / "license.pdf", tmp_path / "empty.png"
    empty.write_bytes(b"no picture")
    done = license_command("qr", "scan", pdf, empty, "--json")
    good, bad = done.values
    assert done.code == 2, "one of them was refused"
    assert [one["identifier"] for one in good["licenses"]] == [identifier]
    assert good["licenses"][0]["public"]["CZZT"] == "白银市样例商贸有限公司"
    assert good["licenses"][0]["record"] == "same"
    assert (bad["texts"], bad["error"]["code"]) == ([], "picture.malformed")
    text = license_command("qr", "scan", pdf).out
    assert text == f"{pdf}: {good['texts'][0]}\n"
    missing = license_command("qr", "scan", tmp_path / "none.png", "--json")
    assert (missing.code, missing.value["texts"], missing.value["error"]["code"]) == (3, [], "file.unreadable")


# -- numbers -----------------------------------------------------------------------------------------------------------

RIGHT = {
    "citizen-id": ["11010519491231002X", "440524188001010014", "110101199003078670", "440308199901101512",
                   "44040119580101000X", "610104620927690"],
    "hmt-residence-permit": ["810000199408230021", "830000199201300022"],
    "foreigner-permanent-residence-card": ["911398199012310021", "KAZ110090123105"],
    "credit-code": ["91350100M000100Y43", "91620100719023721L", "914403001922038216", "11100000000013127D",
                    "11100000MB0143028R", "11100000MB03271699", "11100000000019713D", "11100000000013338W"],
    "license-type-code": ["11100000000013127D001", "11100000MB0143028R001", "11100000MB03271699001",
                          "11100000MB03271699022", "11100000000019713D008", "11100000000013338W011"],
    "license-identifier": ["1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
                           "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
                           "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
                           "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0"],
}  # fmt: skip
WRONG = {
    "440308199901101513": ("citizen-id", "number.check"),
    "11010119900307867X": ("citizen-id", "number.check"),
    "111111199901101512": ("citizen-id", "number.province"),
    "440308199902301512": ("citizen-id", "number.date"),
    "44030819990110": ("citizen-id", "number.length"),
    "91350100M0001TGQXM": ("credit-code", "number.check"),
    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.G": ("license-identifier", "number.check"),
    "hello": ("unknown", "number.unknown"),
    "": ("unknown", "number.length"),
}


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind, numbers in RIGHT.items() for number in numbers])
def test_check_number_knows_the_samples_of_the_standards(kind: str, number: str) -> None:
    done = license_command("check-number", number, "--json")
    assert (done.code, done.value["kind"], done.value["valid"]) == (0, kind, True)
    assert number not in license_command("check-number", number).out, "a terminal's log needs no numbers of people"


@pytest.mark.parametrize("number", WRONG)
def test_check_number_says_what_is_wrong(number: str) -> None:
    done = license_command("check-number", number, "--json")
    assert (done.code, done.value["valid"]) == (1, False)
    assert (done.value["kind"], done.value["code"]) == WRONG[number]
    assert done.value["reason"]
    assert done.value["reason_zh"]
    assert not number or number not in done.out


def test_check_number_in_either_language() -> None:
    assert license_command("check-number", "440308199901101513").out.startswith("公民身份号码：")
    assert license_command("check-number", "440308199901101513", "--english").out.startswith("citizen-id: ")
    tomorrow = f"620402{datetime.now(UTC).year + 1}0101001"
    assert license_command("check-number", tomorrow, "--json").value["valid"] is False
