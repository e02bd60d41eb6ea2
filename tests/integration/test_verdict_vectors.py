"""A situation for every finding: tests/vectors/verdicts says which codes are reported, and how the verdict ends.

All findings are compared, notes as well, but for `seal.development`, which every licence of a development PKI has.
"""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from verdicts import of_files, of_issuers, of_logs, of_papers, of_presentations, of_seals, of_states
from verdicts.stage import SITUATIONS, Judged, Stage

from license_lib.authority import Authority
from license_lib.findings import CODES
from license_lib.issuing import Issued
from license_lib.verification import Verdict

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
FOLDERS = sorted(path.parent for path in (VECTORS / "verdicts").glob("*/case.toml"))
ROOMS = (of_files, of_seals, of_issuers, of_papers, of_logs, of_states, of_presentations)
ELSEWHERE = {
    **dict.fromkeys(
        (
            "paper.by-eye",
            "paper.code-place",
            "paper.differs",
            "paper.hidden-text",
            "paper.missing",
            "paper.more",
            "paper.no-face",
            "paper.sealed-file",
            "paper.seen-different",
            "paper.seen-same",
        ),
        "of paper, and no verdict on a document: test_paper_check and test_paper_command have each",
    ),
    "bundle.future": "of codes judged by a bundle, which have vectors of their own: tests/vectors/bundles",
    "bundle.stale": "the same",
    "picture.malformed": "an error of `license qr scan`; verification says input.unsupported (test_cli_commands)",
    "seal.annotated": "of a signature that allows annotations, as no licence's does",
    "seal.content-covered": "of a signature that allows further ones, as no licence's does",
    "seal.filled-otherwise": "of a signature that allows filling in, as no licence's does",
    "verification.incomplete": "a net below all steps: no way is known by which a step ends without saying why",
}
"""What no vector shows, and why."""


def case_of(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))


def reported(judged: Judged) -> list[str]:
    """Every code, each once, in order of the alphabet."""
    found = {finding.code for finding in judged.findings}
    if not isinstance(judged, Verdict):
        found |= {finding.code for one in judged.signatures for finding in one.findings}
    return sorted(found)


@pytest.fixture
def stage(
    master_home: Path, shared_authority: Authority, issued_licenses: dict[str, Issued], tmp_path: Path
) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(master_home, shared_authority, issued_licenses, tmp_path, stack)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_situation_is_reported_as_what_it_is(folder: Path, stage: Stage) -> None:
    case = case_of(folder)
    judged = SITUATIONS[folder.name](stage)
    expected = {"seal.development"} & {folder.name} | set(case["codes"])
    assert [code for code in reported(judged) if code != "seal.development" or code in expected] == sorted(expected)
    assert judged.outcome.value == case["outcome"]


def test_every_case_has_its_situation_and_says_what_it_is_for() -> None:
    assert {folder.name for folder in FOLDERS} == set(SITUATIONS)
    for folder in FOLDERS:
        case = case_of(folder)
        assert set(case) == {"title", "title_en", "idea", "codes", "outcome"}, folder.name
        assert folder.name in case["codes"]


def test_every_code_has_a_vector_or_a_reason_why_not() -> None:
    shown = {code for path in VECTORS.glob("attacks/*/case.toml") for code in case_of(path.parent)["codes"]}
    shown |= {code for folder in FOLDERS for code in case_of(folder)["codes"]}
    assert shown <= set(CODES)
    assert set(CODES) - shown == set(ELSEWHERE), "make a situation, or argue; drop an argument that is not needed"
