"""Seal 签章 a PDF: one certification signature over the whole file, PAdES B-T, with the seal's picture on a page.

The signature allows no change afterwards (DocMDP P=1, ISO 32000-2 §12.8.2.2), uses sub-filter ETSI.CAdES.detached
(ETSI EN 319 142-1) and carries a time-stamp when an authority is given. Into a document of somebody else it is
written as an incremental update, by ourselves if nothing is to be seen of it, else by pyHanko; one that was prepared
for it has its gap filled. The container comes from `signing.cms`, whose static parts are encoded once per credential.

What may follow is evidence and archive time-stamps (PAdES B-LTA), at once or later (`Sealer`, `archive`).
"""

from signing.pages import Spot
from signing.sealing.appearance import FIELD_NAME, Mark, SealAppearance
from signing.sealing.archive_update import Archived, EvidenceSource, archive
from signing.sealing.certify import seal
from signing.sealing.prepared import Prepared, seal_prepared
from signing.sealing.sealer import Sealed, Sealer, SealOrder

__all__ = [
    "FIELD_NAME",
    "Archived",
    "EvidenceSource",
    "Mark",
    "Prepared",
    "SealAppearance",
    "SealOrder",
    "Sealed",
    "Sealer",
    "Spot",
    "archive",
    "seal",
    "seal_prepared",
]
