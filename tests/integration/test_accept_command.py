"""`license accept`: verdict and business rules side by side, no number on the command line or in the output."""

import io
import sys
from pathlib import Path

import pytest
from integration.test_cli_commands import issue
from support import Done, license_command

ITEMS = (Path(__file__).resolve().parents[2] / "docs" / "acceptance.md").read_text(encoding="utf-8")
HOLDER, STRANGER = "91620402ma0000000q", "620402199506120001"


@pytest.fixture
def licensed(city: Path) -> Path:
    """A home with the rules of the page's example and a 营业执照."""
    (city / "service_items.toml").write_text(ITEMS.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    assert issue(city, "-o", city / "license.pdf").code == 0
    return city


def accepted(home: Path, number: str, *more: object, item: str = "620400-catering", file: str = "license.pdf") -> Done:
    (home / "applicant.txt").write_text(number + "\n", encoding="utf-8")
    given = ["--item", item, "--applicant-file", home / "applicant.txt", "--home", home]
    return license_command("accept", home / file, *given, *more, passphrase=None)


def test_the_holder_is_accepted_and_nobody_else(licensed: Path) -> None:
    yes = accepted(licensed, HOLDER, "--json")
    assert (yes.code, yes.value["decision"], yes.value["findings"]) == (0, "ACCEPTED", [])
    assert yes.value["verdict"]["outcome"] == "IN_FORCE"
    no = accepted(licensed, STRANGER, "--until", "2099-01-01", "--json")
    assert (no.code, [one["code"] for one in no.value["findings"]]) == (1, ["acceptance.holder"])
    assert no.value["verdict"]["outcome"] == "IN_FORCE", "the rules do not change the verdict"
    for done in (yes, no, accepted(licensed, STRANGER), accepted(licensed, STRANGER, "--english")):
        assert STRANGER not in done.out + done.err
        assert HOLDER.upper() not in done.out.replace('"number": "91620402MA0000000Q"', ""), "the licence number alone"


def test_a_changed_file_is_accepted_for_nothing(licensed: Path) -> None:
    pdf = (licensed / "license.pdf").read_bytes()
    (licensed / "changed.pdf").write_bytes(pdf.replace(b"/Type/Page/", b"/Type/Pagf/", 1))
    changed = accepted(licensed, HOLDER, "--json", file="changed.pdf")
    assert (changed.code, [one["code"] for one in changed.value["findings"]]) == (1, ["acceptance.not-in-force"])
    (licensed / "text.pdf").write_bytes(b"a text")
    text = accepted(licensed, HOLDER, file="text.pdf")
    assert text.code == 2
    assert "无法判定" in text.out
    assert "请提供PDF文件或图片" in text.out, "what the verdict says is said too"


def test_numbers_come_through_stdin_too(licensed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["--item", "620400-catering", "--applicant-file", "-", "--home", licensed, "--json"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HOLDER.encode())))
    assert license_command("accept", licensed / "license.pdf", *given).code == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    refused = license_command("accept", licensed / "license.pdf", *given)
    assert (refused.code, refused.error["code"]) == (3, "file.encoding")


def test_what_is_wrong_with_the_question_is_usage(licensed: Path) -> None:
    def error(*arguments: str, item: str = "620400-catering") -> str:
        done = accepted(licensed, *arguments, "--json", item=item)
        assert done.code == 3
        return str(done.error["code"])

    assert error(HOLDER, item="nosuch") == "service-item.unknown"
    assert error(" ") == "applicant.missing"
    assert error(HOLDER, "--until", "31.12.2026") == "usage"
    (licensed / "service_items.toml").unlink()
    assert error(HOLDER) == "service-items.missing"
