"""Sealing a document that is no licence 电子公文: any PDF, with a body's seal at a text or a place of a page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from license_lib.errors import InputError
from license_lib.issuers import IssuingBody
from license_lib.key_folder import KeyFolder, signing_errors
from signing.errors import SealingError

if TYPE_CHECKING:
    from signing.sealing import Sealer


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where a seal goes: at a keyword, or at millimetres of a page; neither for a document with an empty seal field.

    Attributes:
        keyword: a text that stands in the document.
        occurrence: which one, from 0, or from the end: -1, as without, is the last.
        page: page number from 1, where no keyword is given.
        x_mm: the seal's middle, from the left edge of the page as a reader sees it; beside a keyword, how far to the
            right of its middle.
        y_mm: the same from the top edge, or downwards.
    """

    keyword: str = ""
    occurrence: int | None = None
    page: int | None = None
    x_mm: float | None = None
    y_mm: float | None = None

    def __post_init__(self) -> None:
        """Refuse what names two places, or half of one.

        Raises:
            InputError: `seal.place`.
        """
        given = {self.x_mm, self.y_mm} - {None}
        if self.keyword and self.page is not None:
            raise InputError("seal.place", "a keyword and a page are given", hint="give one of them")
        if self.page is not None and None in {self.x_mm, self.y_mm}:
            raise InputError("seal.place", "a page without millimetres is no place", hint="give x and y, too")
        if not self.keyword and self.page is None and given:
            raise InputError("seal.place", "millimetres without a page are no place", hint="give a page or a keyword")
        if not self.keyword and self.occurrence is not None:
            raise InputError("seal.place", "there is an occurrence, but no keyword", hint="give a keyword")


def seal_document(
    pdf: bytes,
    body: IssuingBody,
    place: SealPlace,
    keys: KeyFolder,
    sealer: "Sealer",
    *,
    across_pages: bool = True,
    reason: str | None = None,
) -> bytes:
    """Seal a document with the seal of a body, certified against any change.

    Args:
        pdf: the document; the result begins with its very bytes.
        body: whose seal.
        place: where it goes.
        keys: where the seals are.
        sealer: seals it, and archives it at once if it is for the long term.
        across_pages: a document of several pages gets a cross-page seal 骑缝章, too.
        reason: what the signature says that it is for.

    Raises:
        InputError: `seal.not-a-pdf`, `seal.already-signed`, `seal.appearance`, `seal.keyword-missing` …: the document
            or the place is wrong.
        MachineError: the key, the seal or the time-stamp authority cannot be used.
    """
    from signing.placement import find_keyword
    from signing.sealing import SealAppearance, Spot

    visible = keys.seal(body)
    with signing_errors():
        try:
            spot, x, y = None, place.x_mm or 0.0, place.y_mm or 0.0
            if place.keyword:
                which = -1 if place.occurrence is None else place.occurrence
                spot = find_keyword(pdf, place.keyword, occurrence=which, dx_mm=x, dy_mm=y)
            elif place.page is not None:
                spot = Spot(place.page - 1, x, y)
            return sealer.seal(
                pdf,
                credential=keys.credential(body),
                appearance=SealAppearance(visible.picture, spot, across_pages=across_pages),
                reason=reason,
            ).pdf
        except SealingError as error:
            raise InputError(error.code, error.message, hint=error.hint) from None
