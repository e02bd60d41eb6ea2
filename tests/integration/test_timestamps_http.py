"""A licence is issued with time-stamps from HTTP authorities, as `license.toml` names them."""

import logging
import os
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from loopback import Answer, Asked, Reply, closed_port, serving, stamping
from support import CLERK, PASSPHRASE, StillClock, example_request

from license_lib.authority import Authority
from license_lib.errors import MachineError
from license_lib.issuing import Issued
from license_lib.licenses.request import LicenseRequest
from license_lib.settings import Settings
from license_lib.verification import Outcome
from signing.keys import load_credential
from signing.timestamps import LocalTimestamper


@pytest.fixture
def authority_of_time(home: Path, clock: StillClock) -> Answer:
    """The home's own time-stamp authority, made to answer over a wire."""
    credential = load_credential(home / "keys", "tsa", passphrase=PASSPHRASE, at=clock())
    return stamping(LocalTimestamper(credential, clock, lambda: 77))


@pytest.fixture
def without_own_authority(home: Path, authority_of_time: Answer) -> Answer:
    """As before, and the home has lost the key: whatever is stamped comes over the wire."""
    (home / "keys" / "private" / "tsa.pem").unlink()
    return authority_of_time


def opened(home: Path, clock: StillClock, *urls: str, more: str = "") -> Authority:
    path = home / "license.toml"
    text = path.read_text(encoding="utf-8")
    urls_toml = ", ".join(f'"{url}"' for url in urls)
    path.write_text(f"{text}\n[timestamps]\nurls = [{urls_toml}]\n{more}\n", encoding="utf-8")
    return Authority(Settings.load(home), passphrase=PASSPHRASE, clock=clock, randomness=os.urandom)


def test_a_licence_is_stamped_over_http(
    home: Path, clock: StillClock, without_own_authority: Answer, business_request: LicenseRequest
) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Reply:
        asked.append(request)
        return without_own_authority(request)

    with serving(answer) as url, opened(home, clock, f"{url}/tsa") as authority:
        issued = authority.issue(business_request)
        assert authority.verify(issued.pdf).outcome is Outcome.IN_FORCE
    assert {(one.method, one.path, one.headers["Content-Type"]) for one in asked} == {
        ("POST", "/tsa", "application/timestamp-query")
    }


def test_a_batch_waits_for_several_time_stamps_at_once(
    home: Path, clock: StillClock, without_own_authority: Answer
) -> None:
    together = Barrier(4)  # four requests, or nobody is answered
    example = example_request("food-business-permit")
    requests = [replace(example, number=f"JY1620402{one:07}", request_key=f"key {one}") for one in range(32)]

    def answer(request: Asked) -> Reply:
        together.wait(timeout=60)
        return without_own_authority(request)

    with serving(answer) as url, opened(home, clock, url, more="at_once = 4") as authority:
        issued = [one for one in authority.issue_all(requests, processes=1) if isinstance(one, Issued)]
        assert [one.license.number for one in issued] == [one.number for one in requests]
        assert authority.verify(issued[-1].pdf).outcome is Outcome.IN_FORCE
    assert not together.broken


def test_the_second_authority_helps_and_the_first_is_named_in_the_log(
    home: Path,
    clock: StillClock,
    without_own_authority: Answer,
    business_request: LicenseRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    dead = closed_port()
    with serving(without_own_authority) as url, opened(home, clock, dead, url) as authority:
        with caplog.at_level(logging.WARNING, logger="license_lib.key_folder"):
            issued = authority.issue(business_request)
        assert authority.verify(issued.pdf).outcome is Outcome.IN_FORCE
    (said,) = {record.getMessage() for record in caplog.records}
    assert dead.removeprefix("http://") in said
    assert "timestamp.unreachable" in said


def test_without_a_time_stamp_nothing_is_issued(
    home: Path, clock: StillClock, business_request: LicenseRequest
) -> None:
    with opened(home, clock, closed_port()) as authority:
        with pytest.raises(MachineError) as caught:
            authority.issue(business_request)
        assert caught.value.code == "timestamp.unreachable"
        assert authority.records.find(CLERK, holder_number=business_request.holders[0].number) == ()
