"""The log: every event is a leaf of a Merkle tree (RFC 6962), instead of a link of a chain.

With it come places in status lists, versions that know each other, holders whatever their numbers, and the usage trail.
Events that are there are committed to anew: what they say stays as it is, and the old chain is checked before.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import rfc8785
import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, then put the events that are there into the log."""
    events = [] if op.get_context().as_sql else _chain()
    _unguard(_BEFORE)
    op.drop_table("event")
    op.drop_table("chain_head")
    _create_tables()
    _widen_tables()
    if op.get_context().as_sql:  # for a new database: there is nothing to put into the log
        op.execute("INSERT INTO log_head (id, size, frontier) VALUES (1, 0, '')")
    else:
        _log_events(events)
        _name_subjects()
    with op.batch_alter_table("holder") as holder:
        holder.alter_column("subject", existing_type=sa.BigInteger, nullable=False)
    op.create_index("ix_holder_subject", "holder", ["subject"])
    _guard(_GUARDED)


def downgrade() -> None:
    """Go back to the chain.

    Only while nothing is on record that it cannot hold: older software would take a suspended licence for a good one,
    and look for holders under one number only.
    """
    as_sql = op.get_context().as_sql
    if not as_sql:
        _refuse_losses()
    events = [] if as_sql else _events()
    _unguard(_GUARDED)
    for name in ("usage", "correction", "event", "tile_hash", "log_head", "status_list", "leaf", "subject_number"):
        op.drop_table(name)
    _narrow_tables()
    _create_chain_tables()
    if not as_sql:
        _chain_events(events)
    _guard(_BEFORE)


# -- tables ------------------------------------------------------------------------------------------------------------


def _digest(name: str, table: str) -> tuple[sa.Column[Any], sa.CheckConstraint]:
    column = sa.Column(name, sa.LargeBinary, nullable=False)
    return column, sa.CheckConstraint(f"length({name}) = 32", name=f"ck_{table}_{name}")


def _texts(*names: str) -> Iterator[sa.Column[Any]]:
    return (sa.Column(name, sa.Text, nullable=False) for name in names)


