"""What a configuration makes of these parts."""

from collections.abc import Callable
from datetime import datetime

from license_lib.configured import own_log
from license_lib.errors import MachineError
from license_lib.key_folder import KeyFolder
from license_lib.publishing.bundles import Bundles
from license_lib.publishing.folder import PublicFolder
from license_lib.publishing.heads import Heads
from license_lib.publishing.publisher import Publisher
from license_lib.publishing.status_lists import StatusLists
from license_lib.repository.repository import Repository
from license_lib.settings import Settings
from license_lib.trust_list.publishing import FILE_NAME


def make_publisher(
    settings: Settings, repository: Repository, keys: KeyFolder, clock: Callable[[], datetime]
) -> Publisher:
    """What writes status lists and the log into the folder that the world reads."""
    folder = PublicFolder(settings.public_folder)
    return Publisher(
        repository=repository,
        folder=folder,
        lists=StatusLists(
            repository=repository,
            folder=folder,
            base_url=settings.public_url,
            signer=keys.status_signer,
            refresh=settings.publishing.refresh,
            validity=settings.publishing.validity,
        ),
        bundles=Bundles(
            folder=folder,
            lists=repository.statuses.lists,
            trust_list=settings.home / FILE_NAME,
            crls=settings.keys_folder / "public" / "crl",
            signer=keys.status_signer,
        ),
        signer=keys.log_signer,
        timestamper=keys.timestamper,
        nonce=keys.nonce,
        clock=clock,
    )


def make_heads(settings: Settings) -> Heads:
    """The published heads of our own log.

    Raises:
        InputError: `settings.invalid`, wrong witnesses.
        MachineError: `key.missing`, there is no log; `key.damaged`.
    """
    policy = own_log(settings)
    if policy is None:
        raise MachineError("key.missing", "the key folder has no log", hint="put its key into public/log.vkey")
    return Heads(folder=PublicFolder(settings.public_folder), policy=policy)
