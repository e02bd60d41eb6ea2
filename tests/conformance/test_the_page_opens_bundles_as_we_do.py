"""Offline bundles in the browser and in Python: the same are opened, and the same is said by them.

The page's modules run under node, unchanged. `.ci/set-up test` installs it; what is missing fails.
"""

import base64
import hashlib
import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from page_judge.asked import ask

from license_lib.bundle import open_bundle, pinned
from license_lib.errors import InputError

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bundles"
SIGNER = (VECTORS / "signer.der").read_bytes()
HEADS = {"with-the-head-of-another-log", "with-a-head-by-another-name"}
"""The page leaves the log's head alone: Ed25519 is not in browsers of 2019, and no verdict on a code stands on it."""
FOLDERS = sorted(VECTORS.glob("*/"))


def question(data: bytes, case: dict[str, Any], base: bytes | None = None) -> dict[str, Any]:
    now = datetime.fromisoformat(case.get("now", "2026-11-23T04:00:00+00:00"))
    return {
        "data": base64.b64encode(data).decode(),
        "base": base64.b64encode(base).decode() if base is not None else None,
        "pins": [hashlib.sha256(SIGNER).hexdigest()],
        "now": round(now.timestamp() * 1000),
        "max_staleness": case.get("max_staleness_seconds", 86400) * 1000,
        "texts": [code["text"] for code in case.get("codes", ())],
    }


def milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Of every vector: what is expected, and what the page says."""
    cases = {folder: json.loads((folder / "case.json").read_text(encoding="utf-8")) for folder in FOLDERS}
    asked = [
        question(
            (folder / "file.bundle").read_bytes(),
            case,
            (folder / "base.bundle").read_bytes() if (folder / "base.bundle").exists() else None,
        )
        for folder, case in cases.items()
    ]
    said = ask("bundles", bundles=asked)
    return {folder.name: (case, one) for (folder, case), one in zip(cases.items(), said, strict=True)}


@pytest.mark.parametrize("name", [folder.name for folder in FOLDERS if folder.name not in HEADS])
def test_every_vector_gives_what_is_written_there(
    answers: dict[str, tuple[dict[str, Any], dict[str, Any]]], name: str
) -> None:
    case, said = answers[name]
    if case["expect"] != "good":
        assert said == {"refused": case["expect"]}
        return
    told = case["says"]
    assert (said["digest"], said["sha256"]) == (case["digest"], case["sha256"])
    assert (said["list_id"], said["sequence"], said["parts"]) == (told["list_id"], told["sequence"], told["parts"])
    assert (said["made"], said["good_until"]) == (milliseconds(told["made"]), milliseconds(told["good_until"]))
    for code, verdict in zip(case["codes"], said["verdicts"], strict=True):
        findings = sorted(finding["code"] for finding in verdict["findings"])
        assert (verdict["outcome"], findings) == (code["outcome"], code["findings"]), code["name"]


def test_the_head_of_the_log_is_not_read(answers: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    assert {answers[name][0]["expect"] for name in HEADS} == {"bundle.format"}
    assert all("digest" in answers[name][1] for name in HEADS)


def test_a_stale_bundle_says_of_when_it_is(answers: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    case, said = answers["that-has-ended"]
    (finding,) = [one for one in said["verdicts"][0]["findings"] if one["code"] == "bundle.stale"]
    assert finding["params"]["date"] == case["says"]["made"]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A bundle with a byte changed, left out, added or moved, where the manifest and the headers of parts are."""
    changed = bytearray(data)
    at = chance.randrange(min(len(data), 1400))
    match chance.randrange(4):
        case 0:
            changed[at] ^= 1 << chance.randrange(8)
        case 1:
            del changed[at : at + chance.randrange(1, 4)]
        case 2:
            changed[at:at] = chance.randbytes(chance.randrange(1, 4))
        case _:
            other = chance.randrange(len(data))
            changed[at], changed[other] = changed[other], changed[at]
    return bytes(changed)


def test_hundreds_of_wrong_bundles_are_refused_alike() -> None:
    """By a mutation of every byte of a manifest, and of many between; the same ones are opened, if any is."""
    chance = random.Random(6)  # noqa: S311 - a run is told by its seed
    whole = (VECTORS / "an-ordinary-one" / "file.bundle").read_bytes()
    files = [mutated(whole, chance) for _ in range(600)] + [whole]
    ours = []
    for data in files:
        try:
            ours.append(open_bundle(data, pinned(SIGNER)).bundle.signed.sha256.hex())
        except InputError as error:
            ours.append(error.code)
    page = [one.get("digest") or one["refused"] for one in ask("bundles", bundles=[question(one, {}) for one in files])]
    assert page == ours
    assert len(set(ours)) >= 4, "for several reasons"
