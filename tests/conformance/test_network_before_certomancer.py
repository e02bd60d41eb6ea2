"""Time-stamps, status answers and lists of another maker's PKI, over HTTP: certomancer plays every authority.

Its configuration is a page (`PAGE`), its clock is told for every request.
"""

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from asn1crypto import tsp
from certomancer import services
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from loopback import fetcher

from signing.collecting import EvidenceIncompleteError, collect
from signing.errors import TimestampError
from signing.evidence import Evidence
from signing.ocsp_answers import REQUEST_TYPE, RESPONSE_TYPE, build_request, read_answer
from signing.revocation import RevocationAnswer, RevocationEvidence, Standing
from signing.timestamps_http import HttpTimestamper
from signing.trust import TrustStore
from signing.validation.time_stamps import judge_time_stamp

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
STAMPED = b"a signature value"
DIGEST = hashlib.sha256(STAMPED).digest()
KEYS = ("root", "city", "tsa", "seal", "responder")
VALIDITY = '{valid-from: "2026-01-01T00:00:00+0000", valid-to: "2036-01-01T00:00:00+0000"}'
PAGE = """
external-url-prefix: "%(url)s"
keysets:
  test: {path-prefix: "%(folder)s", keys: {%(keys)s}}
pki-architectures:
  city:
    keyset: test
    entity-defaults: {country-name: CN, organization-name: 测试}
    entities:
      root: {common-name: Root}
      city: {common-name: City CA}
      tsa: {common-name: Time}
      old-tsa: {common-name: Old time}
      young-tsa: {common-name: Young time}
      no-tsa: {common-name: No time}
      seal: {common-name: Seal}
      lost: {common-name: Revoked seal}
      listed: {common-name: Seal on lists only}
      unlisted: {common-name: Revoked on lists only}
      responder: {common-name: Status}
      impostor: {common-name: No status}
    certs:
      root:
        {subject: root, subject-key: root, issuer: root, authority-key: root, validity: &long %(validity)s,
         profiles: [{id: simple-ca, params: {crl-repo: root}}]}
      city:
        {subject: city, subject-key: city, issuer: root, authority-key: root, validity: *long,
         profiles: [{id: simple-ca, params: {max-path-len: 0}}]}
      tsa: &stamps
        subject: tsa
        subject-key: tsa
        issuer: city
        authority-key: city
        validity: *long
        extensions:
          - {id: key_usage, critical: true, smart-value: {schema: key-usage, params: [digital_signature]}}
          - {id: extended_key_usage, critical: true, value: [time_stamping]}
          - &told
            {id: authority_information_access, smart-value: {schema: aia-urls, params:
              {ocsp-responder-names: [city], ca-issuer-links: [{repo: root, cert-labels: [city]}]}}}
      old-tsa: {<<: *stamps, subject: old-tsa,
        validity: {valid-from: "2026-01-01T00:00:00+0000", valid-to: "2026-02-01T00:00:00+0000"}}
      young-tsa: {<<: *stamps, subject: young-tsa,
        validity: {valid-from: "2026-04-01T00:00:00+0000", valid-to: "2036-01-01T00:00:00+0000"}}
      no-tsa: &seals
        subject: no-tsa
        subject-key: seal
        issuer: city
        authority-key: city
        validity: *long
        extensions:
          - &commits {id: key_usage, critical: true, smart-value: {schema: key-usage,
              params: [digital_signature, non_repudiation]}}
          - *told
      seal: {<<: *seals, subject: seal}
      lost: {<<: *seals, subject: lost, revocation: {revoked-since: "2026-02-01T00:00:00+0000", reason: key_compromise}}
      listed: &lists
        <<: *seals
        subject: listed
        extensions:
          - *commits
          - {id: crl_distribution_points, smart-value: {schema: crl-dist-url, params: {crl-repo-names: [city]}}}
      unlisted:
        {<<: *lists, subject: unlisted, revocation: {revoked-since: "2026-02-01T00:00:00+0000", reason: superseded}}
      responder:
        {subject: responder, subject-key: responder, issuer: city, authority-key: city, validity: *long,
         profiles: [ocsp-responder]}
      impostor: {<<: *seals, subject: impostor, subject-key: responder}
    services:
      time-stamping:
        good: {signing-cert: tsa}
        old: {signing-cert: old-tsa, signing-key: tsa}
        young: {signing-cert: young-tsa, signing-key: tsa}
        none: {signing-cert: no-tsa, signing-key: seal}
        sha1: {signing-cert: tsa, digest-algo: sha1}
      ocsp:
        city: {for-issuer: city, responder-cert: responder, signing-key: responder}
        impostor: {for-issuer: city, responder-cert: impostor, signing-key: responder}
        itself: {for-issuer: city, responder-cert: city, signing-key: city}
      crl-repo:
        root: {for-issuer: root, signing-key: root, simulated-update-schedule: P30D}
        city: {for-issuer: city, signing-key: city, simulated-update-schedule: P30D}
      cert-repo:
        root: {for-issuer: root, publish-issued-certs: true}
"""


