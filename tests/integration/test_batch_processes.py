"""A batch that worker processes seal: the same licences, in the same order, with the same errors as one by one."""

import errno
import os
import shutil
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import PASSPHRASE, example_request, license_command

from license_lib import seal_pictures
from license_lib.authority import Authority, now
from license_lib.batch_issuing import issue_each
from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.issuing import Issued, Slip, to_check
from license_lib.licenses.request import LicenseRequest
from license_lib.press_room import Order, PressRoom
from license_lib.press_rooms import RoomOpener
from license_lib.press_workers import DistantRoom, workers_of
from license_lib.settings import Settings
from signing.seal_design import SealDesign

KIND = "food-business-permit"
MANY = 40


def request(number: int, *, issuer: str = "market", request_key: str | None = None) -> LicenseRequest:
    example = example_request(KIND)
    return replace(example, number=f"JY1620402{number:07}", issuer=issuer, request_key=request_key)


@pytest.fixture
def opened(city: Path) -> Iterator[Authority]:
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        yield authority


def told(result: Issued | LicenseError) -> str:
    return result.license.number if isinstance(result, Issued) else result.code


def licenses_of(results: list[Issued | LicenseError]) -> list[Issued]:
    return [one for one in results if isinstance(one, Issued)]


def test_a_batch_is_issued_in_order_with_errors_in_their_places_and_sent_again_as_it_is(opened: Authority) -> None:
    batch: list[LicenseRequest | InputError] = [*map(request, range(MANY))]
    batch[20:20] = [InputError("batch.csv", "a row that is none"), request(900, issuer="nobody")]
    batch += [request(3, request_key="another")]
    results = list(opened.issue_all(batch, processes=2))
    numbers = [f"JY1620402{number:07}" for number in range(MANY)]
    assert [told(one) for one in results] == [
        *numbers[:20], "batch.csv", "issuer.unknown", *numbers[20:], "license.number-taken"
    ]  # fmt: skip
    issued = licenses_of(results)
    assert len({one.identifier for one in issued}) == len({one.license.status for one in issued}) == MANY
    assert not any(one.already for one in issued)
    assert {opened.verify(one.pdf).outcome.value for one in issued[::10]} == {"IN_FORCE"}
    again = licenses_of(list(opened.issue_all(batch, processes=2)))
    assert all(one.already for one in again)
    assert [(one.identifier, one.pdf) for one in again] == [(one.identifier, one.pdf) for one in issued]
    done = license_command("fsck", "--deep", "--home", opened.settings.home)
    assert done.code == 0, done.out


def test_a_wrong_passphrase_is_found_before_anything_is_issued(city: Path) -> None:
    with Authority(Settings.load(city), passphrase=b"another passphrase") as authority:
        with pytest.raises(LicenseError) as caught:
            list(authority.issue_all(map(request, range(MANY)), processes=1))
        assert caught.value.code == "key.passphrase"
        assert authority.repository.by_number("JY16204020000000") == ()


class Broken(Executor):
    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        failed = Future[Any]()
        failed.set_exception(MachineError("storage.full", "no room"))
        return failed


def _no_fonts() -> PressRoom:
    raise MachineError("font.unreadable", "there is none", hint="put one there")


def _no_handles() -> PressRoom:
    raise OSError(errno.EMFILE, "Too many open files")


def _no_sense() -> PressRoom:
    raise ValueError("a fault of the program")


def refused(open_room: Callable[[], PressRoom]) -> Exception:
    with workers_of(open_room, 1) as room, pytest.raises(Exception) as caught:  # noqa: PT011 -- which one is asked for
        room.done(room.press_each([None]))  # type: ignore[list-item]
    return caught.value


@pytest.mark.parametrize(
    ("open_room", "told"),
    [
        (_no_fonts, ("font.unreadable", "a process that seals: there is none", "put one there")),
        (_no_handles, ("issuing.worker", "a process that seals: Too many open files", "")),
    ],
)
def test_a_worker_that_cannot_open_its_room_says_why(
    open_room: Callable[[], PressRoom], told: tuple[str, str, str]
) -> None:
    error = refused(open_room)
    assert isinstance(error, MachineError)
    assert (error.code, error.message, error.hint) == told


