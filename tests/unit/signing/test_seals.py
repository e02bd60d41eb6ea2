"""Seal objects: read strictly, and used by the certificates that they name, in their time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signing.errors import SealingError
from signing.seal_design import SealShape
from signing.seals import Seal, SealLook, certificate_digest, load_seal, seal_toml


def test_every_body_of_a_new_pki_has_a_seal_for_its_certificate(pki: Any) -> None:
    seal, credential = load_seal(pki.folder, "market"), pki.credential()
    assert (seal.id, seal.name) == ("6204000000102", "白银市市场监督管理局（样例）")
    assert (seal.picture.shape, seal.picture.width_mm, seal.picture.code) == (SealShape.ROUND, 42, seal.id)
    assert seal.certificates == (certificate_digest(credential.certificate_der),)
    assert seal.valid_from == credential.certificate.not_valid_before_utc
    assert seal.valid_until == credential.certificate.not_valid_after_utc
    seal.check(credential, pki.now)


def test_another_body_s_certificate_is_refused(pki: Any) -> None:
    with pytest.raises(SealingError) as caught:
        load_seal(pki.folder, "market").check(pki.credential("police"), pki.now)
    assert caught.value.code == "seal-object.certificate"


@pytest.mark.parametrize("days", [-1, 4 * 366])
def test_outside_its_period_nobody_uses_it(pki: Any, days: int) -> None:
    with pytest.raises(SealingError) as caught:
        load_seal(pki.folder, "market").check(pki.credential(), pki.created + timedelta(days=days))
    assert caught.value.code == "seal-object.period"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    seal = Seal(
        id="6204000000999",
        name="白银市样例局",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=datetime(2027, 1, 1, tzinfo=UTC),
        certificates=("ab" * 32, "cd" * 32),
        picture=SealLook(name="白银市“样例”局\\", shape=SealShape.OVAL, width_mm=45, height_mm=30, caption='专"用章'),
        signatory=SealLook(artwork="sign.png", width_mm=30, height_mm=12),
    )
    folder = tmp_path / "public" / "seals"
    folder.mkdir(parents=True)
    (folder / "sample.toml").write_text(seal_toml(seal), encoding="utf-8")
    assert load_seal(tmp_path, "sample") == seal


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "6204000000102"', 'id = "62-04"', "id"),
        ('name = "白银市市场监督管理局（样例）"\nvalid', "valid", "name"),
        ("width_mm = 42.0", "width_mm = 4.0", "picture.width_mm"),
        ("height_mm = 42.0", "height_mm = 40.0", "A round seal is as high as it is wide"),
        ("height_mm = 42.0", 'height_mm = 42.0\nartwork = "seal.svg"', "an artwork brings its own shape and texts"),
        ("[picture]", "[pictures]", "picture"),
        ("[picture]", '[picture]\nartwork = "../seal.svg"', "picture.artwork"),
        ("[picture]", "[picture", ""),
        ("valid_until = 20", "valid_until = 19", "valid_from must be before valid_until"),
        ("[picture]", f"x = {'[' * 20000}\n[picture]", ""),
        ("[picture]", f"# {'x' * 70000}\n[picture]", "64 KiB"),
    ],
)
def test_a_wrong_seal_is_refused_and_says_where(pki: Any, tmp_path: Path, old: str, new: str, place: str) -> None:
    copy = pki.copy_to(tmp_path / "keys")
    path = copy.folder / "public" / "seals" / "market.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SealingError) as caught:
        load_seal(copy.folder, "market")
    assert caught.value.code == "seal-object.invalid"
    assert place in caught.value.message
    assert caught.value.message.startswith("market.toml: ")


def test_an_artwork_has_no_shape() -> None:
    with pytest.raises(ValueError, match="brings its own shape"):
        SealLook(artwork="own.svg", shape=SealShape.OVAL, width_mm=45, height_mm=30)


def test_a_missing_seal_is_named(pki: Any) -> None:
    with pytest.raises(SealingError) as caught:
        load_seal(pki.folder, "nobody")
    assert caught.value.code == "seal-object.missing"
