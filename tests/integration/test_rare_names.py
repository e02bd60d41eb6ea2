"""Names as people bear them, from the request to the sealed file: printed, found again, and in force."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from standards_judge import faults
from support import example_request

from license_lib.authority import Authority
from license_lib.errors import InputError
from license_lib.licenses.request import LicenseRequest

RARE = "张𬎆𠮷䶮㛃𫖯𠅤"
GENERAL = Path(__file__).resolve().parents[1] / "data" / "general_standard_characters.txt"
LAST = GENERAL.read_text(encoding="utf-8").replace("\n", "")[-50:]
NAMES = {
    "beyond the basic plane": RARE,
    "of a minority": "阿卜杜热西提·买买提依明·吐尔逊",
    "of fifty characters": LAST,
    "compatibility ideographs": "\uf900\ufa11\U0002f81a",
}


def held_by(name: str) -> LicenseRequest:
    request = example_request("residence-permit")
    return replace(request, holders=(replace(request.holders[0], name=name),))


@pytest.fixture
def printed(tmp_path: Path) -> Callable[[bytes], str]:
    """What a PDF says, as poppler reads it, without spaces."""

    def read(pdf: bytes) -> str:
        (tmp_path / "licence.pdf").write_bytes(pdf)
        done = subprocess.run(["pdftotext", "-raw", tmp_path / "licence.pdf", "-"], capture_output=True, check=True)
        return "".join(done.stdout.decode().split())

    return read


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_printed_found_and_verified(authority: Authority, printed: Callable[[bytes], str], name: str) -> None:
    issued = authority.issue(held_by(name))
    assert issued.license.holders[0].name == name
    assert name in printed(issued.pdf)
    # An archive time-stamp behind the seal ends the seal's byte range before the file's end, as it must.
    assert faults(issued.pdf, "pdfa-3u") <= {"PDFA3U-SIGNATURE-BYTERANGE-001"}
    assert authority.verify(issued.pdf).outcome.value == "IN_FORCE"


def test_what_an_old_system_left_in_a_name_is_mended(authority: Authority, printed: Callable[[bytes], str]) -> None:
    left_over = b"\xd5\xc5\xfe\x59\xa8\xbc".decode("gb18030")  # 张, and two characters that Python leaves private
    issued = authority.issue(held_by(f"{left_over}⽩⻢e\u0301"))
    assert issued.license.holders[0].name == "张龴ḿ白马é"
    assert "张龴ḿ白马é" in printed(issued.pdf)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("张\ue123", "private use"),
        ("张\U000e0100", "variation selector"),
        ("张⿰", "describes a character"),
        ("张□", "stands for a lost character"),
    ],
)
def test_what_cannot_be_mended_is_named_by_place_and_kind(authority: Authority, name: str, kind: str) -> None:
    with pytest.raises(InputError) as error:
        authority.issue(held_by(name))
    assert f"holders[0].name: character 2 (U+{ord(name[1]):04X})" in str(error.value)
    assert kind in str(error.value)
    assert "张" not in str(error.value)


def test_a_character_of_no_font_is_refused_before_anything_is_recorded(authority: Authority) -> None:
    with pytest.raises(InputError) as error:
        authority.issue(held_by("张\U00020000"))
    assert "character 2, U+20000 (no font has it)" in str(error.value)
    assert authority.repository.count() == 0
