"""Codes, packed lists and GBK before the page's readers and ours: what one refuses, the other does, too.

The page's modules run under node, unchanged. `.ci/set-up test` installs it; what is missing fails.
"""

import json
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from page_judge.asked import ask
from proofs.cases import GOOD
from proofs.workshop import HEAD, LICENSE, canonical, claims_of, old_text_of, text_of, token, token_of

from license_lib.qr import QrError, decode
from license_lib.status import StatusBits, StatusListError

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "codes"
LETTERS = [0x41, 0xB7, 0x3A9, 0x4E00, 0x9FA5, 0x9FB4, 0x20BB7]
VALUES: tuple[Any, ...] = (
    0, 1, 2, 3, 4, -1, 23, 24, 2**16, 2**31, 2**32, 2**53, 2**64 - 1, -(2**40), 1_795_276_800, 253_402_272_000,
    -62_135_625_600, b"", b"\x00", b"12345678", bytes(32), bytes(33), b"\xb0\xd7\xd2\xf8", b"\x80", b"\xff\xff",
    "", "A", "白银", "𠮷", "é", "\ufeff白", [], [1], [3], [1, 5], [1_000_000, 0], [1, 2**20], {}, {"A": "b"}, {1: 2},
    True, None, 1.5, float("nan"), cbor2.CBORTag(1, 5),
)  # fmt: skip


def seeded() -> random.Random:
    """The same chance in every run."""
    return random.Random(20261122)  # noqa: S311 -- nothing here is secret


def ours(text: str) -> dict[str, Any]:
    try:
        proof = decode(text)
    except QrError as error:
        return {"refused": error.code}
    return {
        "identifier": str(proof.identifier),
        "issued_on": proof.issued_on.isoformat(),
        "valid_from": proof.valid_from.isoformat(),
        "valid_until": proof.valid_until.isoformat() if proof.valid_until else None,
        "digest": proof.digest.hex(),
        "public": dict(proof.public),
        "key_id": proof.key_id.hex(),
        "status": [proof.status.list_number, proof.status.index] if proof.status else None,
        "signed": proof.signed.hex(),
        "signature": "".join(f"{number:064x}" for number in decode_dss_signature(proof.signature)),
    }


def require_agreement(texts: list[str]) -> set[str]:
    """Both read all texts alike; which ends there were."""
    ends = set[str]()
    for text, said in zip(texts, ask("read", texts=texts), strict=True):
        expected = ours(text)
        assert said == expected, text
        ends.add(expected.get("refused", "good"))
    return ends


def test_every_vector_is_read_alike() -> None:
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(VECTORS.glob("*/case.json"))]
    assert len(cases) > 100
    assert require_agreement([one["text"] for one in cases]) == {one["expect"] for one in cases}


def test_texts_of_all_kinds_are_read_alike() -> None:
    text = GOOD["ordinary"]
    fragment = text.removeprefix(HEAD)
    around = ["", " ", "\n", "\x1c", "\x85", "\xa0", "\u2028", "\u3000", "\ufeff", "\u200b", "\x00"]
    texts = [f"{before}{text}{behind}" for before in around for behind in around]
    heads = ["HTTP://A/V#", "http://a/v#", "hTtPs://a:1/b/c/v#", "ftp://a/v#", "https://a#v#", "https:///v#", "//a/v#"]
    heads += ["https://a/V/#", "https://a/V?x=1#", "https://a b/V#", "https://a\u00a0b/V#", "http\u017f://a/V#", ""]
    heads += [f"https://{'a' * length}/V#" for length in (199, 200, 201)] + [f"https://{'𠮷' * 200}/V#"]
    texts += [head + fragment for head in heads]
    texts += [HEAD + ending for ending in ("1" * 99, "1" * 100, "9" * 2048, "1" * 2049, "\u212a" * 120, "K" * 40)]
    assert require_agreement(texts) >= {"good", "qr.foreign", "qr.malformed"}


def test_presentation_codes_are_told_from_others_alike() -> None:
    largest = str(2**128 - 1)
    digits = [
        "0" * 39,
        "1" * 39,
        largest,
        str(2**128),
        "9" * 39,
        "1" * 38,
        "1" * 40,
        "\u0661" * 39,
        "A" * 39,
        f"{largest} ",
    ]
    heads = ["HTTPS://A/P#", "http://a/p#", "https://a/b/P#", "https:///p#", "https://a#p#", "https://a b/P#", "//a/p#"]
    heads += [f"https://{'a' * length}/P#" for length in (199, 200, 201, 250)]
    assert require_agreement([head + ending for head in heads for ending in digits]) == {
        "qr.presentation",
        "qr.foreign",
    }


