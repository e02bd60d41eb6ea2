"""Documents of others, sealed invisibly by ourselves and by pyHanko: refused alike, or one document and one verdict.

Most files of the corpus are signed; what they were before is their first revisions.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf_shapes import shape_of_file
from support import NOON, PASSPHRASE

from license_lib.authority import Authority
from signing.errors import SealingError
from signing.keys import SealCredential, load_credential
from signing.pdf_reading import PdfError, map_file
from signing.sealing import certify, seal
from signing.sealing.invisible import is_usual
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.validation import validate

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpora" / "pdf"
pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not there"),
    pytest.mark.filterwarnings("ignore"),
]


def is_ours(pdf: bytes) -> bool:
    try:
        return is_usual(map_file(pdf))
    except PdfError:
        return False


def documents() -> Iterator[tuple[str, bytes]]:
    """The revisions of the corpus that we would write behind ourselves, each once; and the same with packed objects."""
    seen: set[bytes] = set()
    for path in sorted(CORPUS.rglob("*.pdf")):
        pdf = path.read_bytes()
        for end in re.finditer(rb"%%EOF[\r\n]{0,2}", pdf):
            revision = pdf[: end.end()]
            if revision not in seen and is_ours(revision):
                seen.add(revision)
                yield path.name, revision
                out = io.BytesIO()
                with pikepdf.open(io.BytesIO(revision)) as document:
                    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
                yield f"{path.name}, packed", out.getvalue()


class Sealing:
    """Seals with the keys of an authority."""

    def __init__(self, authority: Authority) -> None:
        keys = authority.settings.keys_folder
        self.trust = TrustStore.load(keys)
        self._credential: SealCredential = load_credential(keys, "market", passphrase=PASSPHRASE, at=NOON)
        tsa = load_credential(keys, "tsa", passphrase=PASSPHRASE, at=NOON)
        self._timestamper = LocalTimestamper(tsa, lambda: NOON, lambda: 4711)

    def __call__(self, pdf: bytes) -> bytes | str:
        """The sealed file, or the code of the refusal."""
        try:
            return seal(
                pdf,
                credential=self._credential,
                timestamper=self._timestamper,
                appearance=None,
                at=NOON,
                nonce=lambda: 7,
                reason="对照",
                location="Baiyin",
            )
        except SealingError as error:
            return error.code


def verdict(pdf: bytes, trust: TrustStore) -> Any:
    report = validate(pdf, trust=trust, at=NOON)
    return report.indication, report.codes, report.signer, report.name, report.level, report.sealed_at, report.changes


def test_refused_alike_or_one_document(shared_authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    sealing = Sealing(shared_authority)
    sealed = refused = 0
    for name, pdf in documents():
        ours = sealing(pdf)
        with monkeypatch.context() as patch:
            patch.setattr(certify, "is_usual", lambda _: False)
            theirs = sealing(pdf)
        if isinstance(ours, str) or isinstance(theirs, str):
            assert ours == theirs, name
            refused += 1
            continue
        assert ours != theirs, "two ways"
        assert ours.startswith(pdf), name
        assert shape_of_file(ours) == shape_of_file(theirs), name
        assert verdict(ours, sealing.trust) == verdict(theirs, sealing.trust), name
        sealed += 1
    assert sealed > 20
    assert refused
