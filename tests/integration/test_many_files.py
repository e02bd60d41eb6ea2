"""Many files at once: answers in the order of the files, several workers, and each fault is one file's own."""

import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.test_confinement import PATIENT, QUICK, codes, obedient, open_dead, open_nothing
from support import NOON, Done, license_command

from license_lib.authority import Authority
from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.issuing import Issued
from license_lib.verification import Verdict
from license_lib.verification.confinement import ConfinedVerifier
from license_lib.verification.many import _AHEAD


def read(name: str) -> bytes:
    """The file that its name tells; one is not there."""
    if name == "gone":
        raise InputError("file.unreadable", "gone: No such file or directory")
    return name.encode()


def judged(verifier: ConfinedVerifier, *names: str) -> list[Verdict | LicenseError]:
    """The answers, after a look at their order."""
    answers = list(verifier.verify_each(names, read, at=NOON))
    assert [name for name, _ in answers] == list(names)
    return [answer for _, answer in answers]


def said(answer: Verdict | LicenseError) -> str:
    return answer.code if isinstance(answer, LicenseError) else codes(answer)[0]


def test_what_is_wrong_with_a_file_is_its_own_answer_in_its_place() -> None:
    names = ["a", "hang", "gone", "die", "b", "fault", "locked", "lambda", "c"]
    with obedient(QUICK, workers=3) as verifier:
        answers = judged(verifier, *names)
    assert dict(zip(names, map(said, answers), strict=True)) == {
        "a": "verification.incomplete",
        "hang": "verification.overrun",
        "gone": "file.unreadable",
        "die": "verification.overrun",
        "b": "verification.incomplete",
        "fault": "verification.fault",
        "locked": "storage.locked",
        "lambda": "verification.fault",
        "c": "verification.incomplete",
    }
    assert multiprocessing.active_children() == []


def test_files_are_judged_in_several_processes_at_once() -> None:
    """A file that hangs holds up its successors' answers, not their examination: another process has them ready."""
    asked: list[str] = []

    def names() -> Iterator[str]:
        for name in ("hang", *"abcdefgh"):
            asked.append(name)
            yield name

    with obedient(QUICK, workers=2) as verifier:
        answers = verifier.verify_each(names(), read, at=NOON)
        name, first = next(answers)
        assert (name, said(first)) == ("hang", "verification.overrun")
        assert "".join(asked[1:]) == "abcdefgh", "the second worker went on with the others"
        processes = {one.findings[0].params["step"] for _, one in answers if isinstance(one, Verdict)}
    assert len(processes) == 1, "and nobody else had a turn"


def test_one_worker_judges_one_file_after_the_other_in_the_same_process() -> None:
    with obedient(PATIENT, workers=1) as verifier:
        answers = judged(verifier, *"abc")
    assert len({one.findings[0].params["step"] for one in answers if isinstance(one, Verdict)}) == 1


def test_no_more_is_read_than_may_wait() -> None:
    """A batch of any length takes bounded memory, also while its first file hangs."""
    large = bytes(_AHEAD // 4)
    taken = 0

    def counted(name: int) -> bytes:
        nonlocal taken
        taken += 1
        return b"hang" if name == 0 else large

    with obedient(QUICK, workers=2) as verifier:
        answers = verifier.verify_each(range(1000), counted, at=NOON)
        next(answers)
        assert taken < 10
        answers.close()  # type: ignore[attr-defined]  # a generator: whoever stops reading leaves no worker
    assert multiprocessing.active_children() == []


def test_nothing_given_is_nothing_answered() -> None:
    with obedient(PATIENT, workers=2) as verifier:
        assert judged(verifier) == []
        assert multiprocessing.active_children() == []


def test_a_judge_that_cannot_be_opened_ends_it_all() -> None:
    with obedient(PATIENT, opener=open_nothing) as nothing, pytest.raises(InputError) as refused:
        judged(nothing, "a", "b")
    assert refused.value.code == "template.invalid"
    with obedient(PATIENT, opener=open_dead) as dead, pytest.raises(MachineError) as broken:
        judged(dead, "a", "b")
    assert broken.value.code == "verification.worker"
    assert multiprocessing.active_children() == []


# -- on the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def files(shared_authority: Authority, business: Issued, tmp_path: Path) -> list[Path]:
    """A true licence, a changed one, a text, nothing, a file that is not there, and the true one again."""
    assert shared_authority
    contents = [business.pdf, business.pdf.replace(b"/Type/Page/", b"/Type/Pagf/", 1), b"neither", None, business.pdf]
    paths = [tmp_path / f"{number}.pdf" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        if content is not None:
            path.write_bytes(content)
    return paths


def verify(authority: Authority, *arguments: object) -> Done:
    return license_command("verify", *arguments, "--home", authority.settings.home, "--at", "2026-11-22T12:00:00")


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_summary_counts_every_outcome(shared_authority: Authority, files: list[Path], jobs: str) -> None:
    done = verify(shared_authority, *files, "--jobs", jobs, "--json")
    *verdicts, last = done.values
    assert [Path(one["input"]).name for one in verdicts] == ["0.pdf", "1.pdf", "2.pdf", "4.pdf"]
    assert last == {"summary": {"IN_FORCE": 2, "NOT_IN_FORCE": 0, "NOT_GENUINE": 1, "UNDETERMINED": 1, "failed": 1}}, [
        one["findings"] for one in verdicts
    ]
    assert done.error["code"] == "file.unreadable"
    assert done.code == 3, "the worst decides"


def test_the_summary_is_for_several_files_only(shared_authority: Authority, files: list[Path]) -> None:
    alone = verify(shared_authority, files[0], "--json")
    assert "summary" not in alone.value
    text = verify(shared_authority, files[0], files[2])
    assert text.out.splitlines()[-1] == "共 2：真实有效 1；真实，但未在有效状态 0；不真实 0；无法判定 1；未核验 0"
    english = verify(shared_authority, files[0], files[1], "--english")
    assert english.out.splitlines()[-1].startswith("2 in all: Genuine and in force 1, ")
    assert english.code == 1


@pytest.mark.parametrize("jobs", ["0", "many"])
def test_a_number_of_jobs_that_is_none_is_refused(files: list[Path], jobs: str) -> None:
    assert license_command("verify", files[0], "--jobs", jobs, "--json").error["code"] == "usage"


def test_signatures_of_many_files_get_one_line_each_and_no_summary(files: list[Path]) -> None:
    done = license_command("signature", "verify", *files, "--trust-embedded", "--jobs", "2", "--json")
    assert [set(line) for line in done.values] == [{"file", "outcome", "signatures", "findings"}] * 4
    assert [line["outcome"] for line in done.values] == ["intact", "altered", "malformed", "intact"]


def test_a_file_without_end_is_read_as_far_as_is_examined(shared_authority: Authority, tmp_path: Path) -> None:
    endless = tmp_path / "endless.pdf"
    with endless.open("wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    done = verify(shared_authority, endless, "--json")
    assert [one["code"] for one in done.value["findings"]] == ["input.too-large"]
