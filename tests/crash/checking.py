"""What must hold after a kill, whenever it came."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crash.homes import Place
from crash.writing import Acknowledged
from license_lib.errors import MachineError
from license_lib.fsck import Fsck, FsckFinding
from license_lib.log.merkle import leaf_hash, verify_inclusion
from license_lib.log.proving import inclusion_proof
from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository
from license_lib.repository.database import Database

GRACE_OVER = timedelta(hours=2)


@dataclass
class Tally:
    """What was seen; `problems` says each in words."""

    runs: int = 0
    kills: int = 0
    server_kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicate: int = 0
    half_visible: int = 0
    healed: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def last_line(self) -> str:
        return (
            f"runs {self.runs} acknowledged {self.acknowledged} lost {self.lost} duplicate {self.duplicate} "
            f"half-visible {self.half_visible}"
        )

    @property
    def good(self) -> bool:
        return not (self.lost or self.duplicate or self.half_visible)


def check_acknowledged(repository: Repository, told: Iterable[Acknowledged], tally: Tally) -> None:
    """Whoever was told of a licence finds it: by identifier, number and holder, with its file and its leaf."""
    head = repository.log.head()
    root = head.root()
    for one in sorted(set(told), key=repr):
        tally.acknowledged += 1
        stored = repository.by_identifier(one.identifier)
        by_number = {found.identifier for found in repository.by_number(one.number)}
        by_holder = {found.identifier for found in repository.by_holder_number(one.holder)}
        if stored is None or one.identifier not in by_number & by_holder or stored.file_digest.hex() != one.file:
            tally.lost += 1
            tally.problems.append(f"lost {one}")
            continue
        if len(by_number) != 1:
            tally.duplicate += 1
            tally.problems.append(f"issued twice {one}")
        try:
            repository.newest_file(stored)
        except MachineError as error:
            tally.lost += 1
            tally.problems.append(f"{error.code} {one}")
            continue
        (leaf,) = repository.log.leaves(stored.position - 1, 1)
        proof = inclusion_proof(stored.position - 1, head.size, repository.log)
        if not verify_inclusion(stored.position - 1, head.size, leaf_hash(leaf), proof, root):
            tally.lost += 1
            tally.problems.append(f"not in the log {one}")


def check_once(told: Sequence[Acknowledged], tally: Tally) -> None:
    """A request is one licence, whoever asked; and a licence is of one request."""
    by_key: dict[str, set[str]] = {}
    by_identifier: dict[str, set[str]] = {}
    for one in told:
        by_key.setdefault(one.key, set()).add(one.identifier)
        by_identifier.setdefault(one.identifier, set()).add(one.key)
    for name, found in (*by_key.items(), *by_identifier.items()):
        if len(found) > 1:
            tally.duplicate += 1
            tally.problems.append(f"{name} is {sorted(found)}")


def check_whole(place: Place, tally: Tally, *, repair: bool) -> None:
    """Database, files, log and status lists agree; what a dead writer left is moved away if asked for."""
    database = Database.open(place.url, read_only=not repair)
    try:
        now = datetime.now(UTC) + (GRACE_OVER if repair else timedelta(0))
        fsck = Fsck(database=database, files=FileStore(place.files, read_only=not repair), now=now)
        for finding in fsck.run(repair=repair):
            if not isinstance(finding, FsckFinding):
                continue
            if finding.repaired:
                tally.healed += 1
            elif repair or not finding.harmless:
                tally.half_visible += 1
                tally.problems.append(f"{finding.code} {dict(finding.params)}")
    finally:
        database.close()


def check_reserved(before: dict[str, str], after: Iterable[Acknowledged], tally: Tally) -> None:
    """An identifier that was reserved before the kill is the one that the request is given after it."""
    for one in after:
        if before.get(one.key, one.identifier) != one.identifier:
            tally.duplicate += 1
            tally.problems.append(f"{one.key} had {before[one.key]} and was given {one.identifier}")
