"""The judge in the browser and the judge in Python: the same answer about every code, on the same evidence.

The page's modules run under node, unchanged. `.ci/set-up test` installs it; what is missing fails.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from page_judge.asked import ask
from page_judge.world import DAY, ENDED, PAUSED, TYPE, City, Question
from support import NOON, PASSPHRASE

from license_lib.catalogue import Catalogue
from license_lib.findings import CODES, Effect
from license_lib.identifiers import LicenseIdentifier
from license_lib.resources import resource_folder
from license_lib.settings import Settings
from license_lib.status import StatusRef
from license_lib.trust_list import TrustListError, open_list
from signing.devkit import publish_crls, revoke_certificate
from signing.jws import sign_compact

MINUTE = timedelta(minutes=1)
AFTERWARDS = {"state": "compromised", "since": "2026-11-22T04:00:01Z"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(resource_folder("templates"))


@pytest.fixture(scope="module")
def city(master_home: Path, catalogue: Catalogue) -> City:
    return City(Settings.load(master_home), catalogue)


def revoked(city: City, folder: Path, name: str) -> City:
    """The city after it revoked the certificate of a seal, or of its own authority."""
    home = folder / "home"
    shutil.copytree(city.settings.home, home)
    changed = City(Settings.load(home), city.catalogue)
    certificate = changed.credential("market").chain[0] if name == "city" else changed.credential(name).certificate
    revoke_certificate(changed.settings.keys_folder, certificate, passphrase=PASSPHRASE, at=NOON + MINUTE)
    return changed


def with_seal(city: City, **change: Any) -> Question:
    """The market's seal has a history by now."""
    plan = city.trust_list(seals=[{"file": "market.pem", "history": [{**AFTERWARDS, **change}]}])
    return city.question(trust_list=city.signed(plan).document)


def scoped(city: City, **scope: Any) -> Question:
    """The market may issue other things, elsewhere, or at another time."""
    plan = city.trust_list(bodies=[{"id": "market", "scopes": [scope]}])
    return city.question(trust_list=city.signed(plan).document)


def without(city: City, body: str = "", **members: Any) -> Question:
    """A list that leaves out a body, or says something else."""
    listed = city.trust_list()
    bodies = tuple(one for one in listed.bodies if one.code != body)
    changed = listed.model_copy(update={"bodies": bodies, **members})
    return city.question(trust_list=city.signed(changed).document)


def unlisted_seal(city: City) -> Question:
    """The seals of two bodies, of which one is no longer listed; the code names the other body."""
    identifier = LicenseIdentifier.build(TYPE, city.trust_list().bodies[1].code, "2026112200000001")
    return city.question(city.code("market", identifier=identifier))


def tampered(city: City) -> Question:
    text = city.code()
    at = len(text) - 40
    return city.question(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])


