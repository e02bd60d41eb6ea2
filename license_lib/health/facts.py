"""Facts about an installation, as they were gathered at one moment. Nothing is judged here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from license_lib.health.values import Area


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A licence type: short name, name, newest version, and how many licences of it are in force by their face."""

    key: str
    name: str
    english: str
    version: int
    in_force: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: what for (`seal`, `anchor`, …), its file's name, its end; `used`: something is made with it."""

    role: str
    name: str
    ends: datetime
    used: bool = True


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends: a list, or a program's certificate."""

    name: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class TrustListFacts:
    """A trust list: `own` is the one that we publish, the others were accepted."""

    name: str
    sequence: int
    issued: datetime
    ends: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class StatusListFacts:
    """A status list as it is published; None: it is not."""

    number: int
    issued: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class LogFacts:
    """The log: its size, what is published, and since when the first entry waits that is not.

    Args:
        published: entries that are public; None if no head was published.
        witnessed: how many witnesses signed the newest head. quorum: how many must have.
    """

    size: int
    published: int | None
    waiting_since: datetime | None
    witnessed: int
    quorum: int


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """How many licences rest in archived files until when (the end of a time-stamp authority's certificate).

    Args:
        licenses: all that were issued. until: end → licences. wanted: new ones are archived.
    """

    licenses: int
    until: Mapping[datetime, int]
    wanted: bool


@dataclass(frozen=True, slots=True)
class Done:
    """When something was last done here, and whether it found all well."""

    at: datetime
    sound: bool


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """How many may sign in; how many of them are administrators, and how many lack a second factor."""

    people: int
    administrators: int
    without_second_factor: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be looked at: the code and words of its error."""

    area: Area
    code: str
    problem: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it. What could not be looked at is None or empty, and has a fault."""

    at: datetime
    schema: str | None = None
    expected_schema: str = ""
    database: str = ""
    types: tuple[TypeFacts, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    crls: tuple[Ending, ...] = ()
    trust_lists: tuple[TrustListFacts, ...] = ()
    status_lists: tuple[StatusListFacts, ...] = ()
    log: LogFacts | None = None
    archives: ArchiveFacts | None = None
    backup: Done | None = None
    fsck: Done | None = None
    accounts: AccountFacts | None = None
    clients: tuple[Ending, ...] = ()
    faults: tuple[Fault, ...] = ()
