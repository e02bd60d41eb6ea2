"""A few seconds of fuzzing from a fixed seed, and a check that the fuzzer finds what is there to be found."""

from pathlib import Path
from random import Random

import pytest
from attacks.vectors import HONEST, Case, base_license, load_cases
from fuzz.evidence_judge import only_evidence_was_added, same_but_for_gaps
from fuzz.mutations import mutate, respell_gap
from fuzz.structured import fuzz
from fuzz.targets import TARGETS, BrokenPropertyError, Target, issued

INPUTS = {
    "validate": 60,
    "verify": 25,
    "container": 4000,
    "time-stamp": 3000,
    "der": 400,
    "code": 1500,
    "record": 4000,
    "bundle": 600,
}
FOUND = sorted((Path(__file__).resolve().parents[1] / "vectors" / "fuzz").glob("*/*"))
HONEST_FILES = {case.name: case.file for case in load_cases(HONEST)}
ATTACKS_ON_EVIDENCE = [
    case
    for case in load_cases()
    if case.readable == "base" and not case.confined and case.name.startswith(("store-", "archive-", "changed-"))
]
BEYOND_OBJECTS = {
    "archive-of-another-licence",
    "archive-by-a-stranger",
    "archive-by-the-seal-key",
    "archive-of-nothing",
    "archive-over-the-sealed-revision-only",
    "archive-padded-with-something",
    "archive-type-with-a-seal-in-it",
    "changed-and-changed-back",
}
"""What is wrong with these, the objects of the last revision do not tell: the token in the gap does, or the history."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_in_a_few_inputs(name: str) -> None:
    tally = fuzz(TARGETS[name], Random(20261122), lambda tally: tally.tried < INPUTS[name], bounded=False)
    assert tally.crashes == {}
    assert tally.tried == INPUTS[name]


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_fuzzing_found_breaks_nothing_any_more(path: Path) -> None:
    TARGETS[path.parent.name].run(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_the_same_seed_tries_the_same_inputs(name: str) -> None:
    def some(seed: int) -> list[bytes]:
        random = Random(seed)
        return [mutate(TARGETS[name].seeds()[0], random, TARGETS[name].mutations) for _ in range(8)]

    assert some(1) == some(1) != some(2)
    assert len(set(some(1))) > 4


def test_what_breaks_is_kept_once_by_its_place() -> None:
    def run(data: bytes) -> None:
        if data:
            raise BrokenPropertyError("it has bytes")

    tally = fuzz(
        Target(run, issued, TARGETS["der"].mutations), Random(1), lambda tally: tally.tried < 20, bounded=False
    )
    assert tally.tried == 20
    assert len(tally.crashes) == 1


@pytest.mark.parametrize("name", HONEST_FILES)
def test_the_judge_of_evidence_lets_evidence_pass(name: str) -> None:
    sealed = next(pdf for pdf in issued() if HONEST_FILES[name].startswith(pdf))
    assert only_evidence_was_added(sealed, HONEST_FILES[name])


@pytest.mark.parametrize("case", ATTACKS_ON_EVIDENCE, ids=lambda case: case.name)
def test_the_judge_of_evidence_sees_what_is_none(case: Case) -> None:
    assert only_evidence_was_added(base_license(case.base), case.file) == (case.name in BEYOND_OBJECTS)


def test_a_gap_spelt_otherwise_is_the_same_seal() -> None:
    pdf = issued()[0]
    respelt = {respell_gap(pdf, Random(seed)) for seed in range(20)}
    assert any(same_but_for_gaps(pdf, one) and pdf != one for one in respelt)
    assert not same_but_for_gaps(pdf, pdf.replace(b"%PDF-1.7", b"%PDF-1.6"))
