"""What a configuration points to: the catalogue, the issuing bodies, the rules of types, trust anchors, folders."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.issuers import Issuers, IssuingBody
from license_lib.key_folder import signing_errors
from license_lib.licenses import Issuer
from license_lib.lifecycle import TypeRules, load_rules
from license_lib.log.checkpoints import LogPolicy
from license_lib.made_once import MadeOnce
from license_lib.resources import fonts_beside, resource_folder
from license_lib.settings import Settings
from signing.log_keys import load_log_vkey
from signing.notes import NoteError
from signing.trust import TrustStore


def load_trust(settings: Settings) -> TrustStore:
    """The trust anchors and revocation lists of the keys folder.

    Raises:
        MachineError: `trust.empty`, or trust material that cannot be read.
    """
    with signing_errors():
        return TrustStore.load(settings.keys_folder)


def load_catalogue(settings: Settings) -> Catalogue:
    """The configured catalogue, or the built-in one."""
    return Catalogue.load(templates_folder(settings), MadeOnce(settings.kept_folder))


def load_rules_of(settings: Settings) -> Callable[[str], TypeRules]:
    """The life-cycle rules of a type, by its key, each read when it is first asked for; InputError `lifecycle.invalid`.

    A type that left the catalogue has the default ones.
    """
    folder = templates_folder(settings)
    return cache(lambda type_key: load_rules(folder / type_key))


def own_log(settings: Settings) -> LogPolicy | None:
    """Our own log and its witnesses; None where the key folder has no log.

    Raises:
        InputError: `settings.invalid`: witnesses that are none, or a quorum that cannot be met.
        MachineError: `key.damaged`.
    """
    if not (settings.keys_folder / "public" / "log.vkey").exists():
        return None
    with signing_errors():
        key = load_log_vkey(settings.keys_folder)
    try:
        return LogPolicy.of(str(key), settings.log.witnesses, settings.log.quorum)
    except (NoteError, ValueError) as error:
        raise InputError("settings.invalid", f"license.toml: log: {error}", hint="copy the keys again") from None


def load_issuers(settings: Settings) -> Issuers:
    """The issuing bodies of the configuration."""
    return Issuers(IssuingBody(one.id, Issuer(one.name, one.code, one.level), one.types) for one in settings.issuers)


def templates_folder(settings: Settings) -> Path:
    """Where the licence types are."""
    return settings.home / settings.templates if settings.templates else resource_folder("templates")


def fonts_folder(settings: Settings) -> Path:
    """Where the fonts are: the configured templates' own, or the built-in ones."""
    return fonts_beside(templates_folder(settings))