@dataclass
class City:
    """The PKI as certomancer serves it."""

    url: str
    pki: PKIArchitecture
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def now(self) -> datetime:
        """Its clock; a test may set it."""
        return self.clock[0]

    def certificate(self, label: str) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der(label))

    def der(self, label: str) -> bytes:
        encoded: bytes = self.pki.get_cert(CertLabel(label)).dump()
        return encoded

    def trust(self, *, crls: tuple[bytes, ...] = ()) -> TrustStore:
        return TrustStore([self.certificate("root")], [self.certificate("city")], crls)

    def timestamper(self, label: str, **settings: Any) -> HttpTimestamper:
        url = f"{self.url}/city/tsa/{label}"
        return HttpTimestamper(url, fetcher=fetcher(), trust=self.trust(), clock=lambda: NOW, **settings)


def _says_sha256(type_: str, value: Any) -> Any:
    """Name the certificate by SHA-256, as RFC 5816 has it; certomancer stays with SHA-1 (RFC 3161)."""
    if type_ == "signing_certificate":
        certificate = _STAMPING[-1]
        named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate.dump()).digest()})
        type_, value = "signing_certificate_v2", tsp.SigningCertificateV2({"certs": [named]})
    return _ATTRIBUTE(type_, value)


_ATTRIBUTE: Callable[[str, Any], Any] = services.simple_cms_attribute
_STAMPING: list[Any] = []


class ModernTimeStamper(services.TimeStamper):
    """As certomancer's, and remembers whose certificate is to be named."""

    def request_tsa_response(self, req: Any) -> Any:
        _STAMPING.append(self.tsa_cert)
        return super().request_tsa_response(req)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("keys")
    for name in KEYS:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        (folder / f"{name}.pem").write_bytes(pem)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    served: list[City] = []

    def application(environ: Any, start_response: Any) -> Any:
        store = AnimatorArchStore({ArchLabel("city"): served[0].pki})
        return Animator(store, at_time=served[0].now, with_web_ui=False)(environ, start_response)

    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        keys = ", ".join(f"{name}: {{path: {name}.pem}}" for name in KEYS)
        page = PAGE % {"url": url, "folder": folder, "keys": keys, "validity": VALIDITY}
        config = CertomancerConfig.from_yaml(page, key_search_dir=str(folder))
        served.append(City(url, config.get_pki_arch(ArchLabel("city"))))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(services, "simple_cms_attribute", _says_sha256)
            patched.setattr("certomancer.registry.pki_arch.TimeStamper", ModernTimeStamper)
            yield served[0]
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _reset_clock(city: City) -> None:
    city.clock[0] = NOW


def collected(city: City, *labels: str, trust: TrustStore | None = None) -> Evidence:
    numbers = itertools.count(1)
    certificates = [city.der(label) for label in labels]
    return collect(certificates, trust or city.trust(), fetcher=fetcher(), at=NOW, nonce=lambda: next(numbers))


def crl(city: City, name: str) -> bytes:
    return fetcher().get(f"{city.url}/city/crls/{name}/latest.crl", limit=100_000)


def ask_status(city: City, label: str, *, responder: str = "city", issuer: str = "city") -> RevocationAnswer:
    certificate, authority, nonce = city.certificate(label), city.certificate(issuer), bytes(range(32))
    data = fetcher().post(
        f"{city.url}/city/ocsp/{responder}",
        build_request(certificate, authority, nonce),
        content_type=REQUEST_TYPE,
        accept=RESPONSE_TYPE,
        limit=10_000,
    )
    return read_answer(data, certificate, authority, at=NOW, nonce=nonce)


def test_a_time_stamp_and_its_evidence_convince_the_judge(city: City) -> None:
    token = city.timestamper("good").timestamp(DIGEST, 2**63)
    trust = city.trust()
    assert judge_time_stamp(token, STAMPED, trust=trust, at=NOW).reason == "seal.revocation-unknown"
    evidence = collected(city, "tsa")
    assert judge_time_stamp(token, STAMPED, trust=trust.with_evidence(evidence), at=NOW).proven_at == NOW


@pytest.mark.parametrize(
    ("authority", "code"),
    [
        ("old", "timestamp.period"),
        ("young", "timestamp.period"),
        ("none", "timestamp.untrusted"),
        ("sha1", "timestamp.algorithm"),
        ("nobody", "timestamp.unreachable"),
    ],
)
def test_other_authorities_are_refused(city: City, authority: str, code: str) -> None:
    with pytest.raises(TimestampError) as caught:
        city.timestamper(authority).timestamp(DIGEST, 1)
    assert caught.value.code == code
    assert city.url.removeprefix("http://") in caught.value.message


