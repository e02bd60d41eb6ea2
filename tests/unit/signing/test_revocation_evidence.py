"""Lists and status answers together: which of them decides, and what a document may bring along."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from signing import devkit
from signing.errors import TrustError
from signing.evidence import Evidence
from signing.key_files import load_certificates, load_private_key
from signing.ocsp import OcspResponder
from signing.ocsp_answers import build_request
from signing.revocation import RevocationAnswer, RevocationEvidence, Standing
from signing.trust import TrustStore

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
KEY_COMPROMISE = x509.ReasonFlags.key_compromise
HOLD = x509.ReasonFlags.certificate_hold


class Books:
    """The city CA's books, which make lists and answers of any moment."""

    def __init__(self, pki: Any) -> None:
        self.pki = pki
        public = pki.folder / "public"
        self.city = load_certificates(public / "intermediates" / "city-ca.pem")[0]
        self.certificate = pki.credential().certificate
        self.key = load_private_key(pki.folder / "private" / "city-ca.pem", pki.passphrase)

    def crl(
        self, as_of: datetime, *, revoked: x509.ReasonFlags | None = None, point: x509.ExtensionType | None = None
    ) -> x509.CertificateRevocationList:
        builder = x509.CertificateRevocationListBuilder(self.city.subject, as_of, as_of + DAY)
        if revoked:
            entry = x509.RevokedCertificateBuilder(self.certificate.serial_number, as_of - HOUR)
            builder = builder.add_revoked_certificate(
                entry.add_extension(x509.CRLReason(revoked), critical=False).build()
            )
        if point:
            builder = builder.add_extension(point, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def ocsp(self, as_of: datetime, *, revoked: x509.ReasonFlags | None = None) -> bytes:
        responder = OcspResponder(
            self.pki.credential("ocsp"),
            self.city,
            [self.certificate.serial_number],
            self.crl(as_of, revoked=revoked),
        )
        return responder.respond(build_request(self.certificate, self.city, bytes(32)), as_of)

    def ask(self, crls: Sequence[bytes], ocsps: Sequence[bytes] = ()) -> RevocationAnswer:
        return RevocationEvidence(crls, ocsps).ask(self.certificate, self.city, self.pki.now)


@pytest.fixture(scope="module")
def books(pki: Any) -> Books:
    return Books(pki)


def der(crl: x509.CertificateRevocationList) -> bytes:
    return crl.public_bytes(Encoding.DER)


def test_without_any_nothing_is_known(books: Books) -> None:
    answer = books.ask([])
    assert (answer.standing, answer.reason) == (Standing.UNKNOWN, "there is neither a list nor an answer")


@pytest.mark.parametrize("newest", ["crl", "ocsp"])
def test_the_newest_of_either_kind_decides(books: Books, newest: str) -> None:
    old, new = books.pki.now - 3 * HOUR, books.pki.now - 2 * HOUR
    crl, answer = (new, old) if newest == "crl" else (old, new)
    crls, ocsps = [der(books.crl(crl))], [books.ocsp(answer)]
    found = books.ask(crls, ocsps)
    assert (found.standing, found.as_of, found.next_update) == (Standing.GOOD, new, new + DAY)
    assert found.evidence == (Evidence(crls=tuple(crls)) if newest == "crl" else Evidence(ocsps=tuple(ocsps)))


@pytest.mark.parametrize("revoked_in", ["crl", "ocsp"])
@pytest.mark.parametrize("revoked_is", ["newer", "older", "as old"])
def test_no_good_outvotes_a_revocation(books: Books, revoked_in: str, revoked_is: str) -> None:
    good = books.pki.now - 3 * HOUR
    bad = good + {"newer": HOUR, "older": -HOUR, "as old": 0 * HOUR}[revoked_is]
    if revoked_in == "crl":
        found = books.ask([der(books.crl(bad, revoked=KEY_COMPROMISE))], [books.ocsp(good)])
    else:
        found = books.ask([der(books.crl(good))], [books.ocsp(bad, revoked=KEY_COMPROMISE)])
    assert (found.standing, found.revoked_at, found.reason) == (Standing.REVOKED, bad - HOUR, "keyCompromise")


@pytest.mark.parametrize(("newest_is_good", "standing"), [(True, Standing.GOOD), (False, Standing.REVOKED)])
def test_a_hold_may_be_lifted(books: Books, standing: Standing, *, newest_is_good: bool) -> None:
    old, new = books.pki.now - 4 * HOUR, books.pki.now - 2 * HOUR
    hold, good = (old, new) if newest_is_good else (new, old)
    assert books.ask([der(books.crl(hold, revoked=HOLD)), der(books.crl(good))]).standing is standing


def test_at_the_same_moment_a_hold_outweighs_good(books: Books) -> None:
    moment = books.pki.now - HOUR
    assert books.ask([der(books.crl(moment))], [books.ocsp(moment, revoked=HOLD)]).standing is Standing.REVOKED
    assert books.ask([der(books.crl(moment, revoked=HOLD))], [books.ocsp(moment)]).standing is Standing.REVOKED


def test_an_unknown_does_not_hide_an_older_answer(books: Books) -> None:
    """The newest list is about authorities only: it says nothing, and the older one is heard."""
    old, new = books.pki.now - 4 * HOUR, books.pki.now - 2 * HOUR
    found = books.ask([der(books.crl(new, point=scope(cas=True))), der(books.crl(old))])
    assert (found.standing, found.as_of) == (Standing.GOOD, old)


def scope(*, cas: bool = False, users: bool = False, url: str = "", indirect: bool = False) -> x509.ExtensionType:
    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)] if url else None,
        relative_name=None,
        only_contains_user_certs=users,
        only_contains_ca_certs=cas,
        only_some_reasons=None,
        indirect_crl=indirect,
        only_contains_attribute_certs=False,
    )


