"""Validation 验章: is the seal of a PDF sound at a given moment? Everything here takes bytes and gives a report."""

from signing.validation.file import MAX_BYTES, examine
from signing.validation.seal import validate

__all__ = ["MAX_BYTES", "examine", "validate"]
