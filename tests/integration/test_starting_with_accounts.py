"""What about accounts is told when the service starts, and not to whoever signs in first."""

import os

import pytest
from support import StillClock

from license_lib.access_settings import OidcSettings
from license_lib.accounts import Department, Role
from license_lib.accounts.opening import Accounts
from license_lib.authority import Authority
from license_lib.errors import InputError, MachineError
from verify_api.access.installing import open_gate


def oidc(*departments: str) -> OidcSettings:
    return OidcSettings(
        issuer="https://id.example",
        client_id="license",
        departments={f"00{number}": short for number, short in enumerate(departments)},
        role_names={"counter": Role.STAFF},
    )


def test_departments_that_are_none_are_named(authority: Authority, clock: StillClock) -> None:
    with Accounts.open(authority.settings, clock) as accounts:
        accounts.staff.add_department(Department("market", "市场监管局"))
    for departments, missing in ((["market"], []), (["market", "tax", "land"], ["'land', 'tax'"])):
        sign_in = authority.settings.sign_in.model_copy(update={"oidc": oidc(*departments)})
        settings = authority.settings.model_copy(update={"sign_in": sign_in})
        if not missing:
            with open_gate(settings, clock, os.urandom) as gate:
                assert gate.provider
            continue
        with pytest.raises(InputError) as refused, open_gate(settings, clock, os.urandom):
            pass
        assert refused.value.code == "settings.invalid"
        assert f"sign_in.oidc.departments: there is no department {missing[0]}" in refused.value.message


def test_second_factors_that_nobody_could_check_keep_the_service_from_starting(
    authority: Authority, clock: StillClock
) -> None:
    settings = authority.settings
    with Accounts.open(settings, clock) as accounts:
        accounts.staff.add_department(Department("market", "市场监管局"))
        accounts.staff.add("li.wei", "李伟", "market", [Role.STAFF], password="-")  # noqa: S106 -- of nobody
        accounts.staff.enrol("li.wei", bytes(20), 0)
    with open_gate(settings, clock, os.urandom):
        pass
    settings.seed_key.unlink()
    with pytest.raises(MachineError) as refused, open_gate(settings, clock, os.urandom):
        pass
    assert refused.value.code == "second-factor.key-missing"
    with Accounts.open(settings, clock) as accounts:  # the command line opens them, to mend it
        accounts.staff.reset("li.wei", "-")
    with open_gate(settings, clock, os.urandom):
        pass
