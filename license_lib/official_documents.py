"""Sealing a document that is no licence 电子公文: any PDF, with a body's seal at a text or a place of a page."""

from dataclasses import dataclass

from license_lib.errors import InputError
from license_lib.issuers import IssuingBody
from license_lib.key_folder import KeyFolder, signing_errors
from signing.errors import SealingError


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where a seal goes: at a keyword, or at millimetres of a page; neither for a document with an empty seal field.

    Attributes:
        keyword: a text that stands in the document.
        occurrence: which one, from 0, or from the end: -1 is the last.
        page: page number from 1, where no keyword is given.
        x_mm: the seal's middle, from the left edge of the page as a reader sees it; beside a keyword, how far to the
            right of its middle.
        y_mm: the same from the top edge, or downwards.
    """

    keyword: str = ""
    occurrence: int = -1
    page: int | None = None
    x_mm: float = 0.0
    y_mm: float = 0.0

    def __post_init__(self) -> None:
        """Refuse two places at once.

        Raises:
            InputError: `seal.place`.
        """
        if self.keyword and self.page is not None:
            raise InputError("seal.place", "a keyword and a page are given", hint="give one of them")


def seal_document(
    pdf: bytes,
    body: IssuingBody,
    place: SealPlace,
    keys: KeyFolder,
    *,
    across_pages: bool = True,
    reason: str | None = None,
) -> bytes:
    """Seal a document with the seal of a body, certified against any change (PAdES B-T).

    Args:
        pdf: the document; the result begins with its very bytes.
        body: whose seal.
        place: where it goes.
        keys: where the seals are.
        across_pages: a document of several pages gets a cross-page seal 骑缝章, too.
        reason: what the signature says that it is for.

    Raises:
        InputError: `seal.not-a-pdf`, `seal.already-signed`, `seal.appearance`, `seal.keyword-missing` …: the document
            or the place is wrong.
        MachineError: the key, the seal or the time-stamp authority cannot be used.
    """
    from signing.placement import find_keyword
    from signing.sealing import SealAppearance, Spot, seal

    visible = keys.seal(body)
    with signing_errors():
        try:
            spot = None
            if place.keyword:
                spot = find_keyword(pdf, place.keyword, occurrence=place.occurrence, dx_mm=place.x_mm, dy_mm=place.y_mm)
            elif place.page is not None:
                spot = Spot(place.page - 1, place.x_mm, place.y_mm)
            return seal(
                pdf,
                credential=keys.credential(body),
                timestamper=keys.timestamper(),
                appearance=SealAppearance(visible.picture, spot, across_pages=across_pages),
                at=keys.now(),
                nonce=keys.nonce,
                reason=reason,
            )
        except SealingError as error:
            raise InputError(error.code, error.message, hint=error.hint) from None
