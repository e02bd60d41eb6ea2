"""Status lists of other bodies: fetched once, kept while they may be, and believed only by the right signer."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from loopback import Asked as Request
from loopback import Reply, closed_port, fetcher, serving
from status_lists import HOUR, Publisher
from support import NOON

from license_lib.authority import Authority
from license_lib.identifiers import LicenseIdentifier
from license_lib.status import Status, StatusBits, StatusClaim, StatusRef
from license_lib.status.tokens import MAX_TOKEN_BYTES, sign_cwt, sign_jwt
from license_lib.trust_list import ListedBody
from license_lib.verification import Asked, OnList, StatesUnreachableError
from license_lib.verification.listed_states import ListedStates

CODE = "11620400000000102W"
IDENTIFIER = str(LicenseIdentifier.build("11100000MB0143028R001", CODE, "20260302TEST"))
OTHER_BODY = str(LicenseIdentifier.build("11100000MB0143028R001", "116204000000001030", "20260302TEST"))
GOOD, ENDED, PAUSED, ODD = (StatusRef(1, index) for index in (0, 2**20 - 1, 77, 78))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def publisher(shared_authority: Authority) -> Publisher:
    return Publisher.of(shared_authority.settings.keys_folder, NOON)


@pytest.fixture
def url(publisher: Publisher) -> Iterator[str]:
    with serving(publisher.answer) as address:
        yield f"{address}"


def lister(url: str | None) -> Callable[[str], ListedBody | None]:
    """The look-up of a trust list with one body."""
    body = ListedBody(name="样例局", code=CODE, level=3, status_url=url, seals=(), scopes=())
    return {CODE: body}.get


def states(url: str | None, publisher: Publisher, *, oldest: timedelta = 24 * HOUR) -> ListedStates:
    return ListedStates(lister(url), fetcher(), (publisher.signer.certificate_der,), oldest)


def said(source: ListedStates, ref: StatusRef | StatusClaim | None, now: datetime = NOON) -> str:
    """A status by its name, or the code of why there is none."""
    try:
        return source.state_of(Asked(IDENTIFIER, ref), now, now).status.name
    except StatesUnreachableError as error:
        why = error.finding.params.get("why", "")
        return f"{error.finding.code} {why}".strip()


def test_a_place_is_looked_up_in_the_list_of_its_number(publisher: Publisher, url: str) -> None:
    publisher.publish(url, {ENDED: Status.INVALID, PAUSED: Status.SUSPENDED}, at=NOON)
    publisher.publish(url, {StatusRef(2, 0): Status.INVALID}, at=NOON, number=2)
    source = states(url, publisher)
    assert [said(source, ref) for ref in (GOOD, ENDED, PAUSED)] == ["VALID", "INVALID", "SUSPENDED"]
    assert said(source, StatusRef(2, 0)) == said(source, StatusRef(2, 0).claim(url)) == "INVALID"
    told = source.state_of(Asked(IDENTIFIER, GOOD), NOON, NOON)
    assert isinstance(told, OnList)
    assert (told.used.uri, told.used.as_of, told.used.expires) == (f"{url}/status/1", NOON, NOON + 48 * HOUR)


def test_one_list_is_asked_for_once_a_minute_and_only_for_what_is_new(publisher: Publisher, url: str) -> None:
    publisher.publish(url, {}, at=NOON)
    source = states(url, publisher)
    for second in range(0, 60, 7):
        assert said(source, StatusRef(1, second), NOON + timedelta(seconds=second)) == "VALID"
    assert [one.path for one in publisher.asked] == ["/status/1"]
    assert publisher.asked[0].headers["Accept"] == "application/statuslist+cwt"
    assert "If-None-Match" not in publisher.asked[0].headers
    assert said(source, GOOD, NOON + MINUTE) == "VALID"
    assert publisher.asked[1].headers["If-None-Match"].startswith('"')
    publisher.publish(url, {GOOD: Status.INVALID}, at=NOON + MINUTE)
    assert said(source, GOOD, NOON + 2 * MINUTE) == "INVALID", "what is new is fetched"
    assert len(publisher.asked) == 3


def test_who_cannot_be_reached_is_not_asked_for_every_licence(publisher: Publisher) -> None:
    pauses: list[float] = []
    source = ListedStates(lister(closed_port()), fetcher(pauses=pauses), (publisher.signer.certificate_der,))
    assert {said(source, StatusRef(1, index)) for index in range(50)} == {"status.unknown"}
    assert len(pauses) == 2, "three tries of one question"


def test_a_list_serves_on_while_its_publisher_is_down_until_it_is_too_old(publisher: Publisher, url: str) -> None:
    publisher.publish(url, {PAUSED: Status.SUSPENDED}, at=NOON)
    source = states(url, publisher, oldest=3 * HOUR)
    assert said(source, PAUSED) == "SUSPENDED"
    publisher.status = 500
    assert said(source, PAUSED, NOON + 3 * HOUR) == "SUSPENDED"
    assert said(source, PAUSED, NOON + 3 * HOUR + timedelta(seconds=1)) == "status.list-stale"
    publisher.status = 200
    assert said(source, PAUSED, NOON + 5 * HOUR) == "status.list-stale", "the same list again is no younger"
    publisher.publish(url, {}, at=NOON + 5 * HOUR)
    assert said(source, PAUSED, NOON + 5 * HOUR + MINUTE) == "VALID"


def test_an_older_list_is_not_taken_back(publisher: Publisher, url: str) -> None:
    old = publisher.publish(url, {}, at=NOON)
    publisher.publish(url, {ENDED: Status.INVALID}, at=NOON + HOUR)
    source = states(url, publisher)
    assert said(source, ENDED, NOON + HOUR) == "INVALID"
    publisher.files["/status/1"] = old
    assert said(source, ENDED, NOON + 2 * HOUR) == "INVALID"


def test_a_list_that_says_itself_when_it_ends_is_believed(publisher: Publisher, url: str) -> None:
    publisher.publish(url, {}, at=NOON, life=HOUR)
    source = states(url, publisher)
    assert said(source, GOOD, NOON + HOUR - MINUTE) == "VALID"
    assert said(source, GOOD, NOON + HOUR) == "status.list-stale"


@pytest.mark.parametrize("name", ["market", "trust-list"])
def test_nobody_else_signs_states(shared_authority: Authority, publisher: Publisher, url: str, name: str) -> None:
    stranger = Publisher.of(shared_authority.settings.keys_folder, NOON, name)
    stranger.publish(url, {}, at=NOON)
    publisher.files = stranger.files
    assert said(states(url, publisher), GOOD) == "status.list-unusable status.list-signature"


def test_where_nobody_may_sign_nothing_is_believed(publisher: Publisher, url: str) -> None:
    publisher.publish(url, {}, at=NOON)
    assert said(ListedStates(lister(url), fetcher(), ()), GOOD) == "status.list-unusable status.list-signature"


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xd2", b"\xff" * 100, b"e30.e30.AA"])
def test_what_is_no_list_is_none(publisher: Publisher, url: str, body: bytes) -> None:
    publisher.files["/status/1"] = body
    assert said(states(url, publisher), GOOD).startswith("status.list-unusable status.list-")


def test_a_list_that_is_too_large_is_not_read(publisher: Publisher, url: str) -> None:
    publisher.files["/status/1"] = bytes(MAX_TOKEN_BYTES + 1)
    assert said(states(url, publisher), GOOD) == "status.unknown"


def test_bad_bytes_do_not_displace_a_good_list(publisher: Publisher, url: str) -> None:
    publisher.publish(url, {ENDED: Status.INVALID}, at=NOON)
    source = states(url, publisher)
    assert said(source, ENDED) == "INVALID"
    publisher.files["/status/1"] = b"not a list"
    assert said(source, ENDED, NOON + HOUR) == "INVALID"
    assert said(source, ENDED, NOON + 25 * HOUR) == "status.list-stale"


def test_another_list_under_the_address_is_none(publisher: Publisher, url: str) -> None:
    publisher.files["/status/1"] = publisher.publish(url, {}, at=NOON, number=2)
    assert said(states(url, publisher), GOOD) == "status.list-unusable status.list-other"


def test_a_value_that_means_nothing_is_no_state(publisher: Publisher, url: str) -> None:
    bits = StatusBits.of({ODD.index: 3})
    for sign in (sign_cwt, sign_jwt):
        publisher.files["/status/1"] = sign(
            bits,
            uri=f"{url}/status/1",
            issued_at=NOON,
            expires_at=NOON + HOUR,
            ttl_seconds=60,
            signer=publisher.signer,
        )
        source = states(url, publisher)
        assert said(source, GOOD) == "VALID"
        assert said(source, ODD) == "status.list-unusable status.list-malformed"


def test_a_shorter_list_than_the_place_is_none(publisher: Publisher, url: str) -> None:
    publisher.files["/status/1"] = sign_cwt(
        StatusBits.of({}, size=1024),
        uri=f"{url}/status/1",
        issued_at=NOON,
        expires_at=NOON + HOUR,
        ttl_seconds=60,
        signer=publisher.signer,
    )
    assert said(states(url, publisher), PAUSED).startswith("status.list-unusable")


def test_a_licence_that_points_elsewhere_is_not_followed(publisher: Publisher, url: str) -> None:
    publisher.publish(url, {}, at=NOON)
    source = states(url, publisher)
    assert said(source, GOOD.claim("https://elsewhere.example")) == "status.list-unusable status.list-other"
    assert said(source, GOOD.claim(f"{url}/deeper")) == "status.list-unusable status.list-other"
    assert publisher.asked == []


def test_who_publishes_nothing_or_is_not_listed_is_not_asked(publisher: Publisher, url: str) -> None:
    assert said(states(url, publisher), None) == "status.unknown"
    assert said(states(None, publisher), GOOD) == "status.unknown"
    for identifier in (OTHER_BODY, "../../x", ""):
        with pytest.raises(StatesUnreachableError) as caught:
            states(url, publisher).state_of(Asked(identifier, GOOD), NOON, NOON)
        assert caught.value.finding.code == "status.unknown"
    assert publisher.asked == []


def test_a_redirect_to_another_host_is_not_followed(publisher: Publisher) -> None:
    def away(_: Request) -> Reply:
        return Reply(status=302, headers=(("Location", "https://elsewhere.example/status/1"),))

    with serving(away) as address:
        assert said(states(address, publisher), GOOD) == "status.unknown"
