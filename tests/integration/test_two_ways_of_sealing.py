"""A licence that is sealed in the gap it was printed with, beside the same licence sealed by pyHanko: one verdict."""

import io
from dataclasses import dataclass
from typing import Any

import pikepdf
import pytest
from PIL import ImageChops
from support import ISSUERS, NOON, PASSPHRASE, example_request

from license_lib.authority import Authority
from license_lib.configured import fonts_folder
from license_lib.issuing import Issued
from license_lib.key_folder import KeyFolder
from license_lib.licenses.record import RECORD_NAME, canonical_bytes
from license_lib.pdfium import opened, page_picture
from license_lib.qr import scan_file
from license_lib.rendering import Attachment, Fonts, Press, Signature, printed
from license_lib.seal_room import prepared, printed_seal, seal_space
from signing.keys import load_credential
from signing.reports import SealReport
from signing.sealing import Mark, SealAppearance, Spot, seal, seal_prepared
from signing.sealing.prepared import reserved_for
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.validation import validate

WHY = "颁发"


@dataclass(frozen=True)
class Twice:
    """One licence, sealed both ways: `ours` in its gap, `theirs` by pyHanko."""

    ours: bytes
    theirs: bytes
    trust: TrustStore

    def reports(self) -> tuple[SealReport, SealReport]:
        ours, theirs = (validate(pdf, trust=self.trust, at=NOON) for pdf in (self.ours, self.theirs))
        return ours, theirs


def _keys(authority: Authority) -> KeyFolder:
    return KeyFolder(
        authority.settings.keys_folder,
        PASSPHRASE,
        fonts_folder(authority.settings),
        timestamps=authority.settings.timestamps,
        network=authority.settings.network,
        clock=lambda: NOON,
        randomness=bytes,
    )


def _timestamper(authority: Authority) -> LocalTimestamper:
    tsa = load_credential(authority.settings.keys_folder, "tsa", passphrase=PASSPHRASE, at=NOON)
    return LocalTimestamper(tsa, lambda: NOON, lambda: 4711)


@pytest.fixture(scope="module")
def keys(shared_authority: Authority) -> KeyFolder:
    return _keys(shared_authority)


@pytest.fixture(scope="module")
def timestamper(shared_authority: Authority) -> LocalTimestamper:
    return _timestamper(shared_authority)


@pytest.fixture(params=ISSUERS)
def twice(
    request: pytest.FixtureRequest,
    shared_authority: Authority,
    issued_licenses: dict[str, Issued],
    keys: KeyFolder,
    timestamper: LocalTimestamper,
) -> Twice:
    authority, key = shared_authority, request.param
    issued = issued_licenses[key]
    kind = authority.catalogue.get(key)
    body = authority.issuers.get(issued.license.issuer.code)
    visible, credential = keys.seal(body), keys.credential(body)
    layout = kind.layout_for(issued.license.fields)
    shared: dict[str, Any] = {
        "qr_text": scan_file(issued.pdf)[0],
        "photo": example_request(key).photo,
        "attachment": Attachment(canonical_bytes(issued.license), RECORD_NAME),
    }
    press = Press(Fonts.load(fonts_folder(authority.settings)), authority.catalogue.artwork)
    space = printed_seal(visible, layout, Signature(WHY, NOON, reserved_for(credential, timestamper)))
    ours = seal_prepared(
        prepared(printed(press, kind, issued.license, seal=space, **shared)),
        credential=credential,
        timestamper=timestamper,
        at=NOON,
        nonce=lambda: 7,
    )
    marks: tuple[Mark, ...] = ()
    if visible.signatory is not None and layout.signatory is not None:
        room = layout.signatory
        marks = (Mark(visible.signatory, Spot(0, room.x + room.w / 2, room.y + room.h / 2)),)
    theirs = seal(
        bytes(printed(press, kind, issued.license, seal=seal_space(visible), **shared).data),
        credential=credential,
        timestamper=timestamper,
        appearance=SealAppearance(visible.picture, across_pages=True, marks=marks),
        at=NOON,
        nonce=lambda: 7,
        reason=WHY,
    )
    return Twice(ours, theirs, TrustStore.load(authority.settings.keys_folder))


def test_the_verdict_is_the_same(twice: Twice) -> None:
    ours, theirs = twice.reports()
    assert ours.indication == theirs.indication
    assert ours.codes == theirs.codes
    assert ours.signer == theirs.signer
    assert (ours.sealed_at, ours.claimed_at) == (theirs.sealed_at, theirs.claimed_at) == (NOON, NOON)
    assert (ours.name, ours.level, ours.changes) == (theirs.name, theirs.level, theirs.changes)


def _shape(value: object, depth: int = 0) -> object:
    """A value of a PDF as plain values; what lies deep, and where bytes lie, is left out."""
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        kept = sorted(set(value.keys()) - {"/ByteRange", "/Contents", "/Length", "/Parent", "/P", "/Pg"})
        return "deep" if depth > 3 else {key: _shape(value[key], depth + 1) for key in kept}
    if isinstance(value, pikepdf.Array):
        return [_shape(one, depth + 1) for one in value]
    return str(value)


def test_the_structure_is_the_same(twice: Twice) -> None:
    with pikepdf.open(io.BytesIO(twice.ours)) as ours, pikepdf.open(io.BytesIO(twice.theirs)) as theirs:
        ours_root, theirs_root = ours.Root, theirs.Root
        assert sorted(ours_root.keys()) == sorted(theirs_root.keys())
        signature, other = ours_root.AcroForm.Fields[0].V, theirs_root.AcroForm.Fields[0].V
        assert _shape(signature) == _shape(other)
        for key in ("/Perms", "/MarkInfo", "/Lang", "/ViewerPreferences", "/Names", "/AF", "/OutputIntents"):
            assert _shape(ours_root[key]) == _shape(theirs_root[key]), key
        assert [_shape(page.MediaBox) for page in ours.pages] == [_shape(page.MediaBox) for page in theirs.pages]
        field, one = ours_root.AcroForm.Fields[0], theirs_root.AcroForm.Fields[0]
        assert set(field.keys()) == set(one.keys())
        for key in ("/T", "/TU", "/F", "/Rect", "/StructParent"):
            assert _shape(field[key]) == _shape(one[key]), key


def test_the_pages_look_the_same(twice: Twice) -> None:
    with opened(twice.ours) as ours, opened(twice.theirs) as theirs:
        assert len(ours) == len(theirs)
        for page, other in zip(ours, theirs, strict=True):
            difference = ImageChops.difference(*(page_picture(one, 90, grayscale=True) for one in (page, other)))
            assert max(difference.tobytes()) <= 2, "of 255: what two roundings of one place make"
