"""Every vector replayed: by validation, by verification, and the costly ones in a worker process within limits."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pytest
from attacks.honest import honest_files
from attacks.registry import attacks
from attacks.replay import open_verifier_of_vectors, trust_of_vectors, verifier_of_vectors
from attacks.revisions import bodies
from attacks.vectors import HONEST, LICENSES, VECTORS, Case, base_license, dissect, load_cases, rebuild, vector_moment
from attacks.workshop import Workshop

from license_lib.findings import CODES, Effect
from license_lib.qr.pictures import looks_like_pdf
from license_lib.verification import Outcome, Verdict
from license_lib.verification.confinement import ConfinedVerifier
from license_lib.verification.verdict import DOCUMENT_PROOFS
from license_lib.verification.workers import Limits
from signing.reports import Indication
from signing.validation import validate

LIMITS = Limits(seconds=10, memory=1 << 30)
CASES = load_cases()
CONTROLS = load_cases(HONEST)
MOST_BYTES = 2_500_000


@pytest.fixture(scope="module")
def confined() -> Iterator[ConfinedVerifier]:
    with ConfinedVerifier(open_verifier_of_vectors, limits=LIMITS, workers=1, method="fork") as verifier:
        yield verifier


def decisive(codes: tuple[str, ...]) -> list[str]:
    """The codes that speak against a licence, in order; a code that is not in the table does."""
    return [code for code in codes if code not in CODES or CODES[code].effect is not Effect.NOTE]


def judged(case: Case, file: bytes, confined: ConfinedVerifier) -> Verdict:
    return (confined if case.confined else verifier_of_vectors()).verify(file, at=vector_moment())


def first_reason(case: Case, file: bytes, verdict: Verdict) -> str:
    """The first finding that decides: the seal's own, if it is a PDF and its seal does not pass."""
    if looks_like_pdf(file) and not case.confined:
        report = validate(file, trust=trust_of_vectors(), at=vector_moment())
        assert report.covered == verdict.intact
        if report.indication is not Indication.TOTAL_PASSED:
            return decisive(report.codes)[0]
        assert case.sound_seal, "a seal that must not pass"
    return decisive(tuple(finding.code for finding in verdict.findings))[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_attack_is_refused_for_its_own_reason(case: Case, confined: ConfinedVerifier) -> None:
    file = case.file
    verdict = judged(case, file, confined)
    assert verdict.outcome is not Outcome.IN_FORCE
    assert verdict.outcome.value in case.outcomes
    assert first_reason(case, file, verdict) in case.codes
    if case.readable == "revision":
        assert verdict.intact
        assert file.startswith(verdict.intact)
        assert verdict.intact != file
    else:
        readable = {"base": base_license(case.base), "file": file, "nothing": b""}[case.readable]
        assert verdict.intact == readable or (case.confined and not verdict.intact)


def is_well_made(case: Case) -> bool:
    """An update that any reader takes, unlike those that are bent on purpose."""
    bent = case.confined or case.name == "encryption-added" or "seal.coverage" in case.codes
    return case.readable == "base" and not bent and not attacks()[case.name].make.__module__.endswith("on_structure")


@pytest.mark.parametrize("case", [case for case in CASES if is_well_made(case)], ids=lambda case: case.name)
def test_an_update_is_one_for_another_reader_too(case: Case) -> None:
    """What no reader can open attacks nobody: qpdf sees another document, and needs no repair to see it."""
    with (
        pikepdf.open(BytesIO(base_license(case.base))) as before,
        pikepdf.open(BytesIO(case.file), attempt_recovery=False) as after,
    ):
        assert bodies(before) != bodies(after)


@pytest.mark.parametrize("case", CONTROLS, ids=lambda case: case.name)
def test_an_honest_file_is_in_force(case: Case, confined: ConfinedVerifier) -> None:
    verdict = judged(case, case.file, confined)
    assert verdict.intact == base_license(case.base)
    assert verdict.outcome is Outcome.IN_FORCE
    assert verdict.proved == frozenset(DOCUMENT_PROOFS)


def test_every_vector_is_another_file() -> None:
    files = {case.name: case.file for case in (*CASES, *CONTROLS) if not case.confined}
    originals = {base_license(name) for name in LICENSES}
    assert [name for name, file in files.items() if file in originals and not name.startswith("untouched-")] == []
    assert len(set(files.values())) == len(files)


def test_every_vector_has_its_surgeon() -> None:
    assert {case.name for case in CASES} == set(attacks())
    assert {case.name for case in CONTROLS} == set(honest_files())
    assert len(CASES) >= 60


def test_every_code_that_is_refused_with_is_in_the_table() -> None:
    assert {code for case in CASES for code in case.codes} <= set(CODES)


def test_the_vectors_are_small() -> None:
    assert sum(path.stat().st_size for path in VECTORS.rglob("*") if path.is_file()) < MOST_BYTES


def test_a_file_survives_its_dissection() -> None:
    licence = base_license("business")
    for file in (
        b"",
        b"x",
        licence,
        licence[:-100],
        b"\n" * 5000 + licence[::-1],
        licence * 2,
        bytes(range(256)) * 300,
    ):
        assert rebuild(dissect(file)) == file


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.furnished(tmp_path_factory.mktemp("workshop"))


ONE_OF_EACH = {made.make.__module__: name for name, made in sorted(attacks().items())}


@pytest.mark.parametrize("name", ONE_OF_EACH.values())
def test_the_surgeon_still_operates(name: str, workshop: Workshop) -> None:
    """Vectors are made once; this shows that they could be made again, one of every kind."""
    made = attacks()[name].make(workshop)
    assert made not in {issued.pdf for issued in workshop.licenses.values()}
    verdict = workshop.authority.verifier.verify(made, at=vector_moment())
    assert verdict.outcome is not Outcome.IN_FORCE
