"""Trees that the tests of this room share."""

import pytest
from log_trees import NaiveTree

from license_lib.log.merkle import leaf_hash


@pytest.fixture(scope="session")
def naive() -> NaiveTree:
    return NaiveTree([leaf_hash(str(number).encode()) for number in range(620)])