CASES: dict[str, tuple[Callable[[City], Question], str, set[str]]] = {
    "good": (lambda city: city.question(), "IN_FORCE", set()),
    "good-without-end": (lambda city: city.question(city.code(valid_until=None)), "IN_FORCE", set()),
    "on-its-last-day": (lambda city: city.question(city.code(valid_until=NOON.date())), "IN_FORCE", set()),
    "in-small-letters": (lambda city: city.question(city.code().replace("HTTPS", "https")), "IN_FORCE", set()),
    "of-another-host": (lambda city: city.question(city.code(base_url="https://other.example")), "IN_FORCE", set()),
    "ended": (lambda city: city.question(city.code(status=ENDED)), "NOT_IN_FORCE", {"status.invalid"}),
    "suspended": (lambda city: city.question(city.code(status=PAUSED)), "NOT_IN_FORCE", {"status.suspended"}),
    "expired": (
        lambda city: city.question(city.code(valid_until=date(2026, 11, 22)), now=NOON + 12.5 * timedelta(hours=1)),
        "NOT_IN_FORCE",
        {"validity.expired"},
    ),
    "not-yet": (
        lambda city: city.question(city.code(valid_from=date(2026, 11, 23))),
        "NOT_IN_FORCE",
        {"validity.not-yet"},
    ),
    "foreign": (lambda city: city.question("https://other.example/pay?x=1"), "UNDETERMINED", {"qr.foreign"}),
    "malformed": (lambda city: city.question(city.code()[:-1]), "NOT_GENUINE", {"qr.malformed"}),
    "tampered": (tampered, "NOT_GENUINE", {"qr.signature"}),
    "unknown-key": (lambda city: city.question(city.code(key_id=bytes(8))), "UNDETERMINED", {"qr.unknown-key"}),
    "key-id-of-another": (
        lambda city: city.question(city.code(key_id=city.credential("transport").key_id)),
        "NOT_GENUINE",
        {"qr.signature"},
    ),
    "seal-of-another-body": (
        unlisted_seal,
        "NOT_GENUINE",
        {"issuer.mismatch", "issuer.seal-not-listed", "issuer.out-of-scope"},
    ),
    "out-of-scope": (
        lambda city: city.question(city.code("transport")),
        "NOT_GENUINE",
        {"issuer.out-of-scope"},
    ),
    "out-of-region": (
        lambda city: scoped(city, regions=["6201"]),
        "NOT_GENUINE",
        {"issuer.out-of-region"},
    ),
    "out-of-period": (
        lambda city: scoped(city, valid_from=date(2027, 1, 1)),
        "NOT_GENUINE",
        {"issuer.out-of-period"},
    ),
    "after-its-period": (
        lambda city: scoped(city, valid_until=date(2026, 11, 21)),
        "NOT_GENUINE",
        {"issuer.out-of-period"},
    ),
    "body-not-listed": (
        lambda city: without(city, city.credential("market").organization_id[6:]),
        "UNDETERMINED",
        {"qr.unknown-key"},
    ),
    "seal-superseded": (lambda city: with_seal(city, state="superseded"), "IN_FORCE", set()),
    "seal-withdrawn": (
        lambda city: with_seal(city, state="withdrawn"),
        "UNDETERMINED",
        {"issuer.seal-withdrawn-no-proof"},
    ),
    "key-compromised": (with_seal, "UNDETERMINED", {"issuer.key-compromised-no-proof"}),
    "key-compromised-later": (lambda city: with_seal(city, since="2026-11-23T00:00:00Z"), "IN_FORCE", set()),
    "trust-list-stale": (lambda city: city.question(now=NOON + 8 * DAY), "UNDETERMINED", {"trust.stale"}),
    "trust-list-of-the-future": (
        lambda city: city.question(trust_list=city.signed(city.trust_list(at=NOON + 20 * MINUTE)).document),
        "UNDETERMINED",
        {"trust.stale"},
    ),
    "no-revocation-lists": (lambda city: without(city, crls=()), "UNDETERMINED", {"seal.revocation-unknown"}),
    "another-anchor": (
        lambda city: without(city, anchors=(city.credential("status").certificate_der,), status_signers=()),
        "UNDETERMINED",
        {"seal.unknown-issuer"},
    ),
    "no-intermediate": (lambda city: without(city, intermediates=()), "UNDETERMINED", {"seal.unknown-issuer"}),
    "no-status-signers": (lambda city: without(city, status_signers=()), "UNDETERMINED", {"status.list-unusable"}),
    "no-status-list": (lambda city: city.question(status_lists={}), "UNDETERMINED", {"status.unknown"}),
    "another-status-list": (
        lambda city: city.question(status_lists={1: city.status_list(number=2)}),
        "UNDETERMINED",
        {"status.list-unusable"},
    ),
    "a-place-in-another-list": (
        lambda city: city.question(city.code(status=StatusRef(2, 5)), status_lists={2: city.status_list(number=2)}),
        "IN_FORCE",
        set(),
    ),
    "status-list-of-another-city": (
        lambda city: city.question(status_lists={1: city.status_list(url="https://other.example")}),
        "UNDETERMINED",
        {"status.list-unusable"},
    ),
    "status-list-by-a-seal": (
        lambda city: city.question(status_lists={1: city.status_list(by="market")}),
        "UNDETERMINED",
        {"status.list-unusable"},
    ),
    "status-list-cut": (
        lambda city: city.question(status_lists={1: city.status_list()[:-1]}),
        "UNDETERMINED",
        {"status.list-unusable"},
    ),
    "status-list-stale": (
        lambda city: city.question(now=NOON + DAY + MINUTE),
        "UNDETERMINED",
        {"status.list-stale"},
    ),
    "status-list-ended": (
        lambda city: city.question(status_lists={1: city.status_list(life=timedelta(hours=2))}, now=NOON + DAY / 4),
        "UNDETERMINED",
        {"status.list-stale"},
    ),
    "status-list-of-the-future": (
        lambda city: city.question(status_lists={1: city.status_list(at=NOON + 20 * MINUTE)}),
        "UNDETERMINED",
        {"status.list-unusable"},
    ),
    "in-no-list": (lambda city: city.question(city.code(status=None)), "UNDETERMINED", {"status.unknown"}),
    "expired-and-no-status-list": (
        lambda city: city.question(city.code(valid_until=date(2026, 11, 21)), status_lists={}),
        "NOT_IN_FORCE",
        {"validity.expired", "status.unknown"},
    ),
}


