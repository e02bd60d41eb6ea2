"""Collecting evidence from a PKI that is served on loopback, and from servers that lie, are huge, or are not there."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates
from cryptography.x509 import ocsp
from loopback import Asked, Reply, fetcher, serving

from signing import devkit
from signing.collecting import EvidenceIncompleteError, collect
from signing.errors import NetworkError
from signing.evidence import Evidence
from signing.key_files import load_certificates, load_private_key
from signing.keys import load_credential
from signing.network import Fetcher, host_of
from signing.ocsp import OcspResponder
from signing.trust import TrustStore

PASSPHRASE = b"only for tests"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DESCRIPTION = Path(__file__).resolve().parents[3] / "keys" / "development.toml"


@dataclass
class Served:
    """A development PKI whose certificates say where its services are, and the services."""

    folder: Path
    changed: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if asked.path in self.changed:
            return self.changed[asked.path]
        if asked.path == "/ocsp":
            responder = OcspResponder.load(self.folder, passphrase=PASSPHRASE, at=NOW)
            return Reply(responder.respond(asked.body, NOW))
        if asked.path.startswith("/ca/"):
            return Reply(self.der(asked.path.removeprefix("/ca/").removesuffix(".cer")))
        return Reply((self.folder / "public" / asked.path[1:]).read_bytes())

    def der(self, name: str) -> bytes:
        return self.certificate(name).public_bytes(Encoding.DER)

    def certificate(self, name: str) -> x509.Certificate:
        public = self.folder / "public"
        places = {"root": "anchors/root-ca", "city": "intermediates/city-ca", "tsa": "tsa", "market": "seals/market"}
        return load_certificates(public / f"{places[name]}.pem")[0]

    def trust(self, *, lists: bool = False, intermediates: bool = True) -> TrustStore:
        public = self.folder / "public"
        return TrustStore(
            [self.certificate("root")],
            [self.certificate("city")] if intermediates else [],
            [path.read_bytes() for path in (public / "crl").iterdir()] if lists else [],
        )

    def collect(self, *names: str, trust: TrustStore | None = None, network: Fetcher | None = None) -> Evidence:
        numbers = itertools.count(2**70)
        certificates = [self.der(name) for name in names]
        network = network or fetcher(seconds=2)
        return collect(certificates, trust or self.trust(), fetcher=network, at=NOW, nonce=lambda: next(numbers))

    def gaps(self, *names: str, **settings: Any) -> EvidenceIncompleteError:
        with pytest.raises(EvidenceIncompleteError) as caught:
            self.collect(*names, **settings)
        assert caught.value.code == "evidence.incomplete"
        return caught.value


@pytest.fixture(scope="module")
def served_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "keys"
    served = Served(folder)
    with serving(served.answer) as url:
        page = re.sub(r"(?m)^base_url = .*$", f'base_url = "{url}"', DESCRIPTION.read_text("utf-8"))
        assert url in page
        devkit.create_development_pki(folder, devkit.parse_description(page), passphrase=PASSPHRASE, at=CREATED)
        yield served


@pytest.fixture
def served(served_once: Served) -> Served:
    served_once.changed.clear()
    served_once.asked.clear()
    return served_once


def test_lists_at_hand_need_no_network(served: Served) -> None:
    trust = served.trust(lists=True)
    certificates = [served.der(name) for name in ("market", "tsa")]
    evidence = collect(certificates, trust, fetcher=None, at=NOW, nonce=lambda: 1)
    assert set(evidence.certificates) == {served.der(name) for name in ("market", "tsa", "city", "root")}
    assert (len(evidence.crls), evidence.ocsps) == (2, ())
    assert served.collect("market", "tsa", trust=trust) == evidence
    assert served.asked == []


def test_otherwise_responders_are_asked_and_lists_fetched(served: Served) -> None:
    evidence = served.collect("market", "tsa")
    told = [ocsp.load_der_ocsp_response(one) for one in evidence.ocsps]
    assert [one.serial_number for one in told] == [served.certificate(name).serial_number for name in ("market", "tsa")]
    assert all(len(one.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce) == 32 for one in told)
    assert [x509.load_der_x509_crl(one).issuer for one in evidence.crls] == [served.certificate("root").subject]
    grown = served.trust().with_evidence(evidence).revocation
    assert grown.ask(served.certificate("market"), served.certificate("city"), NOW).is_fresh(NOW)
    # The city CA's own responder refuses (it answers for the city only); its list is fetched once.
    assert [asked.path for asked in served.asked] == ["/ocsp", "/ocsp", "/crl/root.crl", "/ocsp"]


def test_if_the_responder_fails_the_list_helps(served: Served) -> None:
    served.changed["/ocsp"] = Reply(b"out of order", 500)
    evidence = served.collect("market", "tsa")
    assert (len(evidence.crls), evidence.ocsps) == (2, ())
    assert [asked.path for asked in served.asked].count("/crl/city.crl") == 1


@pytest.mark.parametrize("form", ["DER", "PEM", "PKCS #7"])
def test_missing_issuers_are_fetched(served: Served, form: str) -> None:
    city = served.certificate("city")
    published = {
        "DER": city.public_bytes(Encoding.DER),
        "PEM": city.public_bytes(Encoding.PEM),
        "PKCS #7": serialize_certificates([served.certificate("root"), city], Encoding.DER),
    }
    served.changed["/ca/city.cer"] = Reply(published[form])
    evidence = served.collect("market", trust=served.trust(intermediates=False))
    assert evidence.certificates == tuple(served.der(name) for name in ("market", "city", "root"))


@pytest.mark.parametrize("body", [b"garbage", b"", bytes(70_000)], ids=["garbage", "nothing", "huge"])
def test_a_file_that_is_no_issuer_leaves_a_gap(served: Served, body: bytes) -> None:
    served.changed["/ca/city.cer"] = Reply(body)
    error = served.gaps("market", trust=served.trust(intermediates=False))
    assert [gap.missing for gap in error.gaps] == ["path"]
    assert "127.0.0.1" in error.message


def test_another_certificate_than_the_issuers_leaves_a_gap(served: Served) -> None:
    served.changed["/ca/city.cer"] = Reply(served.der("tsa"))
    error = served.gaps("market", trust=served.trust(intermediates=False))
    assert "another certificate than the issuer's" in error.message


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=404), "status 404"),
        (Reply(b"garbage"), "cannot be read"),
        (Reply(bytes(10 * 1024 * 1024 + 1)), "more than 10485760 bytes"),
        (Reply(drip=True), "did not answer in time"),
    ],
    ids=["missing", "garbage", "huge", "slow"],
)
def test_a_list_that_cannot_be_had_leaves_a_gap(served: Served, reply: Reply, reason: str) -> None:
    served.changed |= {"/ocsp": Reply(b"garbage"), "/crl/city.crl": reply}
    error = served.gaps("market")
    (gap,) = error.gaps
    assert (gap.certificate, gap.missing) == (served_name(served), "revocation")
    assert reason in error.message
    # What was had is not lost, and the rest was still collected.
    assert len(error.evidence.certificates) == 3
    assert len(error.evidence.crls) == 1


def served_name(served: Served) -> str:
    return str(served.certificate("market").subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


def test_a_list_of_another_issuer_leaves_a_gap(served: Served) -> None:
    served.changed |= {
        "/ocsp": Reply(b"garbage"),
        "/crl/city.crl": Reply((served.folder / "public" / "crl" / "root.crl").read_bytes()),
    }
    assert "not the issuer's" in served.gaps("market").message


def test_a_replayed_status_leaves_a_gap(served: Served) -> None:
    served.collect("market")
    (old,) = [asked for asked in served.asked if asked.path == "/ocsp"][:1]
    responder = OcspResponder.load(served.folder, passphrase=PASSPHRASE, at=NOW)
    replayed = responder.respond(old.body, NOW)
    served.changed |= {"/ocsp": Reply(replayed), "/crl/city.crl": Reply(status=404)}
    numbers = itertools.count(5)
    with pytest.raises(EvidenceIncompleteError) as caught:
        collect([served.der("market")], served.trust(), fetcher=fetcher(), at=NOW, nonce=lambda: next(numbers))
    assert "belongs to another request" in caught.value.message


def test_without_a_network_gaps_are_told(served: Served) -> None:
    with pytest.raises(EvidenceIncompleteError) as caught:
        collect([served.der("market"), b"damaged"], served.trust(), fetcher=None, at=NOW, nonce=lambda: 1)
    assert [gap.missing for gap in caught.value.gaps] == ["revocation", "revocation", "path"]
    assert served.asked == []


def test_stale_lists_at_hand_are_replaced_or_told(served: Served) -> None:
    late = NOW + timedelta(days=40)
    with pytest.raises(EvidenceIncompleteError) as caught:
        collect([served.der("market")], served.trust(lists=True), fetcher=fetcher(), at=late, nonce=lambda: 1)
    assert caught.value.message.count("it is no longer the newest") >= 2


def test_an_expired_certificate_is_proved_as_of_its_last_moment(own_pki: Any) -> None:
    late = own_pki.created + timedelta(days=3 * 366)
    devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=late - timedelta(days=1))
    credential = load_credential(own_pki.folder, "market", passphrase=own_pki.passphrase, at=own_pki.now)
    evidence = collect([credential.certificate_der], own_pki.trust(), fetcher=None, at=late, nonce=lambda: 1)
    assert len(evidence.crls) == 2


def test_who_failed_is_not_asked_again(served: Served) -> None:
    served.changed |= {"/ocsp": Reply(status=404), "/crl/city.crl": Reply(status=404)}
    error = served.gaps("market", "tsa")
    assert len(error.gaps) == 2
    assert sorted(asked.path for asked in served.asked) == ["/crl/city.crl", "/crl/root.crl", "/ocsp"]


class Nowhere:
    """A network in which nothing answers; it notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, url: str, *, limit: int) -> bytes:
        self.asked.append(url)
        raise NetworkError("network.refused", f"nobody there, or more than {limit}")

    def post(self, url: str, body: bytes, *, content_type: str, accept: str, limit: int) -> bytes:
        assert (body, content_type, accept) != (b"", "", "")
        return self.get(url, limit=limit)


