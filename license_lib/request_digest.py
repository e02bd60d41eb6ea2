"""What a request asks for, as one digest: the same request is fulfilled once, another under the same key is refused."""

import hashlib
from datetime import date
from typing import Any

from license_lib.licenses.request import LicenseRequest
from license_lib.licenses.rules import FieldValue
from license_lib.repository.commitments import canonical
from license_lib.succession import Succession


def request_digest(request: LicenseRequest, succession: Succession | None = None) -> bytes:
    """SHA-256 over everything a request asks for, as it was given; the idempotency key itself is left out.

    Raises:
        InputError: `repository.text` for text that is no Unicode.
    """
    asked: dict[str, Any] = {
        "type": request.license_type,
        "issuer": request.issuer,
        "number": request.number,
        "holders": [
            [
                one.name,
                one.number,
                one.number_kind,
                [one.override.reason, one.override.approved_by] if one.override else None,
            ]
            for one in request.holders
        ],
        "fields": {name: _plain(value) for name, value in request.fields.items()},
        "issued_on": _iso(request.issued_on),
        "valid_from": _iso(request.valid_from),
        "valid_until": _iso(request.valid_until),
        "photo": hashlib.sha256(request.photo).hexdigest() if request.photo is not None else None,
    }
    if succession is not None:
        asked["succession"] = [str(succession.kind), succession.previous]
    return hashlib.sha256(canonical(asked).encode()).digest()


def _plain(value: FieldValue) -> str | list[dict[str, str]]:
    return value if isinstance(value, str) else [dict(row) for row in value]


def _iso(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