def agreed(city: City, question: Question) -> tuple[str, set[str]]:
    """The one answer of both judges: outcome, and findings that are more than notes."""
    (page,) = ask("judge", questions=[question.to_page()])
    ours = question.to_us(city.catalogue)
    told = {finding["code"] for finding in page["findings"]}
    assert told == {finding.code for finding in ours.findings}
    assert set(page["proved"]) == {proof.value for proof in ours.proved}
    assert set(page["against"]) == {proof.value for proof in ours.against}
    assert page["outcome"] == ours.outcome
    assert page["read"] == (str(ours.code.identifier) if ours.code else None)
    return ours.outcome, {code for code in told if CODES[code].effect is not Effect.NOTE}


@pytest.mark.parametrize("name", CASES)
def test_both_judges_say_the_same(city: City, name: str) -> None:
    make, outcome, codes = CASES[name]
    assert agreed(city, make(city)) == (outcome, codes)


@pytest.mark.parametrize("name", ["market", "city"])
def test_a_revoked_seal_proves_nothing_without_a_time(city: City, tmp_path: Path, name: str) -> None:
    changed = revoked(city, tmp_path, name)
    assert agreed(changed, changed.question()) == ("UNDETERMINED", {"seal.revoked-no-proof"})
    assert agreed(changed, changed.question(city.code(), now=NOON + MINUTE / 2))[0] == "IN_FORCE"


def test_another_seal_of_the_same_authority_is_not_revoked(city: City, tmp_path: Path) -> None:
    changed = revoked(city, tmp_path, "transport")
    assert agreed(changed, changed.question()) == ("IN_FORCE", set())


def test_revocation_lists_grow_stale_and_certificates_old(city: City) -> None:
    for later, code in ((40 * DAY, "seal.revocation-stale"), (1200 * DAY, "seal.certificate-expired")):
        now = NOON + later
        listed = city.trust_list(at=NOON if later < 366 * DAY else now - 800 * DAY, days=366)
        question = city.question(trust_list=city.signed(listed).document, now=now)
        outcome, codes = agreed(city, question)
        assert (outcome, code in codes) == ("UNDETERMINED", True)