def test_a_fault_of_the_program_is_none_of_the_machine() -> None:
    assert repr(refused(_no_sense)) == "ValueError('a fault of the program')"


@pytest.mark.parametrize(
    ("passphrase", "lost", "code"),
    [(b"another passphrase", None, "key.passphrase"), (PASSPHRASE, "private/tsa.pem", "key.missing")],
)
def test_a_worker_without_its_keys_says_why_and_nothing_secret(
    city: Path, passphrase: bytes, lost: str | None, code: str
) -> None:
    settings = Settings.load(city)
    if lost:
        (settings.keys_folder / lost).unlink()
    error = refused(RoomOpener(settings, passphrase, now, os.urandom))
    assert isinstance(error, MachineError)
    assert error.code == code
    told = "".join(traceback.format_exception(error))
    assert passphrase.decode() not in told
    assert "PRIVATE KEY" not in told


def test_threads_that_share_keys_draw_a_seal_once(opened: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    draw = seal_pictures._drawn  # noqa: SLF001 -- what takes the memory

    def counted(design: SealDesign, fonts: Sequence[Path]) -> bytes:
        drawn.append(design)
        return draw(design, fonts)

    monkeypatch.setattr(seal_pictures, "_drawn", counted)
    settings = opened.settings
    keys = RoomOpener(settings, PASSPHRASE, now, os.urandom).keys()
    shutil.rmtree(settings.kept_folder, ignore_errors=True)
    body = opened.issuers.get("market")
    with ThreadPoolExecutor(8) as threads:
        seals = list(threads.map(lambda _: keys.seal(body), range(8)))
    assert len(drawn) == 1
    assert len(set(map(id, seals))) == 1


def test_no_more_is_read_than_is_under_way(opened: Authority) -> None:
    read: list[int] = []

    def endless() -> Iterator[LicenseRequest | InputError]:
        for number in range(10_000):
            read.append(number)
            yield InputError("batch.csv", "none")

    with ThreadPoolExecutor(1) as idle:
        answers = issue_each(endless(), opened._issuing, DistantRoom(idle), group=4, under_way=2)  # noqa: SLF001
        for _ in range(3):
            next(answers)
    assert len(read) <= 2 * 4


def test_a_machine_that_fails_ends_the_batch(opened: Authority) -> None:
    answers = issue_each([request(1), request(2)], opened._issuing, DistantRoom(Broken()), under_way=2)  # noqa: SLF001
    with pytest.raises(MachineError):
        next(answers)
    assert opened.repository.count() == 0


def test_another_request_under_a_used_key_is_refused_whatever_stands_beside_it(opened: Authority) -> None:
    opened.issue(request(1, request_key="k"))
    batch = [request(2, request_key="k"), request(1, request_key="k"), *map(request, range(10, MANY))]
    results = list(opened.issue_all(batch, processes=1))
    assert [told(one) for one in results[:2]] == ["request.key-reused", "JY16204020000001"]
    assert opened.repository.by_number("JY16204020000002") == ()


@pytest.mark.parametrize("was_broken_off", [False, True])
def test_a_request_that_stands_twice_in_a_group_is_one_license(opened: Authority, *, was_broken_off: bool) -> None:
    issuing, room = opened._issuing, opened._issuing._room  # noqa: SLF001 -- as a batch uses them

    def reserved(slips: list[Slip]) -> list[Order]:
        issuing.begin(slips)
        return issuing.reserve(slips, room.check_each(to_check(slips), issuing.today()))

    if was_broken_off:
        reserved([Slip(request(5))])
    slips = [Slip(request(5)), Slip(request(5))]
    first, second = issuing.commit(slips, room.press_each(reserved(slips)))
    assert isinstance(first, Issued)
    assert isinstance(second, Issued)
    assert (first.identifier, first.already, second.already) == (second.identifier, False, True)