def changed_texts(chance: random.Random) -> Iterator[str]:
    """Good codes with other digits, and tokens with other bytes in the spelling of their version."""
    good = list(GOOD.values())
    for _ in range(400):
        text = chance.choice(good)
        at = chance.randrange(len(HEAD), len(text))
        yield text[:at] + chance.choice("0123456789AZ27az ") + text[at + 1 :]
        yield text[:at] + text[at + chance.randrange(1, 4) :]
        yield text[:at] + str(chance.randrange(10)) + text[at:]
        message = bytearray(token_of(text))
        message[chance.randrange(len(message))] ^= 1 << chance.randrange(8)
        yield (text_of if text.removeprefix(HEAD).isdecimal() else old_text_of)(bytes(message))


def signed_anew(chance: random.Random) -> Iterator[str]:
    """Right signatures over claims of all kinds, in deterministic CBOR and in other spellings."""
    good = list(GOOD.values())
    for _ in range(1200):
        text = chance.choice(good)
        claims = claims_of(text)
        for _ in range(chance.choice((1, 1, 2))):
            change(claims, chance)
        payload = canonical(claims) if chance.random() < 0.9 else cbor2.dumps(claims)
        spell = text_of if chance.random() < 0.5 else old_text_of
        yield spell(token(payload))


def change(claims: dict[Any, Any], chance: random.Random) -> None:
    claim = claims.get(LICENSE)
    kind = chance.randrange(6)
    if kind < 2 or not isinstance(claim, list) or not claim:
        claims[chance.choice([2, 4, 5, 6, 7, LICENSE, 1, "x"])] = chance.choice(VALUES)
    elif kind == 2:
        claims.pop(chance.choice(list(claims)), None)
    elif kind == 3:
        claim[chance.randrange(len(claim))] = chance.choice(VALUES)
    elif kind == 4:
        claim.append(chance.choice(VALUES))
    elif len(claim) > 2 and isinstance(claim[2], dict):
        claim[2][chance.choice(["ZZBH", "CZZT", "KZ_A", "a", "", "A" * 24, "A" * 25])] = chance.choice(VALUES)


@pytest.mark.parametrize("make", [changed_texts, signed_anew])
def test_thousands_of_wrong_codes_are_read_alike(make: Any) -> None:
    ends = require_agreement(list(make(seeded())))
    assert ends >= {"good", "qr.malformed"}


def test_texts_in_gbk_are_read_alike() -> None:
    """Pairs of bytes of every kind as a public text, signed: the shorter spelling of a text is the only one."""
    chance = seeded()
    texts = []
    for _ in range(600):
        claims = claims_of(GOOD["ordinary"])
        raw = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 7)))
        if chance.random() < 0.6:
            letters = "".join(chr(chance.choice(LETTERS)) for _ in range(3))
            claims[LICENSE][2]["CZZT"] = letters if chance.random() < 0.4 else letters.encode("gb18030")
        else:
            claims[LICENSE][2]["CZZT"] = raw
        texts.append(text_of(token(canonical(claims))))
    assert require_agreement(texts) == {"good", "qr.malformed"}


def test_gbk_is_the_same_table() -> None:
    expected = {}
    for number in range(0x8140, 0xFFFF):
        try:
            expected[str(number)] = number.to_bytes(2, "big").decode("gbk")
        except UnicodeDecodeError:
            continue
    assert ask("gbk") == {number: text for number, text in expected.items() if len(text) == 1}


def packed_lists(chance: random.Random) -> Iterator[bytes]:
    contents = [
        bytes(4096),
        bytes(chance.randrange(256) for _ in range(4096)),
        bytes(chance.choices(b"\0\1\4", k=4096)),
    ]
    for content in contents:
        for level in (0, 1, 6, 9):
            for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE):
                packing = zlib.compressobj(level, strategy=strategy)
                packed = packing.compress(content) + packing.flush()
                yield from (packed, packed[:-1], packed + b"\0", packed[:-4] + bytes(4), b"")
                for _ in range(30):
                    at = (
                        chance.randrange(min(len(packed), 80))
                        if chance.random() < 0.7
                        else chance.randrange(len(packed))
                    )
                    yield packed[:at] + bytes([chance.randrange(256)]) + packed[at + 1 :]
    for size in (0, 4095, 4097, 2**22):
        yield zlib.compress(bytes(size))


def test_packed_lists_are_unpacked_alike() -> None:
    packed = list(packed_lists(seeded()))
    said = ask("inflate", packed=[{"data": one.hex(), "size": 4096} for one in packed])
    good = 0
    for data, answer in zip(packed, said, strict=True):
        try:
            expected = StatusBits.read(data, bits=8, size=4096).packed.hex()
            good += 1
        except StatusListError:
            expected = None
        assert answer == expected
    assert good >= 48
