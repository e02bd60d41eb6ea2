"""Trust lists with strange insides, signed by the right signer: the page refuses what we refuse, and never breaks.

The page's modules run under node, unchanged; an error that is none of theirs ends it, and the test.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography import x509
from page_judge.asked import ask
from page_judge.world import City

from license_lib.catalogue import Catalogue
from license_lib.resources import resource_folder
from license_lib.settings import Settings
from license_lib.trust_list import TrustListError, open_list
from signing.jws import sign_compact

OF_EVERY_OBJECT = ("__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "__defineGetter__")
"""Names that every object of JavaScript answers to, whether it has such a member or not."""
NEARLY_A_CRL = bytes.fromhex("300a" + "3003020101" + "3000" + "030100")
"""A version, and nothing else where issuer and times belong."""
EMPTY_NAME = bytes.fromhex("3009" + "3107" + "3005" + "0603550461")
"""An organization's identifier, and none."""
PLACES: Mapping[str, Callable[[Any], Any]] = {
    "list": lambda document: document,
    "body": lambda document: document["bodies"][0],
    "seal": lambda document: document["bodies"][0]["seals"][0],
    "state": lambda document: document["bodies"][0]["seals"][0]["history"][0],
    "scope": lambda document: document["bodies"][0]["scopes"][0],
}


@pytest.fixture(scope="module")
def city(master_home: Path) -> City:
    return City(Settings.load(master_home), Catalogue.load(resource_folder("templates")))


@pytest.fixture
def document(city: City) -> Any:
    """The city's list as JSON."""
    return json.loads(city.trust_list().canonical_bytes())


def signed(city: City, document: Any) -> bytes:
    return sign_compact(rfc8785.dumps(document), city.credential("trust-list"), typ="license-trust-list+jws")


def told(city: City, *documents: bytes) -> list[tuple[str, set[str]]]:
    """Outcome and findings of the page on an ordinary code, by each of these lists."""
    usual = city.question()
    said = ask("judge", questions=[replace(usual, trust_list=one).to_page() for one in documents])
    return [(one["outcome"], {finding["code"] for finding in one["findings"]}) for one in said]


@pytest.mark.parametrize("place", PLACES)
def test_a_member_that_every_object_has_is_a_strange_one(city: City, document: Any, place: str) -> None:
    lists = []
    for name in OF_EVERY_OBJECT:
        changed = json.loads(json.dumps(document))
        PLACES[place](changed)[name] = 1
        lists.append(signed(city, changed))
        with pytest.raises(TrustListError) as refused:
            open_list(lists[-1])
        assert refused.value.code == "trust.format"
    assert told(city, *lists) == [("UNDETERMINED", {"trust.unusable"})] * len(lists)


def test_a_revocation_list_that_is_none_is_refused(city: City, document: Any) -> None:
    document["crls"].append(base64.b64encode(NEARLY_A_CRL).decode())
    broken = signed(city, document)
    with pytest.raises(TrustListError):
        open_list(broken)
    assert told(city, broken) == [("UNDETERMINED", {"trust.unusable"})]


def test_an_authority_whose_signature_is_none_vouches_for_nobody(city: City, document: Any) -> None:
    der = bytearray(base64.b64decode(document["intermediates"][0]))
    der[der.index(x509.load_der_x509_certificate(bytes(der)).signature)] = 0x31  # a SET where a SEQUENCE belongs
    document["intermediates"][0] = base64.b64encode(der).decode()
    question = replace(city.question(), trust_list=signed(city, document))
    ours = question.to_us(city.catalogue)
    assert "seal.unknown-issuer" in {finding.code for finding in ours.findings}
    assert told(city, question.trust_list) == [(ours.outcome, {finding.code for finding in ours.findings})]


def test_a_seal_whose_name_says_nothing_is_refused(city: City, document: Any) -> None:
    """An attribute without its value."""
    seal = PLACES["seal"](document)
    der = base64.b64decode(seal["certificate"])
    name = x509.load_der_x509_certificate(der).subject.public_bytes()
    seal["certificate"] = base64.b64encode(_relong(der, name, EMPTY_NAME)).decode()
    with pytest.raises(TrustListError):
        open_list(signed(city, document))
    assert told(city, signed(city, document)) == [("UNDETERMINED", {"trust.unusable"})]


def _relong(der: bytes, old: bytes, new: bytes) -> bytes:
    """A certificate with a part of another length: the lengths of both SEQUENCEs around it follow (two bytes each)."""
    changed = bytearray(der.replace(old, new))
    for at in (2, 6):
        length = int.from_bytes(changed[at : at + 2], "big") + len(new) - len(old)
        changed[at : at + 2] = length.to_bytes(2, "big")
    return bytes(changed)
