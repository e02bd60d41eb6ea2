"""Who signs the states, and which log is watched by whom: the list says it in one way, and nothing else says it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from support import NOON, PASSPHRASE

from license_lib.trust_list import ListedLog, TrustListError, open_list
from license_lib.trust_list.changes import changes
from license_lib.trust_list.snapshots import TYPE
from signing.jws import open_compact, sign_compact
from signing.keys import load_credential

Edit = Callable[[dict[str, Any]], object]
GO_NOTE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The verifier key in the documentation of golang.org/x/mod/sumdb/note."""


def refusal(desk: Any, edit: Edit) -> TrustListError:
    value = json.loads(open_compact(desk.sign().document, typ=TYPE).payload)
    edit(value)
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    with pytest.raises(TrustListError) as caught:
        open_list(sign_compact(text.encode(), desk.signer, typ=TYPE))
    return caught.value


def test_a_published_verifier_key_is_one(desk: Any) -> None:
    log = ListedLog(vkey=GO_NOTE_KEY)
    assert open_list(desk.sign(log=log).document).list.log == log
    assert open_list(desk.sign(log=None).document).list.log is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (GO_NOTE_KEY.replace("c74f20a3", "c74f20a4"), "log.vkey"),
        (GO_NOTE_KEY.replace("Peter", "peter"), "log.vkey"),
        (GO_NOTE_KEY.replace("+ARpc", "+ARpd"), "log.vkey"),
        (GO_NOTE_KEY[:-4], "log.vkey"),
        (GO_NOTE_KEY + "\n", "log.vkey"),
        ("", "log.vkey"),
    ],
)
def test_a_key_with_a_slip_is_refused(desk: Any, text: str, path: str) -> None:
    error = refusal(desk, lambda v: v["log"].update(vkey=text))
    assert (error.code, error.path) == ("trust.format", path)


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda v: v["log"].update(vkey=v["log"]["witnesses"][0]), "log.vkey"),
        (lambda v: v["log"].update(witnesses=[GO_NOTE_KEY]), "log.witnesses[0]"),
        (lambda v: v["log"].update(witnesses=v["log"]["witnesses"] * 2), "log"),
        (lambda v: v["log"].update(quorum=0), "log"),
        (lambda v: v["log"].update(quorum=2), "log"),
        (lambda v: v["log"].update(witnesses=[]), "log"),
        (lambda v: v["log"].update(quorum=True), "log.quorum"),
        (lambda v: v["log"].update(origin="licenses.example"), "log.origin"),
        (lambda v: v.update(status_signers=["AAAA"]), "status_signers[0]"),
    ],
    ids=[
        "a witness as log",
        "a log as witness",
        "one witness twice",
        "nobody needed",
        "more than there are",
        "none to ask",
        "true",
        "unknown",
        "no certificate",
    ],
)
def test_a_wrong_signer_or_log_is_refused_and_its_place_named(desk: Any, edit: Edit, path: str) -> None:
    error = refusal(desk, edit)
    assert (error.code, error.path) == ("trust.format", path)


def certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOON).not_valid_after(NOON + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_key_that_signs_states_signs_nothing_else(desk: Any) -> None:
    seal, anchor = desk.first.bodies[0].seals[0].certificate, desk.first.anchors[0]
    twin = certificate(ec.generate_private_key(ec.SECP256R1()))
    for signers in ((seal,), (anchor,), (desk.first.intermediates[0],), (twin, twin)):
        with pytest.raises(TrustListError, match="serves twice"):
            open_list(desk.sign(status_signers=signers).document)
    with pytest.raises(TrustListError, match="serves twice"):
        open_list(desk.sign(status_signers=(twin,), next_signers=(twin,)).document)
    assert open_list(desk.sign(status_signers=(*desk.first.status_signers, twin)).document)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)], ids=["P-384", "RSA"]
)
def test_states_are_signed_with_p256(desk: Any, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    with pytest.raises(TrustListError, match="no P-256 key"):
        open_list(desk.sign(status_signers=(certificate(key),)).document)


def test_a_new_signer_and_another_quorum_are_told(desk: Any) -> None:
    market = load_credential(desk.folder, "market", passphrase=PASSPHRASE, at=NOON).certificate_der
    new = desk.first.model_copy(update={"status_signers": (market,), "log": ListedLog(vkey=GO_NOTE_KEY)})
    told = [(change.added, change.fact.kind) for change in changes(desk.first, new)]
    assert told == [(False, "status-signer"), *[(False, "log")] * 3, (True, "status-signer"), (True, "log")]
    assert changes(desk.first, desk.first) == ()
