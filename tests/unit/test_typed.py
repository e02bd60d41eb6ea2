"""What a keyboard scanner types, however the keyboard stands: mended where that is safe, else refused with a reason."""

import json
from datetime import date
from pathlib import Path

import pytest

from license_lib.counter import TypedKind, read_typed
from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier, NumberError
from license_lib.qr import encode, is_presentation, is_proof
from license_lib.qr.presented import presentation_text

CODE = encode(
    identifier=LicenseIdentifier.build("11100000MB0143028R001", "11620400000000102W", "20260302TEST"),
    issued_on=date(2026, 3, 2),
    valid_from=date(2026, 3, 2),
    valid_until=None,
    digest=bytes(range(32)),
    public={"CZZT": "白银市样例商贸有限公司"},
    key_id=bytes(8),
    sign=lambda _: bytes.fromhex("3006020101020101"),
    base_url="https://license.example",
)
DIGITS = CODE.partition("#")[2]
PRESENTED = presentation_text(bytes(range(16)), "https://license.example")
IDENTIFIER = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        f"  {CODE}\r\n",
        CODE.lower(),
        full_width(CODE),
        full_width(CODE.lower()),
        CODE.replace("#", ""),
        CODE.replace("#", "£"),
        CODE.replace("#", "\\"),
        "\ufeff" + CODE,
        "HTTPSÖ--LICENSE.EXAMPLE-V§" + DIGITS,  # a German layout
        DIGITS,  # the beginning went to another field
        f"{CODE[:60]}\n{CODE[60:]}",
    ],
)
def test_a_code_is_recognised_whatever_the_keyboard_did_to_it(typed: str) -> None:
    found = read_typed(typed)
    assert found.kind is TypedKind.CODE
    assert is_proof(found.value)
    assert found.value.partition("#")[2] == DIGITS, "not a digit is guessed"
    assert found.mended == (typed.strip() not in {CODE, CODE.lower()})


def test_a_code_of_before_has_one_case() -> None:
    """Of those that were printed before, in base32: capitals, whatever caps lock made of them."""
    vector = Path(__file__).parents[1] / "vectors" / "codes" / "old-in-a-list" / "case.json"
    text = json.loads(vector.read_text(encoding="utf-8"))["text"]
    found = read_typed(text.lower())
    assert (found.kind, found.value.partition("#")[2], found.mended) == (TypedKind.CODE, text.partition("#")[2], True)


@pytest.mark.parametrize("typed", [PRESENTED, PRESENTED.lower(), full_width(PRESENTED), PRESENTED.replace("#", "")])
def test_a_presentation_code(typed: str) -> None:
    found = read_typed(typed)
    assert found.kind is TypedKind.PRESENTATION
    assert is_presentation(found.value)
    assert found.value[-39:] == PRESENTED[-39:]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "typed.empty"),
        (" \t\u3000", "typed.empty"),
        ("1" * 4097, "typed.too-long"),
        (CODE[:60], "typed.incomplete"),
        (CODE[:-1], "typed.incomplete"),
        (CODE[:90] + CODE[91:], "typed.incomplete"),
        ("7" * 60, "typed.incomplete"),
        ("https://license.example/", "typed.incomplete"),
        ("HTTPS://LICENSE.EXAMPLE/V#" + "0" + DIGITS, "typed.incomplete"),
        ("https：//license。example/v#你好" + DIGITS[:50], "typed.input-method"),
    ],
)
def test_what_did_not_come_through_is_said(typed: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_typed(typed)
    assert refused.value.code == code
    assert DIGITS[:50] not in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (IDENTIFIER, TypedKind.IDENTIFIER, IDENTIFIER),
        (full_width(IDENTIFIER.lower()), TypedKind.IDENTIFIER, IDENTIFIER),
        (" 62040219750612007x ", TypedKind.NUMBER, "62040219750612007x"),
        ("６２０４０２１９７５０６１２００７Ｘ", TypedKind.NUMBER, "６２０４０２１９７５０６１２００７Ｘ"),
        ("91620402ma0000000q", TypedKind.NUMBER, "91620402ma0000000q"),
        ("91620402MA0000001Q", TypedKind.NUMBER, "91620402MA0000001Q"),  # may be on record with a wrong check
        ("JY16204020000001", TypedKind.NUMBER, "JY16204020000001"),
        ("甘（2026）白银市不动产权第0000001号", TypedKind.NUMBER, "甘（2026）白银市不动产权第0000001号"),
    ],
)
def test_identifiers_and_numbers(typed: str, kind: TypedKind, value: str) -> None:
    found = read_typed(typed)
    assert (found.kind, found.value) == (kind, value)
    assert value not in repr(found)


@pytest.mark.parametrize("typed", ["620402197506120071", IDENTIFIER[:-1] + "A", "1.2.156.3005.2.x"])
def test_a_mistyped_number_is_told_before_anybody_looks_it_up(typed: str) -> None:
    with pytest.raises(NumberError) as refused:
        read_typed(typed)
    assert typed not in str(refused.value) + refused.value.message_zh
