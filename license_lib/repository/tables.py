"""The tables of licences as queries name them; a test holds them to the classes of `models.py`.

Queries run as SQLAlchemy Core statements over these: objects of the session machinery cost several times the query.
"""

from sqlalchemy import BigInteger, Date, Integer, LargeBinary, Text

from license_lib.repository.columns import UtcDateTime, columns_of

IN_USE = "state IN ('issued', 'suspended')"
"""Licences that keep their number to themselves; all other states are ends."""
CHANGED = "state <> 'issued'"
"""Licences that a status list has to name."""

RESERVATION = columns_of(
    "reservation",
    identifier=Text,
    request_key=Text,
    request_digest=LargeBinary,
    status_list=Integer,
    status_index=Integer,
    reserved_at=UtcDateTime,
    committed_at=UtcDateTime,
)
LICENSE = columns_of(
    "license",
    position=Integer,
    identifier=Text,
    type_code=Text,
    type_key=Text,
    type_version=Integer,
    type_name=Text,
    number=Text,
    issuer_code=Text,
    issuer_name=Text,
    issued_on=Date,
    valid_from=Date,
    valid_until=Date,
    record=LargeBinary,
    record_digest=LargeBinary,
    file_digest=LargeBinary,
    key_id=LargeBinary,
    state=Text,
    recorded_at=UtcDateTime,
    status_list=Integer,
    status_index=Integer,
    previous=Text,
    settled_at=UtcDateTime,
)
HOLDER = columns_of(
    "holder",
    position=Integer,
    ordinal=Integer,
    name=Text,
    number=Text,
    number_kind=Text,
    subject=BigInteger,
)
SUBJECT_NUMBER = columns_of(
    "subject_number",
    number=Text,
    number_kind=Text,
    subject=BigInteger,
)
CORRECTION = columns_of(
    "correction",
    sequence=Integer,
    subject=BigInteger,
    old_number=Text,
    old_kind=Text,
    new_number=Text,
    new_kind=Text,
    withdraws=Integer,
    recorded_at=UtcDateTime,
    actor=Text,
    body=Text,
    reason=Text,
    legal_basis=Text,
    paper=Text,
    salt=LargeBinary,
    digest=LargeBinary,
)
ARCHIVE = columns_of(
    "archive",
    position=Integer,
    number=Integer,
    digest=LargeBinary,
    until=UtcDateTime,
    archived_at=UtcDateTime,
)
LEAF = columns_of(
    "leaf",
    sequence=Integer,
    data=LargeBinary,
    hash=LargeBinary,
)
TILE_HASH = columns_of(
    "tile_hash",
    level=Integer,
    position=Integer,
    hash=LargeBinary,
)
LOG_HEAD = columns_of(
    "log_head",
    id=Integer,
    size=Integer,
    frontier=LargeBinary,
)
EVENT = columns_of(
    "event",
    sequence=Integer,
    identifier=Text,
    kind=Text,
    effective_at=UtcDateTime,
    recorded_at=UtcDateTime,
    actor=Text,
    body=Text,
    reason=Text,
    legal_basis=Text,
    paper=Text,
    details=Text,
    salt=LargeBinary,
    digest=LargeBinary,
)
USAGE = columns_of(
    "usage",
    sequence=Integer,
    identifier=Text,
    kind=Text,
    outcome=Text,
    recorded_at=UtcDateTime,
    actor=Text,
    body=Text,
    purpose=Text,
    item=Text,
    case_number=Text,
    place=Text,
    audience=Text,
    consent=Integer,
    salt=LargeBinary,
    digest=LargeBinary,
)
CASE_REPORT = columns_of(
    "case_report",
    sequence=Integer,
    body=Text,
    case_number=Text,
    saved_at=UtcDateTime,
    value=LargeBinary,
)
PRESENTATION = columns_of(
    "presentation",
    digest=LargeBinary,
    consent=Integer,
    expires_at=UtcDateTime,
    used_at=UtcDateTime,
    refused=Integer,
)
STATUS_LIST = columns_of(
    "status_list",
    number=Integer,
    used=Integer,
    key=LargeBinary,
)
