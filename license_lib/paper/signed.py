"""What was signed, text by text, as the page should show it: what the code holds, and the record, where it is at hand.

A record that lies in the very file may be told whole. One of the repository is told as far as it concerns nobody's
privacy: of a person's licence no more than the masked holder and what the code itself holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from license_lib.catalogue import Layout, LicenseType
from license_lib.catalogue.fields import BUILT_IN_FIELDS, HOLDER_ROWS, FieldType, Shown
from license_lib.catalogue.layout import Box, Table, TextBox
from license_lib.identifiers import ORGANISATION_KINDS, mask
from license_lib.licenses import License, face_content
from license_lib.licenses.face import LONG_TERM, chinese_date
from license_lib.masking import mask_name
from license_lib.qr import QrProof

Source = Literal["code", "record", "register"]
"""`code`: the signed claims. `record`: that whose digest they hold. `register`: who has the code that they name."""
Hidden = Literal["", "name", "number"]

TITLE: Final = "license_name"
CODES: Final[Mapping[str, str]] = {
    TITLE: "ZZMC",
    "license_number": "ZZBH",
    "identifier": "ZZBS",
    "holder_name": "CZZT",
    "holder_number": "CZZTDM",
    "holder_number_kind": "CZZTDMLX",
    "issuer_name": "ZZBFJG",
    "issued_on": "ZZBFRQ",
    "valid_from": "ZZYXQQSRQ",
    "valid_until": "ZZYXQJZRQ",
    "validity": "ZZYXQJZRQ",
    HOLDER_ROWS: "CZZT",
}
"""GB/T 36903 codes of what every licence has; a period is called by its end."""


@dataclass(frozen=True, slots=True)
class SignedField:
    """One text.

    Args:
        key: of the layout's field. code: of GB/T 36903; empty for what is computed.
        value: the text that should stand there; masked as `hidden` says.
        place: where on the face, millimetres; None if the layout has no place for it. page: from 1.
        label: what stands before it in its place, and how wide that column is.
        smallest, largest: type sizes in points that the layout allows there.
    """

    key: str
    code: str
    zh: str
    en: str
    value: str
    source: Source
    hidden: Hidden = ""
    place: Box | None = None
    page: int = 1
    label: str = ""
    label_width: float = 0.0
    smallest: float = 6.0
    largest: float = 72.0

    def masked(self, text: str) -> str:
        """A text that was found, masked in the same way."""
        if self.hidden == "name":
            return "、".join(mask_name(name) for name in text.split("、"))
        return "、".join(mask(number) for number in text.split("、")) if self.hidden == "number" else text


@dataclass(frozen=True, slots=True)
class _Text:
    value: str
    source: Source
    hidden: Hidden = ""


def signed_fields(
    proof: QrProof, kind: LicenseType, layout: Layout, *, issuer_name: str, record: License | None, in_file: bool
) -> tuple[SignedField, ...]:
    """All texts that were signed, in the order in which one reads the face; those without a place last.

    Args:
        proof: a code whose signature was proved.
        issuer_name: of the body whose code it names; empty if nobody knows it.
        record: the record that the code is of. in_file: whether it lies in the file that is looked at.

    Raises:
        InputError: `number.capitals`, values of the record that no face shows.
    """
    texts = _of_code(proof, kind, issuer_name) | (_of_record(record, kind, in_file=in_file) if record else {})
    texts[TITLE] = _Text(layout.title.text, "code")
    found = [_field(kind, TITLE, texts.pop(TITLE), layout.title, layout.title.page)]
    parts = [part for part in layout.in_reading_order if part.field in texts]
    found += [_field(kind, part.field, texts[part.field], part, part.page) for part in parts]
    shown = {field.key for field in found}
    rest = {key: texts[key] for key in texts if key in kind.by_key and key not in shown and texts[key].source == "code"}
    if not {"validity", "valid_until"} & shown and proof.valid_until:
        rest["valid_until"] = texts["valid_until"]
    found += [_field(kind, key, text, None, 1) for key, text in rest.items()]
    return tuple(field for field in found if field.value)


def _of_code(proof: QrProof, kind: LicenseType, issuer_name: str) -> dict[str, _Text]:
    until = LONG_TERM if proof.valid_until is None else chinese_date(proof.valid_until)
    period = LONG_TERM if proof.valid_until is None else f"{chinese_date(proof.valid_from)}至{until}"
    texts = {
        "identifier": _Text(str(proof.identifier), "code"),
        "issuer_name": _Text(issuer_name, "register"),
        "issued_on": _Text(chinese_date(proof.issued_on), "code"),
        "valid_from": _Text(chinese_date(proof.valid_from), "code"),
        "valid_until": _Text(until, "code"),
        "validity": _Text(period, "code"),
    }
    for code, value in proof.public.items():
        if code == "CZZT":
            hidden: Hidden = "name" if kind.holder.in_qr is Shown.MASKED else ""
            texts["holder_name"] = _Text(value, "code", hidden)
        elif code == "ZZBH":
            texts["license_number"] = _Text(value, "code")
            if kind.number.rule == "holder":
                texts["holder_number"] = _Text(value, "code")
        elif (spec := kind.by_code.get(code)) is not None:
            texts[spec.key] = _Text(_shown(spec.type, value), "code")
    return texts


def _of_record(document: License, kind: LicenseType, *, in_file: bool) -> dict[str, _Text]:
    content = face_content(kind, document)
    texts = {key: _Text(value, "record") for key, value in content.texts.items()}
    for key, rows in content.rows.items():
        texts[key] = _Text("；".join(" ".join(filter(None, row.values())) for row in rows), "record")
    persons = [holder for holder in document.holders if holder.number_kind not in ORGANISATION_KINDS]
    if in_file or not persons:
        return texts
    told = {key: text for key, text in texts.items() if key in BUILT_IN_FIELDS and key != HOLDER_ROWS}
    told["holder_name"] = _Text("、".join(mask_name(holder.name) for holder in document.holders), "record", "name")
    numbers = "、".join(mask(holder.number) for holder in document.holders)
    told["holder_number"] = _Text(numbers, "record", "number")
    if document.number in {holder.number for holder in persons}:
        told["license_number"] = _Text(mask(document.number), "record", "number")
    return told


def _shown(kind: FieldType, value: str) -> str:
    try:
        return chinese_date(date.fromisoformat(value)) if kind is FieldType.DATE else value
    except ValueError:  # a code may say what no request could
        return value


def _field(kind: LicenseType, key: str, text: _Text, place: Box | None, page: int) -> SignedField:
    own = kind.by_key.get(key)
    code = own.code if own else CODES.get(key, "")
    zh, en = kind.label_of(key), kind.english_of(key)
    label, width, smallest, largest = "", 0.0, 6.0, 72.0
    if isinstance(place, TextBox):
        label = zh if place.label is None else place.label
        width, smallest, largest = (place.label_w if label else 0.0), place.min_size, place.size
    elif isinstance(place, Table):
        smallest, largest = place.min_size, place.size
    return SignedField(
        key, code, label or zh, en, text.value, text.source, text.hidden, place, page, label, width, smallest, largest
    )


def known_labels(kind: LicenseType, layout: Layout) -> Iterator[tuple[str, Box, int]]:
    """Every label of a layout, where it stands, and on which page: by these one sees whether a page is that face."""
    yield layout.title.text, layout.title, layout.title.page
    for box in layout.boxes:
        label = kind.label_of(box.field) if box.label is None else box.label
        if label:
            yield label, Box(x=box.x, y=box.y, w=box.label_w or box.w, h=box.h), box.page


def issuer_code(proof: QrProof) -> str:
    """The credit code of the body that a proof names."""
    return str(proof.identifier.issuer)
