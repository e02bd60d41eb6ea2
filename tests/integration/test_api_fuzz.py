"""schemathesis over the whole description: no 500, no answer that is not documented, in status, form and headers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from integration.served_app import served_app
from schemathesis.checks import ignored_auth, negative_data_rejection, positive_data_acceptance, unsupported_method
from support import NOON, PASSPHRASE, StillClock, counted_randomness, example_request

from license_lib.accounts import Department, Grant
from license_lib.authority import Authority
from license_lib.setting_up import create_development_keys, initialise
from verify_api.access import ClientSystem, Person, Principal, Role, recognised
from verify_api.access.installing import open_gate
from verify_api.app import build_app
from verify_api.bench import SettingsBench
from verify_api.pages.anchor import Anchor
from verify_api.turnstile import ServiceLimits

POLICE = Department("police", "白银市公安局（样例）")
LIMITS = ServiceLimits(address=10**6, anonymous=10**6, caller=10**6, files=100, even_seconds=0)
GRANTS = frozenset(map(Grant.parse, ("look:*", "export:*", "usage:*", "verify:*")))
DESK = ClientSystem(client="desk", department=POLICE, grants=GRANTS)
"""A program that may do everything that programs may."""
AUDITOR = Person(login="wang", name="王", department=POLICE, roles=frozenset({Role.AUDITOR, Role.STAFF}))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, str]]:
    home: Path = tmp_path_factory.mktemp("fuzzed") / "home"
    configured = initialise(home)
    create_development_keys(configured, PASSPHRASE, at=NOON)
    clock, randomness = StillClock(), counted_randomness("fuzzed")
    with Authority(configured, passphrase=PASSPHRASE, clock=clock, randomness=randomness) as authority:
        authority.issue(example_request("residence-permit"))
        authority.publisher.publish()
    built = build_app(
        lambda: SettingsBench(configured, clock, randomness=randomness),
        configured.public_folder,
        Anchor.of(configured),
        clock=clock,
        randomness=randomness,
        limits=LIMITS,
        gate=lambda: open_gate(configured, clock, randomness),
    )
    with served_app(built) as address:
        yield built, address


@pytest.fixture(params=["nobody", "program", "person"])
def address(served: tuple[FastAPI, str], request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the service is, asked by somebody."""
    app, told = served
    who: Principal | None = {"nobody": None, "program": DESK, "person": AUDITOR}[request.param]
    if who is not None:
        app.dependency_overrides[recognised] = lambda: who
    yield told
    app.dependency_overrides.clear()


def description() -> dict[str, Any]:
    """As a service without anything describes itself."""

    def never() -> SettingsBench:
        raise NotImplementedError

    anchor = Anchor(trust_list=Path("none"), signer=Path("none"))
    return build_app(never, Path("none"), anchor, clock=StillClock(), randomness=bytes).openapi()


LEFT_OUT = (
    ignored_auth,  # who asks is set above
    positive_data_acceptance,  # a licence that is made up is not on record, a cursor none of ours
    negative_data_rejection,  # it takes 413 and 415 for acceptance
    unsupported_method,  # answered with 405 and Allow, which test_service_routes looks at
)
"""Checks that ask more than the description promises."""
schema = schemathesis.openapi.from_dict(description())
schemathesis.openapi.media_type("application/pdf", st.binary(max_size=200))
schemathesis.openapi.media_type("image/*", st.binary(max_size=200))


@schema.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
def test_every_answer_is_documented(case: "schemathesis.Case[Any]", address: str) -> None:
    answer = case.call_and_validate(base_url=address, excluded_checks=list(LEFT_OUT))
    if answer.headers.get("content-type") == ["application/problem+json"]:
        code = str(answer.json()["code"])
        told = case.operation.definition.raw["responses"].get(str(answer.status_code), {}).get("content", {})
        codes = told.get("application/problem+json", {}).get("examples", {})
        assert code == "http.method" or not codes.keys().isdisjoint({code, code.partition(".")[0]}), (
            f"{code} is not told"
        )
