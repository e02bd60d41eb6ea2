"""Press rooms as a configuration describes them: in this process, and in worker processes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from license_lib.catalogue import Catalogue
from license_lib.configured import fonts_folder, load_catalogue, load_issuers
from license_lib.issuers import Issuers
from license_lib.key_folder import KeyFolder
from license_lib.made_once import MadeOnce
from license_lib.press_room import PressRoom
from license_lib.rendering import Fonts, Press
from license_lib.repository.files import FileStore
from license_lib.settings import Settings


@dataclass(frozen=True, slots=True)
class RoomOpener:
    """Opens press rooms. It pickles, for worker processes; nothing shows its passphrase.

    Attributes:
        settings: the configuration.
        passphrase: of the seal keys.
        clock: the time, aware.
        randomness: n → n random bytes.
    """

    settings: Settings
    passphrase: bytes = field(repr=False)
    clock: Callable[[], datetime]
    randomness: Callable[[int], bytes]

    def keys(self) -> KeyFolder:
        """The seals and their keys."""
        settings = self.settings
        return KeyFolder(
            settings.keys_folder,
            self.passphrase,
            fonts_folder(settings),
            kept=MadeOnce(settings.kept_folder),
            timestamps=settings.timestamps,
            network=settings.network,
            clock=self.clock,
            randomness=self.randomness,
        )

    def room(self, keys: KeyFolder, catalogue: Catalogue, issuers: Issuers, files: FileStore) -> PressRoom:
        """A room with what is open already."""
        settings = self.settings
        fonts = Fonts.load(fonts_folder(settings), settings.added_fonts)
        return PressRoom(
            catalogue=catalogue,
            issuers=issuers,
            press=Press(fonts, catalogue.artwork, MadeOnce(settings.kept_folder)),
            credentials=keys,
            sealer=keys.sealer(long_term=settings.sealing.level == "B-LTA"),
            files=files,
            public_url=settings.public_url,
        )

    def __call__(self) -> PressRoom:
        """A room of its own."""
        settings = self.settings
        files = FileStore(settings.files)
        return self.room(self.keys(), load_catalogue(settings), load_issuers(settings), files)
