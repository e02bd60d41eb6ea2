"""PDFium is not thread-safe: everything that calls it holds this lock."""

from threading import RLock

PDFIUM_LOCK = RLock()
