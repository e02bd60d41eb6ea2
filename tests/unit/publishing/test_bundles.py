"""The bundle is made when something in it is new, once, and survives whatever happens to its publisher."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from published import Desk, DyingWriter, KilledError
from support import PASSPHRASE, StillClock

from license_lib.bundle import Bundle, Kind, OpenedBundle, open_bundle, pinned, read_bundle, update
from license_lib.errors import InputError, MachineError
from license_lib.publishing import PublicFolder
from license_lib.publishing.bundles import delta_since
from license_lib.publishing.folder import MANIFESTS
from license_lib.setting_up import publish_development_crls
from license_lib.status.tokens import read_token
from license_lib.trusting import publish_list, read_signer

HOUR = timedelta(hours=1)


def publish_trust(desk: Desk) -> None:
    authority = desk.authority
    publish_list(authority.settings, authority.catalogue, authority.issuers, PASSPHRASE, output=None, at=desk.clock())


def newest(desk: Desk) -> Bundle:
    return read_bundle((desk.public / "bundle").read_bytes())


def opened(desk: Desk, data: bytes | None = None) -> OpenedBundle:
    signer = read_signer(desk.authority.settings.keys_folder / "public" / "trust-list.pem")
    return open_bundle((desk.public / "bundle").read_bytes() if data is None else data, pinned(signer))


@pytest.fixture
def listed(desk: Desk) -> Desk:
    publish_trust(desk)
    return desk


def test_without_a_trust_list_there_is_no_bundle(desk: Desk, clock: StillClock) -> None:
    desk.issue("a")
    done = desk.authority.publisher.publish()
    assert (done.bundle, done.unbundled) == (None, None)
    assert not (desk.public / "bundle").exists()
    with pytest.raises(InputError) as caught:
        desk.authority.publisher.bundles.newest(clock.moment)
    assert caught.value.code == "bundle.none"


def test_a_bundle_holds_what_is_public(listed: Desk, clock: StillClock) -> None:
    stored = listed.issue("a")
    done = listed.authority.publisher.publish()
    found = opened(listed)
    said = found.manifest
    assert said.sequence == done.bundle == int(clock.moment.timestamp())
    assert (said.made, said.good_until) == (clock.moment, clock.moment + 24 * HOUR)
    assert [part.kind for part in said.parts] == [Kind.TRUST_LIST, Kind.STATUS_LIST, Kind.CHECKPOINT]
    assert found.trust_list.document == (listed.authority.settings.home / "trust-list.jws").read_bytes()
    assert list(found.status_lists.values()) == [(listed.public / "status/1").read_bytes()]
    assert found.checkpoint is not None
    assert found.checkpoint.size == 1
    assert stored.status is not None


def test_nothing_new_is_no_new_bundle_and_a_longer_log_is_nothing_new(listed: Desk, clock: StillClock) -> None:
    listed.issue("a")
    publisher = listed.authority.publisher
    first = publisher.publish().bundle
    clock.advance(minutes=5)
    listed.issue("b")
    done = publisher.publish()
    assert (done.added, done.lists, done.bundle) == (1, (), None)
    assert publisher.publish().bundle is None
    assert publisher.bundles.newest(clock.moment).signed.manifest.sequence == first


def test_a_revocation_a_new_trust_list_and_a_new_crl_each_make_one(listed: Desk, clock: StillClock) -> None:
    stored = listed.issue("a")
    publisher = listed.authority.publisher
    publisher.publish()
    before = opened(listed)
    bundles = [before.bundle]
    for change in (partial(listed.revoke, stored), partial(publish_trust, listed), partial(new_crls, listed)):
        clock.advance(seconds=10)
        change()
        assert publisher.publish().bundle is not None
        delta = delta_since(PublicFolder(listed.public), before.bundle.signed.sha256.hex())
        assert delta is not None
        assert delta.applied(before.bundle).encoded() == (listed.public / "bundle").read_bytes()
        before = update(before, delta.encoded())
        bundles.append(before.bundle)
    kinds = [[part.kind.value for part in one.signed.manifest.parts] for one in bundles]
    assert kinds[2] == ["trust-list", "status-list", "checkpoint"]
    assert kinds[3] == ["trust-list", "status-list", "crl", "crl", "checkpoint"]
    publish_trust(listed)
    clock.advance(seconds=10)
    publisher.publish()
    assert [part.kind.value for part in newest(listed).signed.manifest.parts] == kinds[2], "they are in the list by now"


def new_crls(desk: Desk) -> None:
    publish_development_crls(desk.authority.settings, PASSPHRASE, at=desk.clock())


def test_two_within_a_second_have_two_numbers(listed: Desk, clock: StillClock) -> None:
    stored = [listed.issue(key) for key in "ab"]
    numbers = []
    for one in stored:
        clock.advance(seconds=0.3)
        listed.revoke(one)
        numbers.append(listed.authority.publisher.publish().bundle)
    assert numbers == [int(clock.moment.timestamp()), int(clock.moment.timestamp()) + 1]


def test_who_lost_the_folder_goes_on_counting(listed: Desk, clock: StillClock) -> None:
    listed.issue("a")
    publisher = listed.authority.publisher
    publisher.publish()
    before = opened(listed)
    clock.advance(hours=1)
    (listed.public / "bundle").write_bytes(b"damaged")
    assert publisher.publish().bundle is not None
    assert update(before, (listed.public / "bundle").read_bytes()).manifest.sequence > before.manifest.sequence


def test_what_keeps_a_bundle_from_being_made_is_told_and_stops_nothing(listed: Desk, clock: StillClock) -> None:
    stored = listed.issue("a")
    publisher = listed.authority.publisher
    publisher.publish()
    clock.advance(days=8)
    listed.revoke(stored)
    done = publisher.publish()
    assert done.lists == (1,)
    assert done.bundle is None
    assert isinstance(done.unbundled, MachineError)
    assert (done.unbundled.code, done.unbundled.hint) == ("bundle.stale", "license trust publish")
    publish_trust(listed)
    done = publisher.publish()
    assert (done.unbundled, done.lists) == (None, ())
    assert done.bundle is not None


def test_a_trust_list_that_does_not_name_our_signer_makes_no_bundle(listed: Desk) -> None:
    home = listed.authority.settings.home
    keys = listed.authority.settings.keys_folder / "public"
    status = (keys / "status.pem").read_bytes()
    (keys / "status.pem").write_bytes((keys / "tsa.pem").read_bytes())
    publish_trust(listed)
    (keys / "status.pem").write_bytes(status)
    listed.issue("a")
    problem = listed.authority.publisher.publish().unbundled
    assert problem is not None
    assert problem.code == "bundle.signer"
    (home / "trust-list.jws").write_bytes(b"no list")
    problem = listed.authority.publisher.publish().unbundled
    assert problem is not None
    assert problem.code == "trust.format"


@pytest.mark.parametrize("after", [False, True])
def test_killed_between_any_two_writes_the_next_round_ends_it(listed: Desk, clock: StillClock, *, after: bool) -> None:
    stored = [listed.issue(f"a{number}") for number in range(20)]
    listed.authority.publisher.publish()
    deaths = 0
    while True:
        clock.advance(minutes=1)
        listed.revoke(stored.pop())
        try:
            listed.publisher(DyingWriter(deaths, after=after)).publish()
        except KilledError:
            deaths += 1
        else:
            break
        opened(listed)
        listed.authority.publisher.publish()
        said = opened(listed)
        (token,) = said.status_lists.values()
        assert read_token(token).bits == listed.token().bits
        known = {path.name for path in (listed.public / MANIFESTS).iterdir()}
        assert said.bundle.signed.sha256.hex() in known
    assert deaths > 5


def test_old_manifests_are_not_kept_for_ever(tmp_path: Path) -> None:
    folder = PublicFolder(tmp_path)
    for number in range(5):
        folder.write(f"bundles/{number}", b"")
    folder.keep_newest("bundles", 2)
    assert sorted(path.name for path in (tmp_path / "bundles").iterdir()) == ["3", "4"]


def test_there_is_no_delta_from_a_bundle_that_nobody_knows(listed: Desk) -> None:
    folder = PublicFolder(listed.public)
    assert delta_since(folder, "0" * 64) is None
    listed.issue("a")
    listed.authority.publisher.publish()
    assert delta_since(folder, "0" * 64) is None
    same = delta_since(folder, newest(listed).signed.sha256.hex())
    assert same is not None
    assert same.contents == {}
