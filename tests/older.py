"""Repositories as older versions of the tables held them: made by the migrations, filled by hand."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import rfc8785
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, insert

from license_lib.repository.database import Database
from license_lib.repository.schema import create_or_upgrade
from license_lib.resources import resource_folder

RECORDED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def migrate(url: str, revision: str) -> None:
    """Bring a database up or down to a revision."""
    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")))
    config.set_main_option("path_separator", "os")
    database = Database.open(url)

    def work(connection: Connection) -> None:
        config.attributes["connection"] = connection
        before = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        (command.downgrade if revision == "base" or revision < before else command.upgrade)(config, revision)

    try:
        database.write(work)
    finally:
        database.close()


def make_older(url: str, revision: str, *, revoked: str = "") -> None:
    """Licences `a`, `b` and `c` of two holders in a chain of events, as 0001 and 0002 had them.

    Args:
        revoked: which of them were revoked.
    """
    create_or_upgrade(url)
    migrate(url, revision)
    rows = _Rows()
    for key, holder in (("a", "1"), ("b", "2"), ("c", "1")):
        rows.issue(key, holder)
    for key in revoked:
        rows.revoke(key)
    database = Database.open(url)

    def work(connection: Connection) -> None:
        tables = MetaData()
        tables.reflect(connection)
        naive = connection.dialect.name == "sqlite"
        for name, found in rows.tables.items():
            connection.execute(insert(tables.tables[name]), [_naive(row) if naive else row for row in found])
        head = tables.tables["chain_head"]
        connection.execute(head.update().values(sequence=len(rows.tables["event"]), digest=rows.previous))

    try:
        database.write(work)
    finally:
        database.close()


class _Rows:
    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {"reservation": [], "license": [], "holder": [], "event": []}
        self.previous = bytes(32)

    def issue(self, key: str, holder: str) -> None:
        record = f'{{"key":"{key}"}}'.encode()
        digests = {
            "record_digest": hashlib.sha256(record).digest(),
            "file_digest": hashlib.sha256(f"file {key}%%EOF".encode()).digest(),
        }
        position = self._event(
            key, "issue", "", {name: value.hex() for name, value in digests.items()} | {"key_id": "", "overrides": []}
        )
        request = {"identifier": f"id-{key}", "request_key": key, "request_digest": bytes(32)}
        self.tables["reservation"].append(request | {"reserved_at": RECORDED, "committed_at": RECORDED})
        self.tables["license"].append(
            {
                "position": position,
                "identifier": f"id-{key}",
                "type_code": "T",
                "type_key": "business-license",
                "type_version": 1,
                "type_name": "营业执照",
                "number": f"number-{key}",
                "issuer_code": "I",
                "issuer_name": "局",
                "issued_on": date(2026, 3, 2),
                "valid_from": date(2026, 3, 2),
                "valid_until": None,
                "record": record,
                "key_id": b"",
                "state": "issued",
                "recorded_at": RECORDED,
                **digests,
            }
        )
        self.tables["holder"].append(
            {"position": position, "ordinal": 0, "name": "某人", "number": f"holder-{holder}", "number_kind": "001"}
        )

    def revoke(self, key: str) -> None:
        self._event(key, "revoke", "错发", {"legal_basis": "行政许可法第六十九条"})
        for row in self.tables["license"]:
            if row["identifier"] == f"id-{key}":
                row["state"] = "revoked"

    def _event(self, key: str, kind: str, reason: str, details: dict[str, Any]) -> int:
        sequence = len(self.tables["event"]) + 1
        content: dict[str, Any] = {
            "sequence": sequence,
            "identifier": f"id-{key}",
            "kind": kind,
            "actor": "窗口一号",
            "reason": reason,
            "details": rfc8785.dumps(details).decode(),
        }
        said = content | {
            "effective_at": RECORDED.isoformat(timespec="microseconds"),
            "recorded_at": RECORDED.isoformat(timespec="microseconds"),
            "previous": self.previous.hex(),
        }
        digest = hashlib.sha256(b"license-lib event v1\x00" + rfc8785.dumps(said)).digest()
        times = {"effective_at": RECORDED, "recorded_at": RECORDED}
        self.tables["event"].append(content | times | {"previous": self.previous, "digest": digest})
        self.previous = digest
        return sequence


def _naive(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite knows no time zones: it stores what is UTC by agreement."""
    return {name: value.replace(tzinfo=None) if isinstance(value, datetime) else value for name, value in row.items()}
