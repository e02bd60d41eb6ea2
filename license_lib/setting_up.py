"""Setting up: a new authority in a folder, and the development PKI that it begins with."""

import os
from datetime import datetime
from pathlib import Path

from license_lib.accounts.seeds import Seeds
from license_lib.errors import MachineError
from license_lib.key_folder import signing_errors
from license_lib.publishing.folder import CHECKPOINT
from license_lib.repository.database import Database, parse_url, sqlite_path
from license_lib.repository.schema import create_or_upgrade
from license_lib.resources import resource_folder
from license_lib.settings import FILE_NAME, Settings


def initialise(home: Path) -> Settings:
    """Make a new authority in a folder: `license.toml` (kept if it is there) and an up-to-date database.

    With them comes the key that second factors are encrypted with, and what was not encrypted is.

    Raises:
        InputError: an existing configuration is wrong.
        MachineError: the folder cannot be written.
    """
    path = home / FILE_NAME
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(_default_settings(), encoding="utf-8")
        settings = Settings.load(home)
        if isinstance(settings.files, Path):
            settings.files.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineError("storage.read-only", f"{home}: {error.strerror}", hint="choose another --home") from None
    create_or_upgrade(settings.database_url)
    _prepare_second_factors(settings)
    return settings


def _prepare_second_factors(settings: Settings) -> None:
    database = Database.open(settings.database_url)
    try:
        Seeds(settings.seed_key, os.urandom).prepare(database)
    except OSError as error:
        raise MachineError("storage.read-only", f"{settings.seed_key}: {error.strerror}") from None
    finally:
        database.close()


def require_not_lost(home: Path) -> None:
    """Refuse to begin an empty database beside what an earlier one published: it would be a second log.

    Raises:
        MachineError: `repository.lost`.
        InputError: the configuration that is there is wrong.
    """
    if not (home / FILE_NAME).exists():
        return
    settings = Settings.load(home)
    path = sqlite_path(parse_url(settings.database_url))
    if path is not None and not path.exists() and (settings.public_folder / CHECKPOINT).exists():
        raise MachineError(
            "repository.lost",
            "There is no database, but there is a published log of one",
            hint="restore it: license restore, see docs/operations.md; a new authority needs a folder of its own",
        )


def create_development_keys(settings: Settings, passphrase: bytes, *, at: datetime) -> None:
    """Make the development PKI of `keys/development.toml` in the keys folder.

    Raises:
        MachineError: `pki.exists` and other faults of `signing.devkit`.
    """
    from signing.devkit import create_development_pki
    from signing.pki_description import load_description

    with signing_errors():
        description = load_description(resource_folder("keys") / "development.toml")
        create_development_pki(settings.keys_folder, description, passphrase=passphrase, at=at)


def publish_development_crls(settings: Settings, passphrase: bytes, *, at: datetime) -> None:
    """Issue fresh certificate revocation lists; the old ones go stale after `crl_days`.

    Raises:
        MachineError: faults of `signing.devkit`.
    """
    from signing.devkit import publish_crls

    with signing_errors():
        publish_crls(settings.keys_folder, passphrase=passphrase, at=at)


def _default_settings() -> str:
    return (Path(__file__).parent / "license.default.toml").read_text(encoding="utf-8")
