"""An invisible seal over a document of the usual form, written by ourselves: no signature, no form, nothing encrypted.

Of what differs from that nothing is said here: another writer is asked about it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from signing.pdf_reading import FileMap, HexString, Name, PdfError, Ref, Value
from signing.pdf_reading.pages import leaves
from signing.sealing.appearance import FIELD_NAME
from signing.sealing.prepared import Prepared
from signing.sealing.update import Update

_VERSION: Final = re.compile(rb"%PDF-(1\.\d)[\r\n]")
_WRITTEN: Final = "1.7"
_FLAGS: Final = 1 << 2 | 1 << 7
"""Print and Locked (ISO 32000-1, Table 165)."""
_SIGNED_AND_APPENDED: Final = 3
_CERTIFIES: Final[Mapping[str, Value]] = {
    "Type": Name("Sig"),
    "Filter": Name("Adobe.PPKLite"),
    "SubFilter": Name("ETSI.CAdES.detached"),
    "Reference": [
        {
            "Type": Name("SigRef"),
            "TransformMethod": Name("DocMDP"),
            "TransformParams": {"Type": Name("TransformParams"), "V": Name("1.2"), "P": 1},
        }
    ],
}


def is_usual(file: FileMap) -> bool:
    """Tell whether a document was read without any doubt, has a page, and neither form nor signature nor encryption."""
    try:
        revision = file.last
        root = revision.entry(revision.trailer, "Root")
        page = next(leaves(revision), None)
        return (
            not file.oddities
            and "Encrypt" not in revision.trailer
            and isinstance(root, dict)
            and not {"AcroForm", "Perms"} & root.keys()
            and isinstance(root.get("Version"), Name | None)
            and _VERSION.match(file.data) is not None
            and isinstance(page, Ref)
            and revision.entry(revision.get(page), "Type") == Name("Page")
            and isinstance(revision.entry(revision.get(page), "Annots"), list | None)
        )
    except PdfError:
        return False


def with_gap(
    file: FileMap, *, at: datetime, reason: str | None, location: str | None, reserved: int
) -> tuple[Prepared, bytes]:
    """Write a usual document with a signature field that nobody sees, and the gap for the signature.

    Args:
        file: the document.
        at: claimed time of signing.
        reason: why it is signed.
        location: where.
        reserved: bytes to keep free for the container.

    Returns:
        The file, and the SHA-256 of what the signature covers.

    Raises:
        PdfError: it is no usual one.
    """
    update = Update(file.data, file.last, at)
    page = next(leaves(file.last))
    form, field = update.add(None), update.add(None)
    said = {"M": f"{at.astimezone(UTC):D:%Y%m%d%H%M%SZ}", "Reason": reason, "Location": location}
    told = {key: _text(value) for key, value in said.items() if value is not None}
    signature = update.add_signature({**_CERTIFIES, **told}, reserved)
    update.set(form, (), {"Fields": [field], "SigFlags": _SIGNED_AND_APPENDED})
    place = {"FT": Name("Sig"), "T": FIELD_NAME.encode("ascii"), "Type": Name("Annot"), "Subtype": Name("Widget")}
    update.set(field, (), {**place, "F": _FLAGS, "Rect": [0] * 4, "P": page, "V": signature})
    listed = [*(update.value(page, "Annots") or ()), field]
    update.set(page, (), {**update.get(page), "Annots": listed})  # not into a list that pages share
    root: dict[str, Value] = {**update.get(update.root), "AcroForm": form, "Perms": {"DocMDP": signature}}
    if max(_version(file), root.get("Version", "")) < _WRITTEN:
        root["Version"] = Name(_WRITTEN)
    update.set(update.root, (), root)
    return update.finish()


def _version(file: FileMap) -> str:
    found = _VERSION.match(file.data)
    return found[1].decode("ascii") if found else ""


def _text(value: str) -> bytes:
    """A text string (ISO 32000-1, 7.9.2.2)."""
    return value.encode("ascii") if value.isascii() else HexString(b"\xfe\xff" + value.encode("utf-16-be"))
