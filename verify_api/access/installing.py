"""The room put into the application."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from license_lib.access_settings import OidcSettings
from license_lib.accounts.opening import Accounts
from license_lib.errors import InputError, MachineError
from license_lib.settings import Settings
from verify_api.access.gate import Gate
from verify_api.access.oidc import Provider
from verify_api.access.origin import Proxies
from verify_api.access.web import HttpWeb


@contextmanager
def open_gate(settings: Settings, clock: Callable[[], datetime], randomness: Callable[[int], bytes]) -> Iterator[Gate]:
    """What recognises people and programs, open as long as the block.

    Raises:
        MachineError: the database cannot be opened; `settings.secret`: the identity provider's secret cannot be read;
            `second-factor.…`: nobody could check the second factors that are enrolled.
        InputError: `settings.invalid`: the identity provider's departments are not all ours.
    """
    rules, service = settings.sign_in, settings.service
    provider = None
    if rules.oidc is not None:
        provider = Provider(rules.oidc, _secret(settings), HttpWeb(settings.network), clock)
    proxies = Proxies(service.trusted_proxies, service.certificate_header)
    with Accounts.open(settings, clock, randomness) as accounts:
        accounts.require_ready()
        if rules.oidc is not None:
            _require_departments(rules.oidc, accounts)
        yield Gate(accounts, rules, proxies, provider)


def _require_departments(oidc: OidcSettings, accounts: Accounts) -> None:
    """Now, and not at the first sign-in of somebody who would be told that they have no place here."""
    unknown = sorted(set(oidc.departments.values()) - {one.id for one in accounts.staff.departments()})
    if unknown:
        told = f"license.toml: sign_in.oidc.departments: there is no department {', '.join(map(repr, unknown))}"
        raise InputError("settings.invalid", told, hint="add it (license department add), or mend the mapping")


def _secret(settings: Settings) -> str:
    oidc = settings.sign_in.oidc
    if oidc is None or oidc.client_secret_file is None:
        return ""
    path = settings.home / oidc.client_secret_file
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not secret:
        hint = "put it there, readable for the service alone, or mend sign_in.oidc.client_secret_file"
        raise MachineError("settings.secret", f"there is no secret in {path}", hint=hint)
    return secret