def _create_tables() -> None:
    op.create_table(
        "leaf",
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        *_digest("hash", "leaf"),
        sa.PrimaryKeyConstraint("sequence", name="pk_leaf"),
    )
    op.create_table(
        "tile_hash",
        sa.Column("level", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        *_digest("hash", "tile_hash"),
        sa.PrimaryKeyConstraint("level", "position", name="pk_tile_hash"),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_head"),
        sa.CheckConstraint("id = 1", name="ck_log_head_one_row"),
    )
    op.create_table(
        "event",
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("effective_at", _MOMENT, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        *_texts("actor", "body", "reason", "legal_basis", "paper", "details"),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        *_digest("digest", "event"),
        sa.PrimaryKeyConstraint("sequence", name="pk_event"),
        sa.ForeignKeyConstraint(["sequence"], ["leaf.sequence"], name="fk_event_sequence"),
        sa.ForeignKeyConstraint(["identifier"], ["license.identifier"], name="fk_event_identifier"),
    )
    op.create_index("ix_event_identifier", "event", ["identifier"])
    op.create_table(
        "usage",
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("identifier", sa.Text, nullable=True),
        *_texts("kind", "outcome"),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        *_texts("actor", "body", "purpose", "item", "case_number", "place"),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        *_digest("digest", "usage"),
        sa.PrimaryKeyConstraint("sequence", name="pk_usage"),
        sa.ForeignKeyConstraint(["sequence"], ["leaf.sequence"], name="fk_usage_sequence"),
        sa.ForeignKeyConstraint(["identifier"], ["license.identifier"], name="fk_usage_identifier"),
    )
    op.create_index("ix_usage_identifier", "usage", ["identifier"])
    op.create_table(
        "correction",
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("subject", sa.BigInteger, nullable=False),
        *_texts("old_number", "old_kind", "new_number", "new_kind"),
        sa.Column("withdraws", sa.Integer, nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        *_texts("actor", "body", "reason", "legal_basis", "paper"),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        *_digest("digest", "correction"),
        sa.PrimaryKeyConstraint("sequence", name="pk_correction"),
        sa.ForeignKeyConstraint(["sequence"], ["leaf.sequence"], name="fk_correction_sequence"),
    )
    op.create_table(
        "subject_number",
        *_texts("number", "number_kind"),
        sa.Column("subject", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("number", "number_kind", "subject", name="pk_subject_number"),
    )
    op.create_index("ix_subject_number_subject", "subject_number", ["subject"])
    op.create_table(
        "status_list",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_status_list"),
    )


def _widen_tables() -> None:
    op.add_column("reservation", sa.Column("status_list", sa.Integer, nullable=True))
    op.add_column("reservation", sa.Column("status_index", sa.Integer, nullable=True))
    op.create_index("uq_reservation_status", "reservation", ["status_list", "status_index"], unique=True)
    op.add_column("license", sa.Column("status_list", sa.Integer, nullable=True))
    op.add_column("license", sa.Column("status_index", sa.Integer, nullable=True))
    op.add_column("license", sa.Column("previous", sa.Text, nullable=True))
    op.add_column("license", sa.Column("settled_at", _MOMENT, nullable=True))
    _index_numbers_in_use("state IN ('issued', 'suspended')")
    changed = sa.text("state <> 'issued'")
    op.create_index("ix_license_changed", "license", ["status_list"], sqlite_where=changed, postgresql_where=changed)
    op.create_index("ix_license_settled_at", "license", ["settled_at"])
    op.create_index("ix_license_previous", "license", ["previous"])
    op.add_column("holder", sa.Column("subject", sa.BigInteger, nullable=True))
    op.drop_index("ix_holder_number", "holder")


def _narrow_tables() -> None:
    op.drop_index("ix_holder_subject", "holder")
    op.drop_column("holder", "subject")
    op.create_index("ix_holder_number", "holder", ["number", "number_kind"])
    for index in ("ix_license_previous", "ix_license_settled_at", "ix_license_changed"):
        op.drop_index(index, "license")
    _index_numbers_in_use("state <> 'revoked'")
    for column in ("settled_at", "previous", "status_index", "status_list"):
        op.drop_column("license", column)
    op.drop_index("uq_reservation_status", "reservation")
    op.drop_column("reservation", "status_index")
    op.drop_column("reservation", "status_list")


def _index_numbers_in_use(condition: str) -> None:
    op.drop_index("uq_license_number_in_use", "license")
    op.create_index(
        "uq_license_number_in_use",
        "license",
        ["type_code", "issuer_code", "number"],
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def _create_chain_tables() -> None:
    op.create_table(
        "event",
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("effective_at", _MOMENT, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        *_texts("actor", "reason", "details"),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        *_digest("digest", "event"),
        sa.PrimaryKeyConstraint("sequence", name="pk_event"),
        sa.ForeignKeyConstraint(["identifier"], ["license.identifier"], name="fk_event_identifier"),
    )
    op.create_index("ix_event_identifier", "event", ["identifier"])
    op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chain_head"),
        sa.CheckConstraint("id = 1", name="ck_chain_head_one_row"),
    )


# -- data --------------------------------------------------------------------------------------------------------------


def _chain() -> list[dict[str, Any]]:
    """The events of the chain, which must be whole: what was rewritten before must not be sworn to now."""
    events, previous = _events(), bytes(32)
    for number, event in enumerate(events, 1):
        if (event["sequence"], event["previous"], event["digest"]) != (number, previous, _chain_digest(event)):
            raise RuntimeError(f"the event record is broken at {number}: find out why, and restore a backup")
        previous = event["digest"]
    return events


def _events() -> list[dict[str, Any]]:
    table = sa.Table("event", sa.MetaData(), autoload_with=op.get_bind())
    rows = op.get_bind().execute(sa.select(table).order_by(table.c.sequence)).mappings()
    return [{name: _aware(value) for name, value in row.items()} for row in rows]


def _log_events(events: list[dict[str, Any]]) -> None:
    """Put events into the log, as `license_lib.repository` does with new ones."""
    licenses = {row.identifier: row for row in op.get_bind().execute(sa.text("SELECT * FROM license"))}
    leaves: list[dict[str, Any]] = []
    hashes: list[dict[str, Any]] = []
    tree = _Tree()
    for event in events:
        details = json.loads(event["details"])
        legal_basis = details.pop("legal_basis", "") if event["kind"] == "revoke" else ""
        del event["previous"]
        event |= {"body": "", "legal_basis": legal_basis, "paper": "", "salt": os.urandom(16)}
        event["details"] = rfc8785.dumps(details).decode()
        event["digest"] = _event_digest(event)
        license_row = licenses[event["identifier"]]
        says = {
            "type": "event",
            "kind": event["kind"],
            "license": license_row.record_digest.hex(),
            "event": event["digest"].hex(),
            "effective": _leaf_moment(event["effective_at"]),
            "recorded": _leaf_moment(event["recorded_at"]),
        }
        if event["kind"] == "issue":
            says["file"] = license_row.file_digest.hex()
        data = rfc8785.dumps(says)
        hashed = hashlib.sha256(b"\x00" + data).digest()
        leaves.append({"sequence": event["sequence"], "data": data, "hash": hashed})
        hashes += tree.append(hashed)
    _insert("leaf", leaves)
    _insert("tile_hash", hashes)
    _insert("log_head", [{"id": 1, "size": tree.size, "frontier": b"".join(root for _, root in tree.roots)}])
    _insert("event", events)
    op.execute(
        "UPDATE license SET settled_at = (SELECT max(effective_at) FROM event WHERE event.identifier ="
        " license.identifier AND event.kind <> 'issue')"
    )


def _name_subjects() -> None:
    """Name every holder after the first licence that was issued to its number."""
    op.execute(
        "INSERT INTO subject_number (number, number_kind, subject)"
        " SELECT number, number_kind, min(CAST(position AS BIGINT) * 65536 + ordinal) FROM holder"
        " GROUP BY number, number_kind"
    )
    op.execute(
        "UPDATE holder SET subject = (SELECT subject FROM subject_number WHERE"
        " subject_number.number = holder.number AND subject_number.number_kind = holder.number_kind)"
    )


def _refuse_losses() -> None:
    what = {
        "SELECT count(*) FROM event WHERE kind NOT IN ('issue', 'revoke')": "events of kinds that it does not know",
        "SELECT count(*) FROM event WHERE body <> '' OR paper <> ''": "events with a body or a paper",
        "SELECT count(*) FROM event WHERE legal_basis <> '' AND kind <> 'revoke'": "issues with a legal basis",
        "SELECT count(*) FROM license WHERE status_list IS NOT NULL": "licences with a place in a status list",
        "SELECT count(*) FROM license WHERE previous IS NOT NULL": "new versions",
        "SELECT count(*) FROM usage": "entries of the usage trail",
        "SELECT count(*) FROM correction": "corrected numbers",
    }
    counted = {lost: op.get_bind().execute(sa.text(query)).scalar_one() for query, lost in what.items()}
    found = ", ".join(f"{count} {lost}" for lost, count in counted.items() if count)
    if found:
        raise RuntimeError(f"older software cannot hold what is on record: {found}")


def _chain_events(events: list[dict[str, Any]]) -> None:
    previous = bytes(32)
    for number, event in enumerate(events, 1):
        details = json.loads(event["details"])
        if event["kind"] == "revoke":
            details["legal_basis"] = event["legal_basis"]
        for name in ("salt", "body", "legal_basis", "paper"):
            del event[name]
        event |= {"sequence": number, "previous": previous, "details": rfc8785.dumps(details).decode()}
        event["digest"] = previous = _chain_digest(event)
    _insert("event", events)
    _insert("chain_head", [{"id": 1, "sequence": len(events), "digest": previous}])


def _chain_digest(event: dict[str, Any]) -> bytes:
    content = {
        **{name: event[name] for name in ("sequence", "identifier", "kind", "actor", "reason", "details")},
        "effective_at": _moment(event["effective_at"]),
        "recorded_at": _moment(event["recorded_at"]),
        "previous": event["previous"].hex(),
    }
    return hashlib.sha256(b"license-lib event v1\x00" + rfc8785.dumps(content)).digest()


def _event_digest(event: dict[str, Any]) -> bytes:
    names = ("sequence", "identifier", "kind", "actor", "body", "reason", "legal_basis", "paper", "details")
    content = {
        **{name: event[name] for name in names},
        "effective_at": _moment(event["effective_at"]),
        "recorded_at": _moment(event["recorded_at"]),
        "salt": event["salt"].hex(),
    }
    return hashlib.sha256(b"license-lib event v2\x00" + rfc8785.dumps(content)).digest()


class _Tree:
    """A Merkle tree that grows (RFC 6962 §2.1): the roots of its perfect subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.roots: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> Iterator[dict[str, Any]]:
        """Add a leaf, and give the roots of the tiles that it completes."""
        self.roots.append((1, leaf))
        self.size += 1
        while len(self.roots) > 1 and self.roots[-1][0] == self.roots[-2][0]:
            (width, left), (_, right) = self.roots[-2:]
            self.roots[-2:] = [(2 * width, hashlib.sha256(b"\x01" + left + right).digest())]
            level, root = (2 * width).bit_length() - 1, self.roots[-1][1]
            if level % 8 == 0:
                yield {"level": level // 8, "position": (self.size - 1) >> level, "hash": root}


def _aware(value: Any) -> Any:
    """A moment as this code counts it: SQLite knows no time zones, and stores UTC by agreement."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _leaf_moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _insert(name: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    # SQLite would store the offset with the text; PostgreSQL needs it.
    if op.get_context().dialect.name == "sqlite":
        rows = [
            {key: value.replace(tzinfo=None) if isinstance(value, datetime) else value for key, value in row.items()}
            for row in rows
        ]
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
    op.get_bind().execute(sa.insert(table), rows)


# -- guards ------------------------------------------------------------------------------------------------------------

_LICENSE = (
    "position, identifier, type_code, type_key, type_version, type_name, number, issuer_code, "
    "issuer_name, issued_on, valid_from, valid_until, record, record_digest, file_digest, key_id, recorded_at"
)
_RESERVATION = "identifier, request_key, request_digest, reserved_at"
_BEFORE = {
    "event": ("", "sequence = NEW.sequence"),
    "holder": ("", "position = NEW.position AND ordinal = NEW.ordinal"),
    "license": (_LICENSE, "position = NEW.position OR identifier = NEW.identifier"),
    "reservation": (_RESERVATION, "identifier = NEW.identifier OR request_key = NEW.request_key"),
}
_GUARDED = _BEFORE | {
    "leaf": ("", "sequence = NEW.sequence"),
    "tile_hash": ("", "level = NEW.level AND position = NEW.position"),
    "usage": ("", "sequence = NEW.sequence"),
    "correction": ("", "sequence = NEW.sequence"),
    "license": (f"{_LICENSE}, status_list, status_index, previous", _BEFORE["license"][1]),
    "reservation": (f"{_RESERVATION}, status_list, status_index", _BEFORE["reservation"][1]),
}
"""Table → the columns that never change (all if none is named), and how a row tells that it is there already."""


def _unguard(tables: dict[str, tuple[str, str]]) -> None:
    for table in tables:
        if op.get_context().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        else:
            for what in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER {table}_no_{what}")


def _guard(tables: dict[str, tuple[str, str]]) -> None:
    for table, (columns, same) in tables.items():
        update = f"UPDATE OF {columns}" if columns else "UPDATE"
        if op.get_context().dialect.name == "postgresql":
            call = "EXECUTE FUNCTION license_refuse_change()"
            op.execute(f"CREATE TRIGGER {table}_append_only BEFORE {update} OR DELETE ON {table} FOR EACH ROW {call}")
            op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}")
            continue
        refuse = "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END"
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 -- constants of this file
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE {update} ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {refuse}")
