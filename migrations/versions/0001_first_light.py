"""First light: reservations, licences, holders, events."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the tables and the triggers that guard them."""
    _create_tables()
    head = sa.table(
        "chain_head",
        sa.column("id", sa.Integer),
        sa.column("sequence", sa.Integer),
        sa.column("digest", sa.LargeBinary),
    )
    op.execute(sa.insert(head).values(id=1, sequence=0, digest=bytes(32)))
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    """Drop everything; the triggers go with their tables."""
    for name in ("event", "holder", "license", "reservation", "chain_head"):
        op.drop_table(name)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION license_refuse_change()")


def _create_tables() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "reservation",
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("request_key", sa.Text, nullable=False),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.Column("reserved_at", moment, nullable=False),
        sa.Column("committed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("identifier", name="pk_reservation"),
        sa.UniqueConstraint("request_key", name="uq_reservation_request_key"),
        sa.CheckConstraint("length(request_digest) = 32", name="ck_reservation_request_digest"),
    )
    op.create_table(
        "license",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("type_code", sa.Text, nullable=False),
        sa.Column("type_key", sa.Text, nullable=False),
        sa.Column("type_version", sa.Integer, nullable=False),
        sa.Column("type_name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("issuer_code", sa.Text, nullable=False),
        sa.Column("issuer_name", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=True),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("record_digest", sa.LargeBinary, nullable=False),
        sa.Column("file_digest", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_license"),
        sa.UniqueConstraint("identifier", name="uq_license_identifier"),
        sa.ForeignKeyConstraint(["identifier"], ["reservation.identifier"], name="fk_license_identifier"),
        sa.CheckConstraint("length(record_digest) = 32", name="ck_license_record_digest"),
        sa.CheckConstraint("length(file_digest) = 32", name="ck_license_file_digest"),
    )
    op.create_index("ix_license_number", "license", ["number", "type_code"])
    in_use = sa.text("state <> 'revoked'")
    op.create_index(
        "uq_license_number_in_use",
        "license",
        ["type_code", "issuer_code", "number"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    op.create_table(
        "holder",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("ordinal", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("number_kind", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("position", "ordinal", name="pk_holder"),
        sa.ForeignKeyConstraint(["position"], ["license.position"], name="fk_holder_position"),
    )
    op.create_index("ix_holder_number", "holder", ["number", "number_kind"])
    op.create_table(
        "event",
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("effective_at", moment, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_event"),
        sa.ForeignKeyConstraint(["identifier"], ["license.identifier"], name="fk_event_identifier"),
        sa.CheckConstraint("length(digest) = 32", name="ck_event_digest"),
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


def _guards() -> list[str]:
    """Triggers that keep honest software honest; who may drop them still breaks the chain of digests.

    They cover every column whose change would rewrite history. On SQLite an INSERT OR REPLACE deletes without a delete
    trigger, so inserts over an existing row are refused, too.
    """
    return _postgresql_guards() if op.get_context().dialect.name == "postgresql" else _sqlite_guards()


def _postgresql_guards() -> list[str]:
    refuse = "RAISE EXCEPTION 'this table is append-only' USING ERRCODE = 'integrity_constraint_violation'"
    call = "EXECUTE FUNCTION license_refuse_change()"
    return [
        f"CREATE FUNCTION license_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; END $$",
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE {what} OR DELETE ON {table} FOR EACH ROW {call}"
            for table, what in _FIXED.items()
        ),
        *(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}"
            for table in _FIXED
        ),
    ]


def _sqlite_guards() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END"
    statements = []
    for table, what in _FIXED.items():
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {_SAME_KEY[table]})"  # noqa: S608 — constants of this file
        statements += [
            f"CREATE TRIGGER {table}_no_update BEFORE {what} ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {refuse}",
        ]
    return statements


# Of a licence only its state changes, of a reservation only whether it was used.
_FIXED = {
    "event": "UPDATE",
    "holder": "UPDATE",
    "license": (
        "UPDATE OF position, identifier, type_code, type_key, type_version, type_name, number, issuer_code, "
        "issuer_name, issued_on, valid_from, valid_until, record, record_digest, file_digest, key_id, recorded_at"
    ),
    "reservation": "UPDATE OF identifier, request_key, request_digest, reserved_at",
}
_SAME_KEY = {
    "event": "sequence = NEW.sequence",
    "holder": "position = NEW.position AND ordinal = NEW.ordinal",
    "license": "position = NEW.position OR identifier = NEW.identifier",
    "reservation": "identifier = NEW.identifier OR request_key = NEW.request_key",
}
