"""What sealing is asked to draw."""

from dataclasses import dataclass
from typing import Final

from signing.pages import Spot

FIELD_NAME: Final = "Seal"
"""Of the seal's signature field."""


@dataclass(frozen=True, slots=True)
class SealAppearance:
    """The visible seal. It is as large as its picture says: the size of a seal is law, not layout.

    Attributes:
        pdf: one-page PDF with the picture, e.g. from `signing.seal_image`.
        spot: where its middle goes; None for the document's own empty signature field, whose middle is taken.
        across_pages: of a document of several pages, every page gets its part of the seal at its right edge 骑缝章.
        marks: further pictures, such as the signature of who issues 签发人, as page content below the seal.
    """

    pdf: bytes
    spot: Spot | None = None
    across_pages: bool = False
    marks: tuple["Mark", ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A picture that sealing draws on a page: one-page PDF, and where its middle goes."""

    pdf: bytes
    spot: Spot
