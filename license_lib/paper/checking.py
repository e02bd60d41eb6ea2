"""Paper check 纸质核对: photo, scan or PDF of printed licences → the verdict on each code, its signed texts to compare.

Whatever a file is, the answer is a value; the picture of a place is cut where the layout says that the text stands.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, Literal

from license_lib.catalogue import Layout, LicenseType
from license_lib.catalogue.layout import Box
from license_lib.errors import InputError
from license_lib.findings import Finding
from license_lib.licenses import License
from license_lib.licenses.record import RecordError, parse_record, record_digest
from license_lib.paper.comparing import Answer, Result, Why
from license_lib.paper.crops import crop, overview
from license_lib.paper.fitting import Fit, fitted
from license_lib.paper.pages import SheetError, corners_in, grey_of, matching, sheet_of
from license_lib.paper.result import ComparedField, PaperCheck, PaperChecks, finding_of, named
from license_lib.paper.sheets import Placement, Sheet, corners_of, is_in
from license_lib.paper.signed import SignedField, issuer_code, signed_fields
from license_lib.qr import PictureError, QrProof, is_presentation, is_proof
from license_lib.qr.pictures import looks_like_pdf
from license_lib.qr.retries import Patience
from license_lib.verification import Proof, Verifier
from license_lib.verification.confinement import Confined, Opener
from license_lib.verification.reading import UnreadableError, attached_record
from license_lib.verification.scans import FileScan, Place, ScannedLicense, scan_licenses
from license_lib.verification.verifier import MAX_FILE_BYTES
from license_lib.verification.workers import Limits

MOST_LICENSES: Final = 8
"""Of one file that are looked at."""
_REFUSED: Final = {"picture.malformed": "input.unsupported", "picture.more-pages": "picture.too-large"}
_HOW: Final = {"sheet": "纸张", "place": "位置", "size": "大小", "turned": "方向"}


class PaperChecker:
    """Checks pictures and PDF files of printed licences.

    Args:
        verifier: judges the codes, and knows types, bodies and, if it has a repository, records.
        patience: for a photo whose code is hard to read.
        pictures: whether crops and overviews are wanted; they are most of an answer's bytes.
        records: whether texts may be told that stand in the repository alone; not to the public.
    """

    def __init__(self, verifier: Verifier, patience: Patience | None, *, pictures: bool, records: bool) -> None:
        self._verifier = verifier
        self._patience = patience
        self._pictures = pictures
        self._records = records

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> PaperChecks:
        """Check every licence of a file. Never raises for a bad document.

        Args:
            at: the moment that the verdicts are about.
            now: the present, at which seals and evidence are judged; `at` if left out.
        """
        if len(data) > MAX_FILE_BYTES:
            return PaperChecks(findings=(Finding("input.too-large"),))
        scan = scan_licenses(data, self._patience)
        texts = [text for text in scan.texts if is_proof(text)]
        if not texts:
            return PaperChecks(findings=(_nothing(scan),))
        scanned = {one.text: one for one in scan.licenses}
        prints = [print_ for text in texts for print_ in _prints(text, scanned.get(text))]
        notes = [Finding("paper.more", {"count": str(MOST_LICENSES)})] if len(prints) > MOST_LICENSES else []
        if scan.error is not None and scan.error.code.startswith("picture."):
            notes.append(Finding(_REFUSED.get(scan.error.code, scan.error.code)))
        if self._is_sealed(data, at, now):
            notes.append(Finding("paper.sealed-file"))
        sheets = _Sheets(data)
        checks = [self._check(sheets, text, place, at, now) for text, place in prints[:MOST_LICENSES]]
        return PaperChecks(tuple(checks), tuple(notes))

    def _is_sealed(self, data: bytes, at: datetime, now: datetime | None) -> bool:
        """Whether it is no print, but a file that its seal proves."""
        signed = looks_like_pdf(data) and b"/ByteRange" in data
        return signed and Proof.SEAL in self._verifier.verify(data, at=at, now=now).proved

    def _check(
        self, sheets: "_Sheets", text: str, place: Place | None, at: datetime, now: datetime | None
    ) -> PaperCheck:
        verdict = self._verifier.verify_code(text, at=at, now=now)
        proof = verdict.code
        page = place.page if place else 1
        if place is None or proof is None or Proof.CODE not in verdict.proved:
            return PaperCheck(verdict, page)
        in_file = _of_file(sheets.data, proof)
        agrees = self._records and Proof.REPOSITORY in verdict.proved
        record = in_file or (self._verifier.recorded(proof, at=at, now=now) if agrees else None)
        body = self._verifier.issuers.find(issuer_code(proof))
        subject = _Subject(proof, record, in_file is not None, body.issuer.name if body else "")
        kinds = self._kinds(proof, record)
        check = PaperCheck(
            verdict,
            page,
            findings=(Finding("paper.by-eye"),),
            type_name=kinds[0].name if kinds else "",
            issuer_name=subject.issuer_name,
        )
        return _Desk(sheets, text, place, subject, kinds, pictures=self._pictures).complete(check)

    def _kinds(self, proof: QrProof, record: License | None) -> Sequence[LicenseType]:
        """The versions of the type that may have drawn the licence, the likeliest first."""
        catalogue = self._verifier.catalogue
        if record is not None:
            drawn_by = catalogue.drawn_by(record.template)
            return [drawn_by] if drawn_by else []
        if catalogue.find(str(proof.identifier.type_code)) is None:
            return []
        versions = catalogue.versions(str(proof.identifier.type_code))
        first = versions.in_effect(proof.issued_on)
        others = [kind for kind in reversed(versions.released) if kind is not first]
        return [first, *others] if first else others


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is known of a licence beside the picture."""

    proof: QrProof
    record: License | None
    in_file: bool
    issuer_name: str

    def fields(self, kind: LicenseType, layout: Layout) -> tuple[SignedField, ...]:
        return signed_fields(
            self.proof, kind, layout, issuer_name=self.issuer_name, record=self.record, in_file=self.in_file
        )

    def layouts(self, kind: LicenseType) -> Sequence[Layout]:
        return [kind.layout_for(self.record.fields)] if self.record else kind.layouts