def test_a_certificate_named_by_sha_1_is_refused(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """As certomancer does it by itself: the judges of seals do not accept it either."""
    monkeypatch.setattr(services, "simple_cms_attribute", _ATTRIBUTE)
    with pytest.raises(TimestampError) as caught:
        city.timestamper("good").timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.malformed"
    assert "does not name its certificate" in caught.value.message


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_time_stamp_of_another_time_is_refused(city: City, minutes: float) -> None:
    city.clock[0] = NOW + timedelta(minutes=minutes)
    with pytest.raises(TimestampError) as caught:
        city.timestamper("good").timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.time"


def test_an_authority_out_of_another_root_is_untrusted(city: City) -> None:
    stranger = HttpTimestamper(
        f"{city.url}/city/tsa/good",
        fetcher=fetcher(),
        trust=TrustStore([city.certificate("seal")]),
        clock=lambda: NOW,
    )
    with pytest.raises(TimestampError) as caught:
        stranger.timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.untrusted"


def test_the_policy_is_compared(city: City) -> None:
    assert city.timestamper("good", policy=services_policy()).timestamp(DIGEST, 1)
    with pytest.raises(TimestampError) as caught:
        city.timestamper("good", policy="1.2.3").timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.policy"


def services_policy() -> str:
    """The one policy of certomancer's authorities."""
    return "1.3.6.1.4.1.4146.2.3"


@pytest.mark.parametrize("responder", ["city", "itself"])
def test_status_good(city: City, responder: str) -> None:
    answer = ask_status(city, "seal", responder=responder)
    assert (answer.standing, answer.as_of, answer.is_fresh(NOW)) == (Standing.GOOD, NOW, True)


def test_status_revoked(city: City) -> None:
    answer = ask_status(city, "lost")
    assert (answer.standing, answer.revoked_at, answer.reason) == (
        Standing.REVOKED,
        datetime(2026, 2, 1, tzinfo=UTC),
        "keyCompromise",
    )


@pytest.mark.parametrize(
    ("responder", "issuer", "label", "hours", "reason"),
    [
        ("city", "city", "seal", -1, "the answer is no longer the newest"),
        ("city", "city", "seal", 1, "the answer is from the future"),
        ("impostor", "city", "seal", 0, "the responder's certificate is not for status answers"),
        ("city", "root", "city", 0, "The responder refused: unauthorized"),
    ],
)
def test_answers_that_are_none(city: City, responder: str, issuer: str, label: str, hours: float, reason: str) -> None:
    city.clock[0] = NOW + timedelta(hours=hours)
    answer = ask_status(city, label, responder=responder, issuer=issuer)
    assert (answer.standing, answer.reason) == (Standing.UNKNOWN, reason)


def test_evidence_is_answers_where_there_is_a_responder_and_lists_where_there_is_none(city: City) -> None:
    told = collected(city, "seal")
    assert told.certificates == tuple(city.der(label) for label in ("seal", "city", "root"))
    assert [ocsp.load_der_ocsp_response(one).serial_number for one in told.ocsps] == [
        city.certificate("seal").serial_number
    ]
    assert signers(told.crls) == ["Root"]
    listed = collected(city, "listed")
    assert (listed.ocsps, signers(listed.crls)) == ((), ["City CA", "Root"])


def signers(crls: tuple[bytes, ...]) -> list[str]:
    names = [x509.load_der_x509_crl(one).issuer for one in crls]
    return [str(name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value) for name in names]


@pytest.mark.parametrize(("label", "reason"), [("lost", "keyCompromise"), ("unlisted", "superseded")])
def test_evidence_of_a_revocation_is_evidence(city: City, label: str, reason: str) -> None:
    evidence = collected(city, label)
    answer = city.trust().with_evidence(evidence).revocation.ask(city.certificate(label), city.certificate("city"), NOW)
    assert (answer.standing, answer.reason) == (Standing.REVOKED, reason)


def test_a_missing_issuer_is_fetched(city: City) -> None:
    alone = TrustStore([city.certificate("root")])
    evidence = collected(city, "seal", trust=alone)
    assert city.der("city") in evidence.certificates
    grown = alone.with_evidence(evidence)
    assert grown.find_path(city.certificate("seal"), (), NOW) is not None
    assert grown.anchors == alone.anchors


def test_a_stale_list_leaves_a_gap(city: City) -> None:
    city.clock[0] = NOW - 60 * DAY
    with pytest.raises(EvidenceIncompleteError) as caught:
        collected(city, "listed")
    assert [(gap.certificate, gap.missing) for gap in caught.value.gaps] == [
        ("Seal on lists only", "revocation"),
        ("City CA", "revocation"),
    ]
    assert "it is no longer the newest" in caught.value.message
    assert caught.value.evidence.certificates == tuple(city.der(label) for label in ("listed", "city", "root"))


def test_a_list_of_another_issuer_says_nothing(city: City) -> None:
    answer = RevocationEvidence([crl(city, "root")]).ask(city.certificate("listed"), city.certificate("city"), NOW)
    assert answer.standing is Standing.UNKNOWN