def test_a_fresh_revocation_list_among_stale_ones_serves(city: City, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(city.settings.home, home)
    changed = City(Settings.load(home), city.catalogue)
    old = city.trust_list().crls
    publish_crls(changed.settings.keys_folder, passphrase=PASSPHRASE, at=NOON + 35 * DAY)
    listed = changed.trust_list(at=NOON + 36 * DAY)
    both = listed.model_copy(update={"crls": (*old, *listed.crls)})
    now = NOON + 37 * DAY
    states = {1: changed.status_list(at=now - DAY / 2)}
    question = changed.question(trust_list=changed.signed(both).document, now=now, status_lists=states)
    assert agreed(changed, question) == ("IN_FORCE", set())


def test_of_several_sources_the_newest_that_can_be_believed_counts(city: City) -> None:
    """The network may give an old list again, or a login page; what is stored may be newer. Never the other way."""
    text = city.code(status=ENDED)
    replayed = city.question(text, status_lists={1: city.status_list(states={})}).to_page()
    second = city.signed(city.trust_list(at=NOON + MINUTE, sequence=2)).document
    newest = {1: city.status_list(at=NOON + MINUTE)}
    newer = city.question(text, trust_list=second, status_lists=newest).to_page()
    portal = {**newer, "trust_list": "PGh0bWw+", "status_lists": {"1": "PGh0bWw+"}}
    nothing = {**newer, "trust_list": None, "status_lists": {}}
    sources = [[replayed, newer], [newer, replayed], [portal, newer], [nothing, newer], [newer, nothing]]
    asked = [{**newer, "sources": given} for given in sources]
    said = ask("judge", questions=[*asked, {**newer, "sources": [nothing]}, {**newer, "sources": [portal, nothing]}])
    assert [one["outcome"] for one in said[:5]] == ["NOT_IN_FORCE"] * 5
    assert [finding["code"] for one in said[5:] for finding in one["findings"]] == ["trust.unknown", "trust.unusable"]


def values(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every member and every entry of a JSON document stands."""
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from values(value, (*path, key))


def changed_lists(city: City) -> Iterator[tuple[str, bytes]]:
    """The trust list with each of its values replaced, left out or doubled, in canonical form, signed again."""
    listed = city.trust_list(seals=[{"file": "market.pem", "history": [{**AFTERWARDS, "state": "superseded"}]}])
    credential = city.credential("trust-list")
    original = json.loads(listed.canonical_bytes())
    paths = [path for path in values(original) if path[:1] != ("log",)]  # of the log the page knows nothing
    days = ("2026-11-22T04:00:00Z", "2026-02-30", "2026-02-30T00:00:00Z")
    others: tuple[Any, ...] = (None, True, 0, 1.5, 6, "", "x", *days, [], {}, [1])
    for at, path in enumerate(paths):
        for change in ("drop", "double", "add", others[at % len(others)], others[(at + 5) % len(others)]):
            document = json.loads(listed.canonical_bytes())
            place = document
            for key in path[:-1]:
                place = place[key]
            if change == "drop":
                del place[path[-1]]
            elif change == "double" and isinstance(place, list):
                place.append(place[path[-1]])
            elif change == "add" and isinstance(place, dict):
                place["more"] = 1
            else:
                place[path[-1]] = change
            yield f"{path} {change}", sign_compact(rfc8785.dumps(document), credential, typ="license-trust-list+jws")


def test_a_trust_list_that_we_refuse_the_page_refuses(city: City) -> None:
    documents = dict(changed_lists(city))
    usual = city.question()
    asked = [replace(usual, trust_list=document).to_page() for document in documents.values()]
    believed = set()
    for (name, document), said in zip(documents.items(), ask("judge", questions=asked), strict=True):
        codes = {finding["code"] for finding in said["findings"]}
        page_believes = "trust.unusable" not in codes
        try:
            open_list(document)
        except TrustListError:
            assert not page_believes, name
        else:
            believed.add(name)
            assert page_believes, name
    assert 10 < len(believed) < len(documents) / 2


def test_effects_are_those_of_the_table() -> None:
    effects = ask("effects")
    own = {code for code in effects if code not in CODES}
    assert own == {"trust.unknown", "trust.unusable"}
    assert {code: effects[code] for code in effects if code not in own} == {
        code: str(CODES[code].effect) for code in effects if code not in own
    }


def test_a_list_by_anybody_else_is_not_believed(city: City) -> None:
    question = city.question()
    other = {**question.to_page(), "pins": ["00" * 32]}
    (said,) = ask("judge", questions=[other])
    assert (said["outcome"], said["findings"]) == (
        "UNDETERMINED",
        [{"code": "trust.unusable", "params": {"why": "trust.signer"}}],
    )