class _Sheets:
    """The pages of a file, each drawn once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._last: Sheet | None = None

    def get(self, number: int) -> Sheet:
        if self._last is None or self._last.page != number:
            self._last = None  # so that there are never two
            self._last = sheet_of(self.data, number)
        return self._last


class _Desk:
    """One licence, its picture, and what it is compared with."""

    def __init__(
        self,
        sheets: _Sheets,
        text: str,
        place: Place,
        subject: _Subject,
        kinds: Sequence[LicenseType],
        *,
        pictures: bool,
    ) -> None:
        self._sheets = sheets
        self._text = text
        self._place = place
        self._subject = subject
        self._kinds = kinds
        self._pictures = pictures

    def complete(self, check: PaperCheck) -> PaperCheck:
        """The check with everything that can be told."""
        layouts = [(kind, layout) for kind in self._kinds for layout in self._subject.layouts(kind)]
        fit: Fit | None = None
        sheet: Sheet | None = None
        try:
            sheet = self._sheets.get(self._place.page)
            fit = fitted(grey_of(sheet), self._text, corners_in(sheet, self._place))
        except (SheetError, PictureError, InputError, ValueError, ZeroDivisionError):
            pass
        if fit is None or sheet is None or not layouts:
            unplaced = (*check.findings, Finding("paper.no-face"))
            whole = overview(sheet, None, ()) if sheet and self._pictures else None
            return replace(check, findings=unplaced, fields=self._unplaced(layouts), overview=whole)
        match = matching(sheet, fit, layouts)
        fields = self._subject.fields(match.kind, match.placement.layout)
        compared = [self._compared(sheet, match.placement, field, match.answer(field)) for field in fields]
        findings = [*check.findings, *_found(compared), *_misplaced(match.placement)]
        boxes = [one.signed.place or Box(x=0, y=0, w=0.1, h=0.1) for one in compared]
        return replace(
            check,
            fields=tuple(compared),
            findings=tuple(findings),
            type_name=match.kind.name,
            overview=overview(sheet, match.placement, boxes) if self._pictures else None,
            by_machine=match.by_machine,
        )

    def _unplaced(self, layouts: Sequence[tuple[LicenseType, Layout]]) -> tuple[ComparedField, ...]:
        """The texts alone, where nobody knows where they should stand."""
        nowhere = Answer(Result.NOT_COMPARED, Why.NO_PLACE)
        if layouts:
            return tuple(ComparedField(field, nowhere) for field in self._subject.fields(*layouts[0]))
        proof = self._subject.proof
        texts = {"ZZBS": str(proof.identifier), "ZZBFRQ": proof.issued_on.isoformat(), **proof.public}
        signed = [SignedField("", code, code, code, text, "code") for code, text in texts.items()]
        return tuple(ComparedField(field, nowhere) for field in signed)

    def _compared(self, sheet: Sheet, placement: Placement, field: SignedField, answer: Answer) -> ComparedField:
        box = field.place
        if box is None or field.page != 1 or not is_in(placement, box, sheet.picture.size):
            return ComparedField(field, answer)
        picture = crop(sheet, placement, box) if self._pictures else None
        return ComparedField(field, answer, corners_of(placement, box), picture)


def _prints(text: str, scanned: ScannedLicense | None) -> list[tuple[str, Place | None]]:
    """Each print of a code: one may stand on a true face and on a false one, in the same file."""
    return [(text, place) for place in scanned.places] if scanned else [(text, None)]


def _found(compared: Sequence[ComparedField]) -> Iterator[Finding]:
    """What the machine's answers amount to."""
    by_code: dict[str, list[SignedField]] = {}
    for one in compared:
        code = finding_of(one.answer)
        if code:
            by_code.setdefault(code, []).append(one.signed)
    for code, fields in by_code.items():
        yield Finding(code, named(fields))


