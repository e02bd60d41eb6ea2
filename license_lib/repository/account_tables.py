"""The tables of accounts as queries name them; a test holds them to the classes of `account_models.py`."""

from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, Text

from license_lib.repository.columns import UtcDateTime, columns_of

DEPARTMENT = columns_of(
    "department",
    id=Text,
    name=Text,
    added_at=UtcDateTime,
)
STAFF = columns_of(
    "staff",
    login=Text,
    name=Text,
    department=Text,
    roles=Text,
    password=Text,
    seed=LargeBinary,
    last_step=BigInteger,
    issuer=Text,
    subject=Text,
    added_at=UtcDateTime,
    disabled_at=UtcDateTime,
    signed_in_at=UtcDateTime,
)
RECOVERY_CODE = columns_of(
    "recovery_code",
    digest=LargeBinary,
    login=Text,
)
SESSION = columns_of(
    "session",
    digest=LargeBinary,
    login=Text,
    complete=Boolean,
    enrolling=LargeBinary,
    began_at=UtcDateTime,
    seen_at=UtcDateTime,
)
ATTEMPT = columns_of(
    "attempt",
    digest=LargeBinary,
    failures=Integer,
    last_at=UtcDateTime,
)
CLIENT = columns_of(
    "client",
    id=Text,
    department=Text,
    grants=Text,
    secret=LargeBinary,
    certificate=LargeBinary,
    added_at=UtcDateTime,
    disabled_at=UtcDateTime,
    used_at=UtcDateTime,
    certificate_until=UtcDateTime,
)
TOKEN = columns_of(
    "token",
    digest=LargeBinary,
    client=Text,
    grants=Text,
    expires_at=UtcDateTime,
)
ACCOUNT_CHANGE = columns_of(
    "account_change",
    number=Integer,
    recorded_at=UtcDateTime,
    actor=Text,
    place=Text,
    kind=Text,
    subject=Text,
    action=Text,
    details=Text,
)
