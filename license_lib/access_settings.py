"""The parts of `license.toml` that say who signs in, and by what: sections `[sign_in]` and `[service]`."""

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from license_lib.accounts.values import Role
from license_lib.toml_files import mendable

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_URL: Final = re.compile(r"https?://[!-~]{1,300}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OidcSettings(_Frozen):
    """An identity provider 统一身份认证 (OpenID Connect Core 1.0), and what its claims mean here.

    Args:
        issuer: exactly as the provider spells it. client_id: what it calls us.
        client_secret_file: a file with the secret, relative to the file's folder; none for a public client.
        login, name, department, roles: the claims that hold these; the last two may hold several values.
        departments: values of the department claim → our short names. role_names: values of the roles claim → roles.
    """

    issuer: str
    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    client_secret_file: Path | None = None
    scopes: tuple[str, ...] = ("openid", "profile")
    login: str = "preferred_username"
    name: str = "name"
    department: str = "department"
    roles: str = "roles"
    departments: Mapping[str, str]
    role_names: Mapping[str, Role]

    @field_validator("issuer")
    @classmethod
    def _https(cls, value: str) -> str:
        parts = urlsplit(value) if _URL.fullmatch(value) else None
        if parts is None or parts.query or parts.fragment:
            raise mendable("this is no issuer", "write its address as the provider's own description spells it")
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise mendable("the way to it is open to anybody", "write https://")
        return value

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise mendable("`openid` is missing", "add it: without it there is no identity")
        return value


class SignInSettings(_Frozen):
    """How people sign in 登录.

    Args:
        local: by a password that is kept here. second_factor: and a one-time password 动态口令 besides.
        seed_key_file: the key that second factors are encrypted with; `license init` makes it.
        idle_minutes, absolute_hours: a session ends that long after its last request, and after its beginning.
        oidc: by an identity provider.
    """

    local: bool = True
    second_factor: bool = True
    seed_key_file: Path = Path("data/second-factor.key")
    idle_minutes: Annotated[int, Field(ge=1, le=8 * 60)] = 30
    absolute_hours: Annotated[int, Field(ge=1, le=24)] = 10
    oidc: OidcSettings | None = None

    @property
    def idle(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(hours=self.absolute_hours)


class ServiceSettings(_Frozen):
    """What stands before the service.

    Args:
        trusted_proxies: addresses or networks of proxies of ours; only they may say who asks, and by what certificate.
        certificate_header: in which header they put a certificate that they have checked: PEM, percent-encoded, as
            nginx has it in `$ssl_client_escaped_cert`. Empty: nobody comes with a certificate.
    """

    trusted_proxies: tuple[str, ...] = ()
    certificate_header: Annotated[str, Field(pattern=r"^([A-Za-z][A-Za-z0-9-]{0,60})?$")] = ""

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                network = ip_network(one)
            except ValueError:
                raise mendable(f"{one!r} is no address or network", "write 10.0.0.7 or 10.0.0.0/24") from None
            if network.prefixlen == 0:
                raise mendable(f"{one!r} is everybody", "name the proxies: whoever is named may say who asks")
        return value
