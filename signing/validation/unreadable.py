"""A file that cannot be read: was it ever signed?"""

import re
from typing import Final

_RANGE: Final = re.compile(b"/" + b"".join(b"(?:%c|#%02x|#%02X)" % (letter, letter, letter) for letter in b"ByteRange"))
_HEADER_BY: Final = 1024


def shows_no_signature(pdf: bytes) -> bool:
    """Tell whether this is a PDF without any trace of a signature, however it is repaired.

    A signature covers all but its own `/Contents`, so that its dictionary stands in the file as it is, never packed.
    """
    return b"%PDF-" in pdf[:_HEADER_BY] and not _RANGE.search(pdf)
