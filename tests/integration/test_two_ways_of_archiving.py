"""A licence archived by our own writer, beside the same licence archived by pyHanko's: one verdict, one structure."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from archived_by_pyhanko import archived_by_pyhanko
from pikepdf_shapes import shape_of_file
from support import ISSUERS, NOON, PASSPHRASE, sealed_revision

from license_lib.authority import Authority
from license_lib.issuing import Issued
from signing.collecting import collect
from signing.evidence import Evidence
from signing.keys import load_credential
from signing.sealing import archive
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.validation import examine, validate

HOUR = timedelta(hours=1)
_GRAMMAR = re.compile(
    rb"(?:[1-9]\d* 0 obj\n<<[^\n]+>>\n(?:stream\n(?s:.*?)\nendstream\n)?endobj\n)+"
    rb"startxref\n[1-9]\d*\n%%EOF\n"
)


@dataclass(frozen=True)
class Archivist:
    """Archives both ways, with the same evidence and the same authority's time-stamps."""

    trust: TrustStore
    timestamper: LocalTimestamper

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        return collect(certificates, self.trust, fetcher=None, at=NOON, nonce=lambda: 1)

    def ours(self, pdf: bytes) -> bytes:
        return archive(pdf, evidence=self.evidence, timestamper=self.timestamper, at=NOON, nonce=lambda: 7).pdf

    def theirs(self, pdf: bytes) -> bytes:
        return archived_by_pyhanko(pdf, evidence=self.evidence, timestamper=self.timestamper, at=NOON, nonce=lambda: 7)


@pytest.fixture(scope="module")
def archivist(shared_authority: Authority) -> Archivist:
    keys = shared_authority.settings.keys_folder
    tsa = load_credential(keys, "tsa", passphrase=PASSPHRASE, at=NOON)
    return Archivist(TrustStore.load(keys), LocalTimestamper(tsa, lambda: NOON, lambda: 4711))


@pytest.mark.parametrize("key", ISSUERS)
def test_both_ways_make_the_same_document(key: str, issued_licenses: dict[str, Issued], archivist: Archivist) -> None:
    """Archived once and again, each time by either."""
    sealed = sealed_revision(issued_licenses[key].pdf)
    once = [archivist.ours(sealed), archivist.theirs(sealed)]
    again = [write(pdf) for pdf, write in product(once, (archivist.ours, archivist.theirs))]
    for files in (once, again):
        first, *others = files
        report = validate(first, trust=archivist.trust, at=NOON + HOUR)
        judged = examine(first, trust=archivist.trust, at=NOON + HOUR)
        assert report.level == "B-LTA"
        for other in others:
            assert shape_of_file(other) == shape_of_file(first)
            assert len(first) < len(other) + 1000
            theirs = validate(other, trust=archivist.trust, at=NOON + HOUR)
            assert (theirs.indication, theirs.codes, theirs.signer, theirs.level) == (
                (report.indication, report.codes, report.signer, report.level)
            )
            assert [(one.kind, one.where, one.permitted) for one in theirs.changes] == [
                (one.kind, one.where, one.permitted) for one in report.changes
            ]
            assert examine(other, trust=archivist.trust, at=NOON + HOUR).outcome == judged.outcome


@pytest.fixture(params=["once", "again"])
def archived(request: pytest.FixtureRequest, business: Issued, archivist: Archivist) -> bytes:
    pdf = archivist.ours(sealed_revision(business.pdf))
    return pdf if request.param == "once" else archivist.ours(pdf)


def test_an_update_has_the_form_that_is_written_down(business: Issued, archived: bytes) -> None:
    """docs/seals.md: objects by their numbers, back to back, and cross-references to them alone."""
    start = len(sealed_revision(business.pdf))
    sizes = [int(one) for one in re.findall(rb"/XRef/Size (\d+)", archived)]
    for tail in re.findall(rb"(?s).*?%%EOF\n", archived[start:]):
        assert _GRAMMAR.fullmatch(tail)
        objects = [(start + one.start(), int(one[1])) for one in re.finditer(rb"(?m)^(\d+) 0 obj$", tail)]
        numbers = [number for _, number in objects]
        size, table = sizes.pop(1), numbers[-1]
        assert numbers == sorted(set(numbers))
        assert size == table + 1
        index = list(map(int, re.search(rb"/Index\[([\d ]+)\]", tail)[1].split()))  # type: ignore[index]
        listed = [n for first, count in zip(index[::2], index[1::2], strict=True) for n in range(first, first + count)]
        assert listed == numbers
        rows = tail[tail.rindex(b"stream\n", 0, tail.rindex(b"\nendstream")) + 7 : tail.rindex(b"\nendstream")]
        assert rows == b"".join(b"\1" + offset.to_bytes(4, "big") + b"\0\0" for offset, _ in objects)
        assert int(tail.split()[-2]) == objects[-1][0]
        start += len(tail)


@pytest.mark.parametrize("command", [("qpdf", "--check"), ("mutool", "info"), ("pdfsig", "-nocert")])
def test_other_readers_have_nothing_to_say(archived: bytes, tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "archived.pdf"
    path.write_bytes(archived)
    done = subprocess.run([*command, path], capture_output=True, text=True, check=True)
    said = (done.stdout + done.stderr).replace("warning: ICC support is not available", "")
    assert "warning" not in said.lower()
    assert "error" not in said.lower().replace("no syntax or stream encoding errors", "").replace("contain\nerrors", "")
