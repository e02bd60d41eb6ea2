"""What the codes of a file say and where they are. Nothing is judged here: whoever can draw, can draw a code."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

from license_lib.errors import InputError, LicenseError
from license_lib.licenses.record import record_digest
from license_lib.qr import PictureError, QrError, QrProof, decode, is_presentation, is_proof
from license_lib.qr.pictures import looks_like_pdf
from license_lib.qr.places import Code, Point
from license_lib.qr.retries import Patience
from license_lib.qr.scanning import Scan, scan_pages
from license_lib.verification.confinement import Confined, SlowLane
from license_lib.verification.reading import UnreadableError, attached_record
from license_lib.verification.workers import Limits

_MILLIMETRES_PER_INCH: Final = 25.4

Record = Literal["same", "other"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a code is.

    Args:
        page: of the PDF, or frame of the picture, from 1. pixels: its corners, clockwise from the upper left, in the
            upright picture. millimetres: the same from the upper left corner of a PDF's page, as it is shown.
    """

    page: int
    pixels: tuple[Point, ...]
    millimetres: tuple[Point, ...] | None


@dataclass(frozen=True, slots=True)
class ScannedLicense:
    """A licence's proof that was read; its signature was not checked.

    Args:
        places: of each print of it in the file.
        record: whether the record embedded in the PDF is the one that the proof is of; None if there is none.
    """

    text: str
    proof: QrProof
    places: tuple[Place, ...]
    record: Record | None


@dataclass(frozen=True, slots=True)
class FileScan:
    """All that the codes of a file say.

    Args:
        texts: in reading order, each once. error: why there may be more than that.
    """

    texts: tuple[str, ...] = ()
    licenses: tuple[ScannedLicense, ...] = ()
    error: LicenseError | None = None

    @property
    def presentations(self) -> tuple[str, ...]:
        """Those of the texts that are presentation codes 亮证码."""
        return tuple(filter(is_presentation, self.texts))


def scan_licenses(data: bytes, patience: Patience | None) -> FileScan:
    """Read all codes of a picture or PDF. What cannot be read is said beside what can."""
    places: dict[str, list[Place]] = {}
    error: LicenseError | None = None
    try:
        for scan in scan_pages(data, patience):
            for code in scan.codes:
                places.setdefault(code.text, []).append(_place(scan, code))
    except PictureError as problem:
        error = problem
    licenses = []
    record = _record(data) if any(map(is_proof, places)) else None
    for text in filter(is_proof, places):
        try:
            proof = decode(text)
        except QrError as problem:
            error = error or problem
            continue
        licenses.append(ScannedLicense(text, proof, tuple(places[text]), _of_record(proof, record)))
    return FileScan(tuple(places), tuple(licenses), error)


def confined_scanner(
    patience: Patience,
    *,
    workers: int,
    method: Literal["spawn", "fork"],
    limits: Limits | None = None,
    slow: SlowLane | None = None,
) -> Confined[FileScan]:
    """A scanner for files of strangers, in worker processes, within limits of time and memory.

    Args:
        patience: for the retries of each file; it must pickle for `spawn`.
    """
    return Confined(partial(_opened, patience), _overrun, limits=limits, workers=workers, method=method, slow=slow)


@dataclass(frozen=True, slots=True)
class _Scanner:
    """What a worker asks."""

    patience: Patience

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> FileScan:
        """Scan a file; a code says the same at any time."""
        del at, now
        return scan_licenses(data, self.patience)


@contextmanager
def _opened(patience: Patience) -> Iterator[_Scanner]:
    yield _Scanner(patience)


def _overrun(_: datetime) -> FileScan:
    hint = "scan it again as a smaller picture"
    return FileScan(error=InputError("picture.overrun", "the file takes more time or memory than allowed", hint=hint))


def _place(scan: Scan, code: Code) -> Place:
    corners = tuple((round(x, 1), round(y, 1)) for x, y in code.corners)
    if scan.dots_per_inch is None:
        return Place(scan.page, corners, None)
    scale = _MILLIMETRES_PER_INCH / scan.dots_per_inch
    return Place(scan.page, corners, tuple((round(x * scale, 1), round(y * scale, 1)) for x, y in code.corners))


def _of_record(proof: QrProof, record: bytes | None) -> Record | None:
    if record is None:
        return None
    return "same" if record_digest(record) == proof.digest else "other"


def _record(data: bytes) -> bytes | None:
    try:
        return attached_record(data) if looks_like_pdf(data) else None
    except UnreadableError:
        return None


def scan_value(scan: FileScan) -> dict[str, Any]:
    """A scan as plain JSON values, but for the name of its file."""
    from license_lib.error_texts import error_value

    value: dict[str, Any] = {"texts": list(scan.texts), "licenses": [_license_value(one) for one in scan.licenses]}
    value |= {"presentations": list(scan.presentations)} if scan.presentations else {}
    return value | ({"error": error_value(scan.error)} if scan.error else {})


def _license_value(one: ScannedLicense) -> dict[str, Any]:
    value = {
        "identifier": str(one.proof.identifier),
        "text": one.text,
        "public": dict(one.proof.public),
        "places": [
            {"page": place.page, "pixels": place.pixels}
            | ({"mm": place.millimetres} if place.millimetres is not None else {})
            for place in one.places
        ],
    }
    return value | ({"record": one.record} if one.record else {})
