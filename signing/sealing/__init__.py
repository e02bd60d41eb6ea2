"""Seal 签章 a PDF: one certification signature over the whole file, PAdES B-T, with the seal's picture on a page.

The signature allows no change afterwards (DocMDP P=1, ISO 32000-2 §12.8.2.2), uses sub-filter ETSI.CAdES.detached
(ETSI EN 319 142-1) and carries a time-stamp when an authority is given. pyHanko writes the incremental update; the
signature container comes from `signing.cms`, whose static parts are encoded once per credential.

What may follow is evidence and archive time-stamps (PAdES B-LTA), at once or later (`Sealer`, `archive`).
"""

from signing.pages import Spot
from signing.sealing.archive import archive
from signing.sealing.certify import FIELD_NAME, seal
from signing.sealing.pictures import Mark, SealAppearance
from signing.sealing.prepared import Prepared, seal_prepared
from signing.sealing.sealer import Archived, EvidenceSource, Sealed, Sealer

__all__ = [
    "FIELD_NAME",
    "Archived",
    "EvidenceSource",
    "Mark",
    "Prepared",
    "SealAppearance",
    "Sealed",
    "Sealer",
    "Spot",
    "archive",
    "seal",
    "seal_prepared",
]
