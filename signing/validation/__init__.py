"""Validation 验章: is the seal of a PDF sound at a given moment? Everything here takes bytes and gives a report."""

from signing.validation.seal import MAX_BYTES, validate

__all__ = ["MAX_BYTES", "validate"]