@pytest.mark.parametrize(
    ("point", "standing"),
    [
        (scope(users=True), Standing.GOOD),
        (scope(cas=True), Standing.UNKNOWN),
        (scope(indirect=True), Standing.UNKNOWN),
        (scope(url="http://ca.example/elsewhere.crl"), Standing.UNKNOWN),
    ],
    ids=["end entities", "authorities", "of several issuers", "another distribution point"],
)
def test_a_list_of_some_certificates_is_asked_about_these(
    books: Books, point: x509.ExtensionType, standing: Standing
) -> None:
    answer = books.ask([der(books.crl(books.pki.now - HOUR, point=point))])
    assert answer.standing is standing
    assert (answer.reason == "") is (standing is Standing.GOOD)


def test_what_was_revoked_later_was_good_before(books: Books) -> None:
    late = books.pki.now + 3 * DAY
    evidence = RevocationEvidence(
        [der(books.crl(late, revoked=KEY_COMPROMISE))], [books.ocsp(late + DAY, revoked=HOLD)]
    )
    assert evidence.ask(books.certificate, books.city, books.pki.now).standing is Standing.GOOD
    assert evidence.ask(books.certificate, books.city, late).standing is Standing.REVOKED


@pytest.mark.parametrize(("kind", "code"), [("crls", "trust.crl"), ("ocsps", "trust.ocsp")])
def test_our_own_must_be_readable_and_a_documents_need_not(pki: Any, books: Books, kind: str, code: str) -> None:
    with pytest.raises(TrustError) as caught:
        RevocationEvidence(**{kind: [b"damaged"]})
    assert caught.value.code == code
    trust = TrustStore(load_certificates(pki.folder / "public" / "anchors" / "root-ca.pem"))
    brought = Evidence(
        certificates=(b"damaged", books.city.public_bytes(Encoding.DER)),
        crls=(b"damaged", der(books.crl(pki.now))),
        ocsps=(b"damaged", books.ocsp(pki.now)),
    )
    grown = trust.with_evidence(brought)
    assert grown.find_path(books.certificate, (), pki.now) is not None
    assert grown.revocation.ask(books.certificate, books.city, pki.now).standing is Standing.GOOD
    # The store itself has learned nothing.
    assert trust.find_path(books.certificate, (), pki.now) is None
    assert trust.revocation.ask(books.certificate, books.city, pki.now).standing is Standing.UNKNOWN


