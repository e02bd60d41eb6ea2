"""The serial of an identifier is chance (ADR 5): one that was drawn before is drawn anew, and broken chance is told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support import PASSPHRASE, StillClock, counted_randomness, example_request

from license_lib.authority import Authority
from license_lib.errors import MachineError
from license_lib.settings import Settings

FIRST = example_request("road-transport-permit")
SECOND = replace(FIRST, number="甘交运管许可白字620402000002号")


def opened(home: Path, randomness: Callable[[int], bytes]) -> Authority:
    return Authority(Settings.load(home), passphrase=PASSPHRASE, clock=StillClock(), randomness=randomness)


def test_chance_that_repeats_itself_is_a_broken_machine(home: Path) -> None:
    with opened(home, bytes) as authority:
        first = authority.issue(FIRST)
        with pytest.raises(MachineError) as caught:
            authority.issue(SECOND)
        assert caught.value.code == "identifier.taken"
        assert "random" in caught.value.hint
        assert authority.issue(FIRST).identifier == first.identifier
        assert authority.repository.count() == 1


def test_a_serial_that_was_drawn_before_is_drawn_anew(home: Path) -> None:
    with opened(home, bytes) as authority:
        first = authority.issue(FIRST)
    drawn = iter([bytes(8)] * 2)
    later = counted_randomness("later")
    with opened(home, lambda size: next(drawn, None) or later(size)) as authority:
        second = authority.issue(SECOND)
    assert next(drawn, None) is None
    assert not second.already
    assert second.identifier != first.identifier
