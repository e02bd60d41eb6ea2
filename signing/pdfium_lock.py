"""PDFium is not thread-safe: who uses it holds this lock, which lives on the library's module, for every room."""

from contextlib import AbstractContextManager
from threading import RLock


def one_at_a_time() -> AbstractContextManager[object]:
    """The lock of PDFium, as a context manager."""
    import pypdfium2

    lock: AbstractContextManager[object] = vars(pypdfium2).setdefault("one_at_a_time", RLock())
    return lock
