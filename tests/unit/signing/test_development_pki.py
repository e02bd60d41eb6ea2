"""The development PKI: complete, private, marked, and never half-written."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from stdnum.cn import uscc

from signing import devkit
from signing.algorithms import DEVELOPMENT_MARK, DEVELOPMENT_POLICY_OID
from signing.errors import KeyLoadError, PkiError
from signing.key_files import load_certificates

DESCRIPTION = Path(__file__).resolve().parents[3] / "keys" / "development.toml"
MINIMAL = DESCRIPTION.read_text("utf-8")
OTHERS = ("root", "city CA", "time-stamps", "OCSP", "trust list", "status lists")
DEPARTMENTS = ("market", "transport", "police", "health", "land", "education", "housing", "social")


def certificates(folder: Path) -> list[x509.Certificate]:
    return [load_certificates(path)[0] for path in sorted((folder / "public").rglob("*.pem"))]


def test_every_certificate_is_marked_as_development(pki: Any) -> None:
    found = certificates(pki.folder)
    assert len(found) == len(DEPARTMENTS) + len(OTHERS)
    for certificate in found:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
        assert [policy.policy_identifier.dotted_string for policy in policies] == [DEVELOPMENT_POLICY_OID]
        assert DEVELOPMENT_MARK in certificate.subject.rfc4514_string()
    assert len({certificate.serial_number for certificate in found}) == len(found)


def test_the_policy_is_explained_where_people_look() -> None:
    assert DEVELOPMENT_POLICY_OID in (DESCRIPTION.parent / "README.md").read_text("utf-8")


def test_seal_certificates_are_for_commitments_only(pki: Any) -> None:
    for name in DEPARTMENTS:
        certificate = pki.credential(name).certificate
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.digital_signature
        assert usage.content_commitment
        assert not usage.key_cert_sign
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_time_stamp_certificate_has_one_critical_purpose(pki: Any) -> None:
    usage = pki.credential("tsa").certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_the_trust_list_certificate_has_one_critical_purpose_and_cannot_seal(pki: Any) -> None:
    certificate = pki.credential("trust-list").certificate
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert [purpose.dotted_string for purpose in usage.value] == ["0.4.0.2231.3.0"]
    assert not certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment


def test_the_status_certificate_can_sign_and_cannot_seal(pki: Any) -> None:
    extensions = pki.credential("status").certificate.extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.content_commitment
    assert not usage.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_every_department_has_a_seal_of_its_credit_code(pki: Any) -> None:
    departments = devkit.load_description(DESCRIPTION).departments
    assert {one.id for one in departments} == set(DEPARTMENTS)
    assert {path.stem for path in (pki.folder / "public" / "seals").iterdir()} == {one.id for one in departments}
    for one in departments:
        assert uscc.is_valid(one.code)
        assert one.name.endswith("（样例）")
        assert pki.credential(one.id).organization_id == f"NTRCN-{one.code}"


def test_private_material_is_private_and_encrypted(pki: Any) -> None:
    private = pki.folder / "private"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    keys = list(private.iterdir())
    assert len(keys) == len(DEPARTMENTS) + len(OTHERS) + 1, "the log has a key and no certificate"
    for path in keys:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert not list((pki.folder / "public").rglob("*PRIVATE*"))
    assert all(b"PRIVATE" not in path.read_bytes() for path in (pki.folder / "public").rglob("*") if path.is_file())


def test_an_existing_pki_is_not_overwritten(own_pki: Any) -> None:
    before = {path: path.read_bytes() for path in own_pki.folder.rglob("*") if path.is_file()}
    with pytest.raises(PkiError) as caught:
        devkit.create_development_pki(
            own_pki.folder, devkit.load_description(DESCRIPTION), passphrase=b"another one", at=own_pki.now
        )
    assert caught.value.code == "pki.exists"
    assert {path: path.read_bytes() for path in own_pki.folder.rglob("*") if path.is_file()} == before


def test_part_of_a_pki_is_not_completed(tmp_path: Path, pki: Any) -> None:
    (tmp_path / "public").mkdir()
    with pytest.raises(PkiError) as caught:
        devkit.create_development_pki(
            tmp_path, devkit.load_description(DESCRIPTION), passphrase=pki.passphrase, at=pki.now
        )
    assert caught.value.code == "pki.exists"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@pytest.mark.parametrize("fails_at", ["private", "public", "city.crl"])
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, pki: Any, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    def refuse(original: Callable[..., Any]) -> Callable[..., Any]:
        def replaced(self: Path, target: Path) -> Any:
            if Path(target).name == fails_at:
                raise OSError(28, "No space left on device")
            return original(self, target)

        return replaced

    monkeypatch.setattr(Path, "rename", refuse(Path.rename))
    monkeypatch.setattr(Path, "replace", refuse(Path.replace))
    with pytest.raises(PkiError) as caught:
        devkit.create_development_pki(
            tmp_path / "keys", devkit.load_description(DESCRIPTION), passphrase=pki.passphrase, at=pki.now
        )
    assert caught.value.code == "pki.folder"
    assert "No space left" in caught.value.message
    assert list((tmp_path / "keys").iterdir()) == []


def test_a_short_passphrase_is_refused(tmp_path: Path, pki: Any) -> None:
    with pytest.raises(PkiError) as caught:
        devkit.create_development_pki(tmp_path, devkit.load_description(DESCRIPTION), passphrase=b"1234567", at=pki.now)
    assert caught.value.code == "pki.passphrase"
    assert list(tmp_path.iterdir()) == []


def test_addresses_appear_only_if_described(pki: Any, tmp_path: Path) -> None:
    with pytest.raises(x509.ExtensionNotFound):
        pki.credential().certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    description = devkit.parse_description(MINIMAL.replace('base_url = ""', 'base_url = "http://pki.example/"'))
    devkit.create_development_pki(tmp_path, description, passphrase=pki.passphrase, at=pki.created)
    certificate = load_certificates(tmp_path / "public" / "seals" / "market.pem")[0]
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert [name.value for point in points for name in point.full_name or ()] == ["http://pki.example/crl/city.crl"]
    assert certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)


def read_crl(folder: Path, name: str) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl((folder / "public" / "crl" / f"{name}.crl").read_bytes())


def number(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_lists_are_published_again_with_higher_numbers(own_pki: Any) -> None:
    moment = own_pki.now + timedelta(days=20)
    devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=moment)
    for name in ("root", "city"):
        crl = read_crl(own_pki.folder, name)
        assert number(crl) == 2
        assert crl.last_update_utc == moment
        assert crl.next_update_utc == moment + timedelta(days=30)


def test_lists_keep_the_period_of_the_description(tmp_path: Path, pki: Any) -> None:
    description = devkit.parse_description(MINIMAL.replace("crl_days = 30", "crl_days = 5"))
    devkit.create_development_pki(tmp_path, description, passphrase=pki.passphrase, at=pki.now)
    certificate = load_certificates(tmp_path / "public" / "seals" / "police.pem")[0]
    devkit.publish_crls(tmp_path, passphrase=pki.passphrase, at=pki.now + timedelta(days=1))
    devkit.revoke_certificate(tmp_path, certificate, passphrase=pki.passphrase, at=pki.now + timedelta(days=2))
    for name in ("root", "city"):
        crl = read_crl(tmp_path, name)
        assert (number(crl), crl.next_update_utc) == (3, pki.now + timedelta(days=2 + 5))


def test_revocations_accumulate_and_keep_their_first_date(own_pki: Any) -> None:
    first, second = own_pki.credential("market").certificate, own_pki.credential("health").certificate
    reason = x509.ReasonFlags.key_compromise
    for hours, certificate in enumerate((first, second, first)):
        devkit.revoke_certificate(
            own_pki.folder,
            certificate,
            passphrase=own_pki.passphrase,
            at=own_pki.now + timedelta(hours=hours),
            reason=reason,
        )
    crl = read_crl(own_pki.folder, "city")
    assert number(crl) == 4
    entries = {entry.serial_number: entry for entry in crl}
    assert set(entries) == {first.serial_number, second.serial_number}
    assert entries[first.serial_number].revocation_date_utc == own_pki.now
    found = entries[first.serial_number].extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert found is reason


def test_the_city_ca_is_revoked_by_the_root(own_pki: Any) -> None:
    city = load_certificates(own_pki.folder / "public" / "intermediates" / "city-ca.pem")[0]
    devkit.revoke_certificate(own_pki.folder, city, passphrase=own_pki.passphrase, at=own_pki.now)
    assert [entry.serial_number for entry in read_crl(own_pki.folder, "root")] == [city.serial_number]
    assert len(list(read_crl(own_pki.folder, "city"))) == 0


def test_lost_lists_are_not_silently_restarted(own_pki: Any) -> None:
    (own_pki.folder / "public" / "crl" / "root.crl").write_bytes(b"")
    with pytest.raises(PkiError) as caught:
        devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=own_pki.now)
    assert caught.value.code == "pki.damaged"


def test_revoking_needs_the_passphrase(own_pki: Any) -> None:
    certificate = own_pki.credential().certificate
    with pytest.raises(KeyLoadError):
        devkit.revoke_certificate(own_pki.folder, certificate, passphrase=b"wrong one", at=own_pki.now)
    assert number(read_crl(own_pki.folder, "city")) == 1


def test_strangers_cannot_be_revoked_here(own_pki: Any) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stranger")])
    until = own_pki.created + timedelta(days=9)
    stranger = x509.CertificateBuilder(name, name, key.public_key(), 5, own_pki.created, until)
    with pytest.raises(PkiError) as caught:
        devkit.revoke_certificate(
            own_pki.folder, stranger.sign(key, hashes.SHA256()), passphrase=own_pki.passphrase, at=own_pki.now
        )
    assert caught.value.code == "pki.not-issued-here"


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('country = "CN"', "", "country"),
        ("root_years = 20", "root_years = 0", "root_years"),
        ("root_years = 20", 'root_years = "20"', "root_years"),
        ("crl_days = 30", "crl_days = true", "crl_days"),
        ('base_url = ""', 'base_url = "ftp://x"', "base_url"),
        ("baiyin.example/log", "baiyin.example+log", "log_origin"),
        ("licenses.baiyin.example/log", "https://licenses.baiyin.example/log", "log_origin"),
        ('id = "police"', 'id = "root-ca"', "departments[2].id"),
        ('id = "police"', 'id = "log"', "departments[2].id"),
        ('id = "police"', 'id = "../police"', "departments[2].id"),
        ('id = "police"', 'id = "market"', "departments"),
        ('code = "116204000000001043"', 'code = "11620400000000104"', "departments[2].code"),
        ('name = "白银市公安局（样例）"', "nmae = 1", "departments[2].nmae"),
        ('country = "CN"', 'country = "CN"\ncuontry = "CN"', "cuontry"),
        ("[[departments]]", "[[departments]", "not TOML"),
    ],
)
def test_a_wrong_description_names_the_place(old: str, new: str, path: str) -> None:
    with pytest.raises(PkiError) as caught:
        devkit.parse_description(MINIMAL.replace(old, new, 1))
    assert caught.value.code == "pki.description"
    assert caught.value.message.startswith(path)


def test_a_missing_description_is_named(tmp_path: Path) -> None:
    with pytest.raises(PkiError) as caught:
        devkit.load_description(tmp_path / "nothing.toml")
    assert caught.value.code == "pki.description"


def test_revocations_at_the_same_time_are_all_kept(own_pki: Any) -> None:
    found = [own_pki.credential(name).certificate for name in DEPARTMENTS]

    def revoke(certificate: x509.Certificate) -> None:
        devkit.revoke_certificate(own_pki.folder, certificate, passphrase=own_pki.passphrase, at=own_pki.now)

    with ThreadPoolExecutor(len(found)) as pool:
        list(pool.map(revoke, found))
    entries = {entry.serial_number for entry in read_crl(own_pki.folder, "city")}
    assert entries == {certificate.serial_number for certificate in found}
    assert number(read_crl(own_pki.folder, "city")) == 1 + len(found)