@pytest.mark.parametrize(
    ("pattern", "hosts", "requests"), [("http://h{}.example/x", 8, 9), ("http://h.example/{}", 2, 32)]
)
def test_certificates_cannot_make_us_ask_everybody_or_for_ever(
    served: Served, pattern: str, hosts: int, requests: int
) -> None:
    city = served.certificate("city")
    key = load_private_key(served.folder / "private" / "city-ca.pem", PASSPHRASE)
    numbers = itertools.count()

    def listed() -> bytes:
        names = [x509.UniformResourceIdentifier(pattern.format(next(numbers))) for _ in range(6)]
        points = x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Greedy")])
        builder = x509.CertificateBuilder(
            city.subject, subject, key.public_key(), next(numbers) + 1, CREATED, NOW + timedelta(days=9)
        )
        return builder.add_extension(points, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    nowhere = Nowhere()
    greedy = [listed() for _ in range(20)]
    with pytest.raises(EvidenceIncompleteError) as caught:
        collect(greedy, served.trust(lists=False), fetcher=nowhere, at=NOW, nonce=lambda: 1)
    assert (len({host_of(url) for url in nowhere.asked}), len(nowhere.asked)) == (hosts, requests)
    assert len(caught.value.gaps) == 21
    assert "more requests or servers than are allowed" in caught.value.message
    assert pattern.format(2) in nowhere.asked
    assert pattern.format(3) not in nowhere.asked, "of one certificate, three places are tried"
