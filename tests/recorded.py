"""A licence as the repository takes it, without issuing one: what its rows hold does not matter to it.

Light: processes of their own import it too.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from license_lib.repository import HolderEntry, IssuedLicense

RECORDED_AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def recorded_license(key: str, **changes: Any) -> IssuedLicense:
    """A licence of its own identifier, number, holder and file for every key; the file is still to be stored."""
    example = IssuedLicense(
        identifier=f"id-{key}",
        type_code="11100000MB0143028R001",
        type_key="business-license",
        type_version=1,
        type_name="营业执照",
        number=f"number-{key}",
        issuer_code="11620400013870020M",
        issuer_name="白银市行政审批局",
        holders=(HolderEntry("某某有限公司", f"holder-{key}", "001"),),
        issued_on=date(2026, 11, 22),
        valid_from=date(2026, 11, 22),
        valid_until=None,
        record=f'{{"key":"{key}"}}'.encode(),
        record_digest=hashlib.sha256(key.encode()).digest(),
        file_digest=hashlib.sha256(f"file {key}".encode()).digest(),
        key_id=b"key-id",
        request_key=key,
        at=RECORDED_AT,
        actor="窗口一号",
    )
    return replace(example, **changes)
