"""Publishing as long as somebody wants: at once what is new, once what is wrong, and on after what passes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from databases import locked
from loopback import closed_port, fetcher
from published import Desk
from support import PASSPHRASE, StillClock, counted_randomness

from license_lib.authority import Authority
from license_lib.errors import MachineError
from license_lib.publishing.following import follow
from license_lib.publishing.publisher import Published, Publisher
from license_lib.status import Status
from signing.timestamps_http import HttpTimestamper
from signing.trust import TrustStore


def followed(publisher: Publisher, clock: StillClock, *between: Callable[[], None]) -> list[Published | MachineError]:
    """What is said by a publisher between whose looks something happens, a second apart."""
    coming: Iterator[Callable[[], None]] = iter(between)

    def wait() -> bool:
        happens = next(coming, None)
        clock.advance(seconds=1)
        if happens:
            happens()
        return happens is not None

    return list(follow(publisher, wait=wait, clock=clock))


def nothing() -> None:
    """Nobody does anything."""


def test_what_is_recorded_is_published_at_the_next_look(desk: Desk, clock: StillClock) -> None:
    stored = desk.issue("a")
    said = followed(desk.authority.publisher, clock, nothing, lambda: desk.revoke(stored), nothing, nothing)
    assert [(one.added, one.lists) for one in said if isinstance(one, Published)] == [(1, (1,)), (1, (1,))]
    assert len(said) == 2
    assert desk.state(stored) is Status.INVALID


def test_what_was_recorded_for_later_is_published_when_it_takes_effect(desk: Desk, clock: StillClock) -> None:
    stored = desk.issue("a")
    desk.revoke(stored, at=clock.moment.replace(second=30))
    said = followed(desk.authority.publisher, clock, *[nothing] * 29)
    assert [one.lists for one in said if isinstance(one, Published)] == [(1,)]
    assert desk.state(stored) is Status.VALID
    said = followed(desk.authority.publisher, clock, nothing)
    assert [one.lists for one in said if isinstance(one, Published)] == [(1,)]
    assert desk.state(stored) is Status.INVALID


def test_lists_are_refreshed_though_nothing_happens(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    said = followed(desk.authority.publisher, clock, nothing, lambda: clock.advance(hours=1), nothing)
    assert [(one.added, one.lists) for one in said if isinstance(one, Published)] == [(1, (1,)), (0, (1,))]


def test_what_is_in_the_way_for_a_while_is_told_once(desk: Desk, clock: StillClock) -> None:
    stored = desk.issue("a")
    publisher = desk.authority.publisher
    publisher.publish()

    def gone() -> None:
        desk.revoke(stored)
        (desk.public / "status").rename(desk.public / "elsewhere")
        (desk.public / "status").write_text("in the way")

    def back() -> None:
        (desk.public / "status").unlink()
        (desk.public / "elsewhere").rename(desk.public / "status")

    said = followed(publisher, clock, gone, nothing, nothing, back, nothing)
    assert [one.code if isinstance(one, MachineError) else one.lists for one in said] == ["publishing.folder", (1,)]


def test_a_time_stamp_service_that_is_down_is_told_once_and_asked_again_after_a_minute(
    desk: Desk, clock: StillClock
) -> None:
    desk.issue("a")
    whole, asked = desk.authority.publisher, list[int]()
    silent = HttpTimestamper(
        closed_port(), fetcher=fetcher(), trust=TrustStore.load(desk.authority.settings.keys_folder), clock=clock
    )

    def timestamper() -> HttpTimestamper:
        asked.append(1)
        return silent

    publisher = replace(whole, timestamper=timestamper)
    (said,) = followed(publisher, clock, *[nothing] * 58)
    assert isinstance(said, Published)
    assert said.warning is not None
    assert len(asked) == 1
    assert followed(publisher, clock, *[nothing] * 70)[1:] == []
    assert len(asked) == 3


def test_what_no_look_would_mend_ends_it(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    publisher = desk.authority.publisher
    publisher.publish()
    path = desk.public / "log/checkpoint"

    def damage() -> None:
        path.write_bytes(b"x")
        desk.issue("b")

    with pytest.raises(MachineError) as caught:
        followed(publisher, clock, damage, nothing)
    assert caught.value.code == "publishing.checkpoint"


def test_a_writer_that_does_not_end_keeps_nobody_from_publishing(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    with (
        ExitStack() as stack,
        Authority(
            desk.authority.settings, passphrase=PASSPHRASE, clock=clock, randomness=counted_randomness("second")
        ) as other,
    ):
        stack.enter_context(locked(desk.authority.settings.database_url))
        (said,) = followed(other.publisher, clock, nothing)
    assert isinstance(said, Published)
    assert said.added == 1