def _misplaced(placement: Placement) -> Iterator[Finding]:
    if placement.misplaced:
        labels = "、".join(_HOW[one] for one in placement.misplaced)
        yield Finding("paper.code-place", {"how": ", ".join(placement.misplaced), "labels": labels})


def _nothing(scan: FileScan) -> Finding:
    """Why there is no licence in a file."""
    if scan.texts:
        return Finding("qr.presentation" if any(map(is_presentation, scan.texts)) else "qr.foreign")
    if scan.error is None:
        return Finding("qr.none")
    return Finding(_REFUSED.get(scan.error.code, scan.error.code))


def _of_file(data: bytes, proof: QrProof) -> License | None:
    """The record that lies in a PDF, if it is the one that the code is of."""
    if not looks_like_pdf(data):
        return None
    try:
        record = attached_record(data)
        return parse_record(record) if record is not None and record_digest(record) == proof.digest else None
    except (UnreadableError, RecordError):
        return None


def confined_checker(
    open_verifier: Opener,
    patience: Patience,
    *,
    pictures: bool,
    records: bool,
    workers: int,
    method: Literal["spawn", "fork"],
    limits: Limits | None = None,
) -> Confined[PaperChecks]:
    """A checker of strangers' files, in worker processes, within limits of time and memory.

    Args:
        open_verifier: opens a verifier, in each worker; it must pickle for `spawn`, as `patience` must.
    """
    opener = partial(_opened, open_verifier, patience, pictures=pictures, records=records)
    return Confined(opener, _overrun, limits=limits, workers=workers, method=method)


@contextmanager
def _opened(open_verifier: Opener, patience: Patience, *, pictures: bool, records: bool) -> Iterator[PaperChecker]:
    with open_verifier() as verifier:
        yield PaperChecker(verifier, patience, pictures=pictures, records=records)


def _overrun(_: datetime) -> PaperChecks:
    return PaperChecks(findings=(Finding("verification.overrun"),))
