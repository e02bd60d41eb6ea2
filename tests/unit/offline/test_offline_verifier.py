"""A verifier that stands on bundles alone. Single bundles and codes, right and wrong, are in tests/vectors/bundles."""

import pickle
from datetime import timedelta
from pathlib import Path

import pytest
from bundles import town
from bundles.cases import NEXT, WHOLE
from bundles.town import HOUR, NOW
from bundles.workshop import CRL, TRUST, canonical, claims, file, message, packed

from license_lib.bundle import OpenedBundle, open_bundle, pinned
from license_lib.errors import InputError
from license_lib.offline import OfflineVerifier, OfflineVerifierOpener, code_lines, code_value
from license_lib.resources import resource_folder
from license_lib.verification import Outcome

SIGNER = town.LISTER.certificate_der


def opened(data: bytes = WHOLE) -> OpenedBundle:
    return open_bundle(data, pinned(SIGNER))


def other_city() -> OpenedBundle:
    """Another city's bundle, which knows nobody."""
    listed = town.trust_list(list_id="OTHER", bodies=(), signer=town.STRANGER)
    part = ("trust-list", "OTHER", listed)
    said = claims((part, CRL), m1="OTHER")
    data = packed(message(canonical(said)), [listed, CRL[2]])
    return open_bundle(data, pinned(town.STRANGER.certificate_der))


def test_each_city_is_judged_by_its_own_bundle() -> None:
    verifier = OfflineVerifier([other_city(), opened()])
    verdict = verifier.verify_code(town.IN_FORCE, at=NOW)
    assert verdict.outcome is Outcome.IN_FORCE
    used = verifier.bundle_of(verdict)
    assert used is not None
    assert used.manifest.list_id == town.LIST_ID
    assert OfflineVerifier([other_city()]).verify_code(town.IN_FORCE, at=NOW).outcome is Outcome.UNDETERMINED


def test_it_stands_on_something_and_on_one_bundle_of_a_city() -> None:
    for bundles in ([], [opened(), opened(NEXT)]):
        with pytest.raises(ValueError, match="one of a city"):
            OfflineVerifier(bundles)


def opener(*files: bytes) -> OfflineVerifierOpener:
    named = [(Path(f"{number}.bundle"), data) for number, data in enumerate(files)]
    return OfflineVerifierOpener(named, pinned(SIGNER), resource_folder("templates"), max_staleness=24 * HOUR)


def test_a_worker_process_can_open_it() -> None:
    copy = pickle.loads(pickle.dumps(opener(WHOLE)))  # noqa: S301  our own bytes
    with copy() as verifier:
        assert verifier.verify_code(town.IN_FORCE, at=NOW).outcome is Outcome.IN_FORCE


def test_a_bundle_that_is_not_accepted_is_named() -> None:
    for files, code, words in (
        ((WHOLE, WHOLE[:-1]), "bundle.format", "1.bundle: "),
        ((WHOLE, NEXT), "usage", "two bundles"),
    ):
        with pytest.raises(InputError, match=words) as refused:
            opener(*files)
        assert refused.value.code == code


def test_a_verifier_that_is_left_on_notices_that_its_bundle_grows_old() -> None:
    verifier = OfflineVerifier([opened()], max_staleness=8 * HOUR)
    outcomes = [
        verifier.verify_code(town.IN_FORCE, at=NOW + age).outcome.value
        for age in (timedelta(0), 6 * HOUR, 8 * HOUR, 8 * HOUR + timedelta(seconds=1), timedelta(0))
    ]
    assert outcomes == ["IN_FORCE", "IN_FORCE", "UNDETERMINED", "UNDETERMINED", "IN_FORCE"], "the list is an hour older"


def test_a_day_that_is_past_or_to_come_is_not_guessed() -> None:
    verifier = OfflineVerifier([opened()])
    codes = [
        {finding.code for finding in verifier.verify_code(town.IN_FORCE, at=at, now=NOW).findings}
        for at in (NOW - 12 * HOUR, NOW + 48 * HOUR)
    ]
    assert codes == [{"paper.compare", "status.past"}, {"paper.compare", "status.future"}]


def test_what_is_told_says_what_was_not_proved_and_how_old_the_knowledge_is() -> None:
    verifier = OfflineVerifier([opened()])
    verdict = verifier.verify_code(town.IN_FORCE, at=NOW)
    now = NOW + 3 * HOUR
    told = code_value(verdict, verifier.bundle_of(verdict), now)
    assert told["proved"] == ["code", "issuer", "status", "validity"]
    assert told["not_proved"] == ["paper", "bearer"]
    assert [(one["kind"], one["age_seconds"]) for one in told["knowledge"]] == [
        ("bundle", 3 * 3600),
        ("trust-list", 27 * 3600),
        ("status-list", 4 * 3600),
        ("crl", 5 * 3600),
        ("checkpoint", None),
    ]
    assert told["knowledge"][0]["until"] == (NOW + 23 * HOUR).isoformat()
    zh, en = (
        "\n".join(code_lines(verdict, verifier.bundle_of(verdict), verifier.catalogue, now, english=english))
        for english in (False, True)
    )
    for words in ("白银市样例商贸有限公司", "纸面内容（没有查看）", "(3小时前)", "(27小时前)", "证照编号"):
        assert words in zh
    for words in ("nobody looked at it", "(3 h old)", "head of the log license.example/log 1234", "Business licence"):
        assert words in en


def test_of_a_code_that_is_not_proved_nothing_is_shown_as_if_it_were() -> None:
    verifier = OfflineVerifier([opened()])
    for text in (town.ALTERED, town.FORGED, "https://example.com/"):
        verdict = verifier.verify_code(text, at=NOW)
        assert list(code_lines(verdict, verifier.bundle_of(verdict), verifier.catalogue, NOW, english=True)) == []
        told = code_value(verdict, verifier.bundle_of(verdict), NOW)
        assert told["proved"] == []
        assert told["not_proved"] == ["code", "issuer", "status", "validity", "paper", "bearer"]


def test_a_state_that_the_bundle_does_not_know_is_not_proved() -> None:
    verifier = OfflineVerifier([opened(file((TRUST, CRL)))])
    verdict = verifier.verify_code(town.IN_FORCE, at=NOW)
    assert code_value(verdict, verifier.bundle_of(verdict), NOW)["not_proved"] == ["status", "paper", "bearer"]