def test_a_document_never_brings_an_anchor(pki: Any, other_pki: Any) -> None:
    roots = load_certificates(other_pki.folder / "public" / "anchors" / "root-ca.pem")
    chain = [*roots, *other_pki.credential().chain]
    brought = Evidence(certificates=tuple(one.public_bytes(Encoding.DER) for one in chain))
    grown = pki.trust().with_evidence(brought)
    assert grown.anchors == pki.trust().anchors
    assert grown.find_path(other_pki.credential().certificate, brought.certificates, pki.now) is None


def test_what_a_document_repeats_is_not_read_twice(pki: Any) -> None:
    trust = pki.trust()
    assert trust.with_evidence(Evidence()) is trust
    crls = tuple(path.read_bytes() for path in (pki.folder / "public" / "crl").iterdir())
    certificates = tuple(one.public_bytes(Encoding.DER) for one in trust.intermediates)
    grown = trust.with_evidence(Evidence(certificates, crls))
    assert grown.intermediates == trust.intermediates
    assert grown.revocation.ask(pki.credential().certificate, trust.intermediates[0], pki.now).standing is Standing.GOOD


def test_evidence_that_came_before_is_not_read_again_unless_it_is_large(pki: Any) -> None:
    trust = pki.trust()
    (crl, *_) = (path.read_bytes() for path in (pki.folder / "public" / "crl").iterdir())
    grown = trust.with_evidence(Evidence(crls=(crl,)))
    assert trust.with_evidence(Evidence(crls=(bytes(bytearray(crl)),))) is grown
    assert trust.with_evidence(Evidence(crls=(crl, b"another"))) is not grown
    large = Evidence(crls=(bytes(1 << 20),))
    assert trust.with_evidence(large) is not trust.with_evidence(large)
    trust.forget()
    assert trust.with_evidence(Evidence(crls=(crl,))) is not grown


def test_status_answers_of_the_folder_are_loaded(own_pki: Any) -> None:
    books = Books(own_pki)
    place: Path = own_pki.folder / "public" / "ocsp"
    place.mkdir()
    as_of = own_pki.now - HOUR
    (place / "market.ocsp").write_bytes(books.ocsp(as_of, revoked=KEY_COMPROMISE))
    assert own_pki.trust().revocation.ask(books.certificate, books.city, own_pki.now).standing is Standing.REVOKED
    (place / "market.ocsp").write_bytes(b"damaged")
    with pytest.raises(TrustError) as caught:
        own_pki.trust()
    assert caught.value.code == "trust.ocsp"


def test_a_forged_answer_in_a_document_changes_nothing(pki: Any, books: Books, other_pki: Any) -> None:
    forged = Books(other_pki)
    forged.certificate = books.certificate
    brought = Evidence(
        crls=(der(forged.crl(pki.now, revoked=KEY_COMPROMISE)),), ocsps=(forged.ocsp(pki.now, revoked=KEY_COMPROMISE),)
    )
    answer = pki.trust().with_evidence(brought).revocation.ask(books.certificate, books.city, pki.now)
    assert (answer.standing, answer.as_of) == (Standing.GOOD, pki.created)


def test_devkit_lists_still_decide(own_pki: Any) -> None:
    certificate = own_pki.credential().certificate
    devkit.revoke_certificate(own_pki.folder, certificate, passphrase=own_pki.passphrase, at=own_pki.now)
    city = own_pki.trust().intermediates[0]
    assert own_pki.trust().revocation.ask(certificate, city, own_pki.now).revoked_at == own_pki.now
