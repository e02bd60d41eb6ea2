"""What seals look like: pictures of the seal objects in the public part of a PKI folder. No key is needed for them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import signing
from license_lib.catalogue.artwork import ArtworkError, read_artwork
from license_lib.errors import InputError, MachineError
from license_lib.made_once import MadeOnce, state_of
from signing.errors import SealingError

if TYPE_CHECKING:
    from signing.seal_design import SealDesign
    from signing.seals import Seal, SealLook

SEAL_FONTS: Final = ("NotoSerifSC-Regular.ttf", "LicenseSongRare-Regular.ttf")


@dataclass(frozen=True, slots=True)
class VisibleSeal:
    """A seal as it is drawn.

    Attributes:
        name: what it is called.
        picture: one-page vector PDF of exactly its size.
        width_mm: millimetres.
        height_mm: the same.
        signatory: picture of the name seal or signature of who issues 签发人, or None.
        signatory_mm: its width and height.
    """

    name: str
    picture: bytes = field(repr=False)
    width_mm: float
    height_mm: float
    signatory: bytes | None = field(repr=False)
    signatory_mm: tuple[float, float] = (0.0, 0.0)


class SealPictures:
    """The seal objects of a PKI folder, each read and drawn once: what changes there counts from the next start on.

    Args:
        folder: the PKI folder.
        fonts: folder of the fonts that seals are drawn with.
        kept: where pictures are kept for other processes.
    """

    def __init__(self, folder: Path, fonts: Path, kept: MadeOnce) -> None:
        self._folder, self._kept = folder, kept
        self._fonts = [fonts / name for name in SEAL_FONTS]
        self._drawing = Lock()  # drawing one takes 100 MB for a moment: threads wait for the first
        self._known: dict[str, tuple[Seal, VisibleSeal]] = {}

    def of(self, name: str) -> "tuple[Seal, VisibleSeal]":
        """The seal object `public/seals/<name>.toml`, and what it looks like.

        Raises:
            SealingError: `seal-object.missing`, `seal-object.invalid`; `seal.glyph`, no font has a character of it.
            MachineError: `seal-object.artwork`.
        """
        with self._drawing:
            if name not in self._known:
                self._known[name] = self._load(name)
            return self._known[name]

    def used_with(self, certificate: bytes) -> Iterator[VisibleSeal]:
        """Seals that a certificate (DER) may use, as far as they can be drawn; those that were replaced, too."""
        from signing.seals import FOLDER, certificate_digest, load_seal

        digest = certificate_digest(certificate)
        for path in sorted((self._folder / FOLDER).glob("*.toml")):
            with suppress(SealingError, MachineError):
                if digest in load_seal(self._folder, path.stem).certificates:
                    yield self.of(path.stem)[1]

    def _load(self, name: str) -> "tuple[Seal, VisibleSeal]":
        from signing.seals import load_seal

        seal = load_seal(self._folder, name)
        look, signs = seal.picture, seal.signatory
        return seal, VisibleSeal(
            name=seal.name,
            picture=self._picture(look),
            width_mm=look.width_mm,
            height_mm=look.height_mm,
            signatory=self._picture(signs) if signs else None,
            signatory_mm=(signs.width_mm, signs.height_mm) if signs else (0.0, 0.0),
        )

    def _picture(self, picture: "SealLook") -> bytes:
        """A seal's picture as a one-page PDF of exactly its size: the body's own artwork, or drawn."""
        from license_lib.rendering.artwork import artwork_page
        from signing.seals import FOLDER

        if picture.artwork is None:
            design = picture.design()
            parts = (state_of([*Path(signing.__file__).parent.glob("seal*.py"), *self._fonts]), repr(design).encode())
            return self._kept.get("seal", parts, lambda: _drawn(design, self._fonts))
        try:
            artwork = read_artwork(self._folder / FOLDER / picture.artwork)
            return artwork_page(artwork, picture.width_mm, picture.height_mm)
        except (ArtworkError, InputError) as error:
            problem = f"the seal's picture {picture.artwork}: {error}"
            raise MachineError("seal-object.artwork", problem, hint="put a plain PNG or SVG there") from None


def _drawn(design: "SealDesign", fonts: Sequence[Path]) -> bytes:
    from signing.seal_image import draw_seal  # loads fontTools, for a seal that was not drawn before

    return draw_seal(design, fonts)
