"""Presenting 亮证: short-lived codes on a holder's phone, each redeemed once. See docs/presenting.md."""

from license_lib.presenting.desk import (
    LONGEST,
    SHORTEST,
    USUAL,
    Consent,
    Judge,
    Presentation,
    PresentationCode,
    Presenting,
    Shown,
)

__all__ = [
    "LONGEST",
    "SHORTEST",
    "USUAL",
    "Consent",
    "Judge",
    "Presentation",
    "PresentationCode",
    "Presenting",
    "Shown",
]
