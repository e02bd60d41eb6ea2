"""The repository against a model of a few dictionaries: whatever is asked of it in whatever order."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from postgres import PostgresServer
from recorded import RECORDED_AT, log_is_whole, recorded_license, revocation

from license_lib.errors import InputError
from license_lib.lifecycle import LicenseState
from license_lib.repository.repository import Repository
from license_lib.repository.values import AlreadyIssued, HolderEntry, Reservation
from license_lib.status import StatusRef

DAY = timedelta(days=1)
REQUESTS = st.sampled_from("abcd")
IDENTIFIERS = st.sampled_from(["id-1", "id-2", "id-3", "id-4", "id-5"])
NUMBERS = st.sampled_from(["N1", "N2"])


class RepositoryMachine(RuleBasedStateMachine):
    """Few keys, identifiers and numbers, so that they collide often."""

    empty_database: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.url = type(self).empty_database()
        self.repository = Repository.open(self.url, self.folder / "files")
        self.reserved: dict[str, tuple[str, bytes]] = {}  # key → identifier and digest
        self.places: dict[str, StatusRef | None] = {}
        self.numbers: dict[str, str] = {}  # issued identifier → number
        self.revoked: dict[str, datetime] = {}
        self.revocations: Counter[str] = Counter()

    def teardown(self) -> None:
        try:
            self.everything_is_as_in_the_model()
        finally:
            self.repository.close()
            shutil.rmtree(self.folder)

    @rule(key=REQUESTS, identifier=IDENTIFIERS, digest=st.sampled_from([bytes(32), b"\x01" * 32]))
    def reserve(self, key: str, identifier: str, digest: bytes) -> None:
        def attempt() -> Reservation | AlreadyIssued:
            return self.repository.reserve(identifier, request_key=key, request_digest=digest, at=RECORDED_AT)

        if key in self.reserved:
            mine, first_digest = self.reserved[key]
            if digest != first_digest:
                self.refused("request.key-reused", attempt)
            elif mine in self.numbers:
                answer = attempt()
                assert isinstance(answer, AlreadyIssued)
                assert answer.license.identifier == mine
            else:
                answer = attempt()
                assert isinstance(answer, Reservation)
                assert (answer.identifier, answer.resumed) == (mine, True)
        elif identifier in {taken for taken, _ in self.reserved.values()}:
            self.refused("identifier.taken", attempt)
        else:
            answer = attempt()
            assert isinstance(answer, Reservation)
            assert (answer.identifier, answer.resumed) == (identifier, False)
            self.places[identifier] = answer.status
            self.reserved[key] = (identifier, digest)

    @rule(key=REQUESTS, number=NUMBERS, days=st.integers(0, 3))
    def commit(self, key: str, number: str, days: int) -> None:
        if key not in self.reserved:
            return
        identifier, _ = self.reserved[key]
        at = RECORDED_AT + days * DAY
        issued = recorded_license(
            "",
            identifier=identifier,
            status=self.places[identifier],
            number=number,
            holders=(HolderEntry("某人", number, "001"),),
            record=number.encode(),
            file_digest=self.repository.files.put(f"{identifier} {number}".encode()),
            request_key=key,
            at=at,
        )
        in_use = any(
            other == number and not (owner in self.revoked and self.revoked[owner] <= at)
            for owner, other in self.numbers.items()
        )
        if identifier in self.numbers:
            assert self.repository.commit(issued).number == self.numbers[identifier], "the first one stands"
        elif in_use:
            self.refused("license.number-taken", lambda: self.repository.commit(issued))
        else:
            assert self.repository.commit(issued).number == number
            self.numbers[identifier] = number

    @rule(identifier=IDENTIFIERS, days=st.integers(0, 3))
    def revoke(self, identifier: str, days: int) -> None:
        at = RECORDED_AT + days * DAY

        def attempt() -> object:
            return self.repository.record(identifier, revocation(at, recorded_at=RECORDED_AT + 4 * DAY))

        if identifier not in self.numbers:
            self.refused("license.unknown", attempt)
        elif identifier in self.revoked and at >= self.revoked[identifier]:
            self.refused("event.not-allowed", attempt)
        else:  # one that takes effect earlier overtakes the one on record
            attempt()
            self.revoked[identifier] = at
            self.revocations[identifier] += 1

    @rule()
    def open_again(self) -> None:
        self.repository.close()
        self.repository = Repository.open(self.url, self.folder / "files")

    @rule()
    def everything_is_as_in_the_model(self) -> None:
        stored = list(self.repository.iterate(step=2))
        assert {entry.identifier: entry.number for entry in stored} == self.numbers
        for entry in stored:
            revoked = entry.identifier in self.revoked
            assert entry.state is (LicenseState.REVOKED if revoked else LicenseState.ISSUED)
            assert len(self.repository.events(entry.identifier)) == 1 + self.revocations[entry.identifier]
            for day in range(4):
                at = RECORDED_AT + day * DAY
                ended = revoked and self.revoked[entry.identifier] <= at
                expected = LicenseState.REVOKED if ended else LicenseState.ISSUED
                assert self.repository.state_at(entry.identifier, at) is expected
        for number in ("N1", "N2"):
            found = {entry.identifier for entry in self.repository.by_number(number)}
            assert found == {identifier for identifier, other in self.numbers.items() if other == number}
            assert found == {entry.identifier for entry in self.repository.by_holder_number(number)}
        assert log_is_whole(self.repository)
        assert len(set(self.places.values())) == len(self.places)

    def refused(self, code: str, attempt: object) -> None:
        assert callable(attempt)
        with pytest.raises(InputError) as error:
            attempt()
        assert error.value.code == code


@pytest.fixture
def machine(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[type[RepositoryMachine]]:
    """The machine, and how each of its runs gets a database of its own."""
    made: list[str] = []

    def in_a_file() -> str:
        template = request.getfixturevalue("sqlite_template")
        return f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('model') / 'licences.db')}"

    def on_the_server() -> str:
        server: PostgresServer = request.getfixturevalue("postgres")
        made.append(server.create_database(template=request.getfixturevalue("postgres_template")))
        return made[-1]

    RepositoryMachine.empty_database = in_a_file if backend == "sqlite" else on_the_server
    yield RepositoryMachine
    del RepositoryMachine.empty_database
    for url in made:
        request.getfixturevalue("postgres").drop_database(url)


def test_the_repository_does_what_the_model_does(machine: type[RepositoryMachine]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=20, deadline=None))
