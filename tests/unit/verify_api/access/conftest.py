from collections.abc import Iterator
from pathlib import Path

import pytest
from signing_in import Desk, MakeProvider, open_desk
from unit.verify_api.told_judge import ToldJudge

from license_lib.access_settings import SignInSettings


@pytest.fixture
def rules() -> SignInSettings:
    return SignInSettings()


@pytest.fixture
def make_provider() -> MakeProvider:
    """None: nobody signs in but by a password."""
    return lambda _: None


@pytest.fixture
def desk(tmp_path: Path, judge: ToldJudge, rules: SignInSettings, make_provider: MakeProvider) -> Iterator[Desk]:
    with open_desk(tmp_path, judge, rules, make_provider) as opened:
        yield opened
