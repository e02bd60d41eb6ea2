"""The judging half put together: public trust material and a repository, and grounds of other cities that we accept."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from license_lib.catalogue import Catalogue
from license_lib.configured import fonts_folder, load_catalogue, load_issuers, load_rules_of, own_log
from license_lib.issuers import Issuers
from license_lib.key_folder import signing_errors
from license_lib.log.checkpoints import LogPolicy
from license_lib.made_once import MadeOnce
from license_lib.network import make_fetcher
from license_lib.publishing import PublicFolder
from license_lib.publishing.heads import Heads
from license_lib.qr.retries import Patience
from license_lib.repository.repository import Repository
from license_lib.repository_states import RepositoryStates
from license_lib.settings import Settings
from license_lib.trail import Trail
from license_lib.verification import Ground, SealDirectory, Verifier
from license_lib.verification.confinement import WORKERS, ConfinedVerifier, Opener, SlowLane
from license_lib.verification.verifier import PHOTO_SECONDS
from license_lib.verification.workers import Limits
from signing.trust import TrustStore

if TYPE_CHECKING:
    from license_lib.counter import CounterDesk
    from license_lib.presenting import Judge, Presenting
    from license_lib.records import Records
    from license_lib.reprinting import Reprinter


@contextmanager
def open_verifier(settings: Settings) -> Iterator[Verifier]:
    """The judging half alone: public trust material and a read-only repository, open as long as the block.

    Raises:
        InputError: the configuration or a template is wrong.
        MachineError: no trust anchor, or the repository cannot be opened.
    """
    with Repository.open(settings.database_url, settings.files, read_only=True) as repository:
        yield make_verifier(settings, load_catalogue(settings), load_issuers(settings), repository)


@contextmanager
def open_trail(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Trail]:
    """The usage trail alone, for those who judge and do not issue; open as long as the block.

    Raises:
        MachineError: the repository cannot be opened.
    """
    with Repository.open(settings.database_url, settings.files) as repository:
        yield Trail(repository, clock, purpose_required=settings.usage.purpose_required)


@contextmanager
def open_records(settings: Settings, clock: Callable[[], datetime]) -> Iterator["Records"]:
    """The records, for those who may look licences up and issue none; open as long as the block.

    Raises:
        InputError: the configuration is wrong.
        MachineError: the repository cannot be opened.
    """
    from license_lib.records import Records

    with Repository.open(settings.database_url, settings.files) as repository:
        trail = Trail(repository, clock, purpose_required=True)
        yield Records(repository, trail, load_rules_of(settings), clock)


@contextmanager
def open_desk(settings: Settings, clock: Callable[[], datetime]) -> Iterator["CounterDesk"]:
    """The records as a counter uses them, open as long as the block; see `open_records`."""
    from license_lib.counter import CounterDesk
    from license_lib.records import Records

    with Repository.open(settings.database_url, settings.files) as repository:
        trail = Trail(repository, clock, purpose_required=True)
        yield CounterDesk(repository, trail, Records(repository, trail, load_rules_of(settings), clock), clock)


@contextmanager
def open_presenting(
    settings: Settings, judge: Callable[[], "Judge"], clock: Callable[[], datetime]
) -> Iterator["Presenting"]:
    """What makes and redeems presentation codes, beside a judge of this repository; open as long as the block.

    Raises:
        MachineError: the repository cannot be opened.
    """
    from license_lib.presenting import Presenting

    with Repository.open(settings.database_url, settings.files) as repository:
        trail = Trail(repository, clock, purpose_required=settings.usage.purpose_required)
        yield Presenting(repository, trail, judge, public_url=settings.public_url, clock=clock, randomness=os.urandom)


def confined_verifier(
    judge: Settings | Opener,
    *,
    method: Literal["spawn", "fork"] = "spawn",
    workers: int = WORKERS,
    limits: Limits | None = None,
    slow: SlowLane | None = None,
) -> ConfinedVerifier:
    """The judging half for files of strangers: it judges them in worker processes, within limits of time and memory."""
    opener = partial(open_verifier, judge) if isinstance(judge, Settings) else judge
    return ConfinedVerifier(opener, limits=limits, workers=workers, method=method, slow=slow)


def make_verifier(settings: Settings, catalogue: Catalogue, issuers: Issuers, repository: Repository) -> Verifier:
    """Put the judging half together: this authority's own ground, and one for every trust list that it accepted.

    Raises:
        MachineError: no trust anchor (`trust.empty`), or trust material that cannot be read (`trust.store` too).
    """
    log = own_log(settings)
    with signing_errors():
        ground = Ground(
            catalogue=catalogue,
            trust=TrustStore.load(settings.keys_folder),
            seals=SealDirectory.load(settings.keys_folder),
            issuers=issuers,
            states=_states(settings, repository, log),
            log=log,
            press=partial(_reprinter, settings, catalogue),
        )
    return Verifier(ground, _other_grounds(settings, catalogue), patience=Patience(PHOTO_SECONDS, time.monotonic))


def _reprinter(settings: Settings, catalogue: Catalogue) -> "Reprinter":
    """The press of this authority, with no key."""
    from license_lib.rendering import Fonts, Press  # who judges one file needs none of it
    from license_lib.reprinting import Reprinter
    from license_lib.seal_pictures import SealPictures

    kept, folder = MadeOnce(settings.kept_folder), fonts_folder(settings)
    press = Press(Fonts.load(folder, settings.added_fonts), catalogue.artwork, kept)
    return Reprinter(press, SealPictures(settings.keys_folder, folder, kept))


def _other_grounds(settings: Settings, catalogue: Catalogue) -> tuple[Ground, ...]:
    """One for every trust list that this authority accepted."""
    if not settings.accepted_lists_folder.exists():  # none yet: then nobody needs what reads them
        return ()
    from license_lib.trusting import accepted_grounds

    fetcher = make_fetcher(settings.network)
    return accepted_grounds(settings.home, catalogue, fetcher, settings.status.max_staleness)


def _states(settings: Settings, repository: Repository, log: LogPolicy | None) -> RepositoryStates:
    """The repository's states, and what was published of them."""
    rules = load_rules_of(settings)
    if log is None:
        return RepositoryStates(repository, rules)
    heads = Heads(folder=PublicFolder(settings.public_folder), policy=log)
    return RepositoryStates(repository, rules, heads.newest, log.origin)
