"""Our codes before COSE libraries of others: `cwt` for Python, and `cose-js` under node, which shares no line with us.

`.ci/set-up test` installs both. What is missing fails.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import cbor2
import cwt
import pytest
import zxingcpp
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image, ImageOps
from proofs.cases import GOOD, MALFORMED
from proofs.workshop import IDENTIFIER, KEY, KEY_ID, claims_of, make, token_of
from pyzbar import pyzbar

from license_lib.code_size import QUIET_ZONE
from license_lib.qr import decode
from license_lib.rendering.qr_drawing import qr_matrix

JUDGE = Path(__file__).resolve().parents[1] / "npm" / "judge_codes.cjs"
VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "codes"
OTHER_BYTES = ("the-last-digit-lost", "a-signature-of-zeros")
"""Of the wrong codes those that no right signature holds together; the others are signed, and only strictness tells."""


def judged(texts: list[str], pairs: list[str] | None = None) -> dict[str, Any]:
    assert (JUDGE.parent / "node_modules").is_dir(), "its libraries are missing: .ci/set-up test installs them"
    numbers = KEY.public_key().public_numbers()
    key = {"x": f"{numbers.x:064x}", "y": f"{numbers.y:064x}"}
    asked = json.dumps({"key": key, "texts": texts, "pairs": pairs or []})
    done = subprocess.run(["node", str(JUDGE)], input=asked, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_node_reads_every_good_code_as_we_do() -> None:
    said = judged(list(GOOD.values()))["said"]
    for name, one in zip(GOOD, said, strict=True):
        expected = json.loads((VECTORS / name / "case.json").read_text(encoding="utf-8"))["says"]
        assert one == expected, name


def test_a_browser_keeps_the_code_in_the_address() -> None:
    """Scheme and host become small letters; path and fragment, all that a reader needs, stay as they are."""
    texts = list(GOOD.values())
    for text, address in zip(texts, judged(texts)["addresses"], strict=True):
        assert address.partition("#")[2] == text.partition("#")[2]
        assert decode(address).signed == decode(text).signed


@pytest.mark.parametrize("name", GOOD)
def test_two_readers_find_the_very_text_that_was_drawn(name: str) -> None:
    matrix = qr_matrix(GOOD[name])
    side = len(matrix)
    rows = b"".join(bytes(255 * (1 - module) for module in row) for row in matrix)
    symbol = ImageOps.expand(Image.frombytes("L", (side, side), rows), QUIET_ZONE, 255).resize(((side + 8) * 4,) * 2, 0)
    assert [one.text for one in zxingcpp.read_barcodes(symbol)] == [GOOD[name]]
    assert [one.data.decode() for one in pyzbar.decode(symbol)] == [GOOD[name]]


def test_node_does_not_verify_what_was_changed() -> None:
    text = make()
    start = text.index("#") + 1
    changed = [f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}" for at in range(start + 9, len(text), 7)]
    assert all("refused" in one for one in judged(changed)["said"])
    assert all("refused" in one for one in judged([MALFORMED[name] for name in OTHER_BYTES])["said"])


def test_gbk_means_the_same_to_browsers() -> None:
    """Every pair of bytes that we may write is the same character to the decoder of the web (WHATWG Encoding)."""
    ours = {}
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                character = bytes((first, second)).decode("gbk")
            except UnicodeDecodeError:
                continue
            if character.encode("gbk") == bytes((first, second)):
                ours[f"{first:02x}{second:02x}"] = character
    assert len(ours) > 21_000
    assert judged([], list(ours))["pairs"] == list(ours.values())


@pytest.mark.parametrize("name", GOOD)
def test_a_library_for_python_verifies_every_good_code(name: str) -> None:
    key = cwt.COSEKey.from_pem(
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), alg="ES256", kid=KEY_ID
    )
    payload = cbor2.loads(cwt.COSE.new().decode(token_of(GOOD[name]), key))
    assert payload == claims_of(GOOD[name])


def test_it_is_a_web_token_to_a_library_of_web_tokens() -> None:
    """RFC 8392: the registered claims have the types that the standard gives them."""
    key = cwt.COSEKey.from_pem(
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), alg="ES256", kid=KEY_ID
    )
    claims = cwt.CWT.new().decode(token_of(make(valid_until=None)), key)
    assert isinstance(claims, dict)
    assert int.from_bytes(claims[7], "big") == int("1" + IDENTIFIER.compact(), 36)
