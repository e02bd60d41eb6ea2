"""A sealed file grows by revisions (ISO 32000-2 §7.5.6): what was sealed stays its beginning."""

from hashlib import sha256
from typing import Final

_END_OF_REVISION: Final = b"%%EOF"


def begins_with(pdf: bytes, digest: bytes) -> bool:
    """Whether a file, or one of the revisions that it begins with, has this SHA-256."""
    at, running, hashed = 0, sha256(), 0
    while (at := pdf.find(_END_OF_REVISION, at)) >= 0:
        at += len(_END_OF_REVISION)
        for end in (at, at + 1, at + 2):  # a line may end in CR, LF or both
            running.update(pdf[hashed:end])
            hashed = max(hashed, min(end, len(pdf)))
            if running.digest() == digest:
                return True
    running.update(pdf[hashed:])
    return running.digest() == digest
