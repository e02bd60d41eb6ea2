"""How dense a code may be for what prints and scans it: versions and modules of ISO/IEC 18004, millimetres on paper.

Four dots of a printer of 300 dpi are the least that DENSO WAVE, who made the code, asks of a module: 0.339 mm
(https://www.qrcode.com/en/howto/cell.html). What copies, faxes and old phones make of it decides the second figure.
"""

from dataclasses import dataclass
from typing import Final

QUIET_ZONE: Final = 4
"""Modules of white on each side (ISO/IEC 18004 §5.3.8)."""
LEAST_MODULE: Final = 0.34
"""Millimetres: four dots of a printer of 300 dpi."""
READS_WELL: Final = 0.5
"""Millimetres: four dots of a printer of 200 dpi, three dots of a fax in fine mode."""
AIM: Final = 12
"""The version that the code of an ordinary licence should not exceed."""
LARGEST_VERSION: Final = 40
_LEAST_VERSION: Final = 10
_SMALLEST, _STEP = 17, 4  # modules of version 0, if there were one, and what each version adds


@dataclass(frozen=True, slots=True)
class CodeSize:
    """A code as it is printed.

    Args:
        version: 1 to 40.
        size: millimetres of the side, the quiet zone included.
    """

    version: int
    size: float

    @classmethod
    def of(cls, modules: int, size: float) -> "CodeSize":
        """Of a symbol with so many modules a side, without the quiet zone."""
        return cls((modules - _SMALLEST) // _STEP, size)

    @property
    def modules(self) -> int:
        """Modules of a side, without the quiet zone."""
        return _SMALLEST + _STEP * self.version

    @property
    def module(self) -> float:
        """Millimetres of a module's side."""
        return self.size / (self.modules + 2 * QUIET_ZONE)


LEAST_SIZE: Final = (CodeSize(_LEAST_VERSION, 0).modules + 2 * QUIET_ZONE) * LEAST_MODULE
"""Millimetres: with less, not even a licence that shows nothing in public would have a code that can be read."""
