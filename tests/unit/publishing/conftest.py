import pytest
from published import Desk
from support import StillClock

from license_lib.authority import Authority


@pytest.fixture
def desk(authority: Authority, clock: StillClock) -> Desk:
    return Desk(authority, clock)
