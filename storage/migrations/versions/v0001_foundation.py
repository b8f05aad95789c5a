"""Documents, the register, the outbox, answers and staff accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# A migration never changes, so it does not import the types of storage.tables, which may.
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    documents()
    register()
    outbox()
    answers()
    accounts()


def documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", NAME, nullable=False),
        *words("title", "text", "digest", "issuer", "number"),
        sa.Column("published_on", sa.Date),
        sa.Column("effective_on", sa.Date),
        sa.Column("expires_on", sa.Date),
        *words("url", "validity", "disclosure", "kind", "topic", "department", "successor", "interprets"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_table(
        "document_versions",
        sa.Column("document", NAME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *words("by"),
        sa.Column("content", sa.JSON),
        sa.PrimaryKeyConstraint("document", "version", name="pk_document_versions"),
    )


def register() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", SERIAL, nullable=False),
        *words("fingerprint", "question", "normalised", "topic", "near_misses", "generation"),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_gaps_open", "gaps", ["fingerprint"], unique=True, sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_table(
        "counters",
        sa.Column("name", NAME, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "cases",
        sa.Column("reference", NAME, nullable=False),
        sa.Column("source", NAME, nullable=False),
        *words("kind", "question", "channel", "user_id", "code", "status"),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        *words("department", "evidence"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_cases"),
        sa.UniqueConstraint("source", name="uq_cases_source"),
    )
    op.create_index("ix_cases_status_due_on", "cases", ["status", "due_on"])
    op.create_table(
        "events",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("reference", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *words("actor", "step", "note"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name="fk_events_reference"),
    )
    op.create_index("ix_events_reference", "events", ["reference"])


def outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("key", NAME),
        *words("channel", "user_id", "text"),
        sa.Column("reference", NAME, nullable=False),
        *words("state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.Column("settled_at", INSTANT),
        *words("reason"),
        sa.Column("picked_by", NAME),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.UniqueConstraint("picked_by", name="uq_outbox_picked_by"),
    )
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])
    op.create_index("ix_outbox_channel_user_id_state", "outbox", ["channel", "user_id", "state"])


def answers() -> None:
    op.create_table(
        "answers",
        sa.Column("position", SERIAL, nullable=False),
        sa.Column("id", NAME, nullable=False),
        *words("at", "channel", "question", "normalised", "status", "route", "band"),
        sa.Column("probability", sa.Float, nullable=False),
        *words("generation"),
        sa.Column("used", sa.JSON, nullable=False),
        sa.Column("near_misses", sa.JSON, nullable=False),
        sa.Column("features", sa.JSON, nullable=False),
        sa.Column("resolved", sa.Boolean),
        sa.PrimaryKeyConstraint("position", name="pk_answers"),
        sa.UniqueConstraint("id", name="uq_answers_id"),
    )


def accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", NAME, nullable=False),
        *words("role", "password_hash"),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", INSTANT),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
    )
    op.create_table(
        "invitations",
        sa.Column("token_hash", NAME, nullable=False),
        *words("role"),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("used_by", sa.Text),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitations"),
    )
    op.create_table(
        "logins",
        sa.Column("token_hash", NAME, nullable=False),
        sa.Column("account", NAME, nullable=False),
        *words("csrf"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_logins"),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name="fk_logins_account"),
    )


def downgrade() -> None:
    # events and logins before the tables they refer to
    for table in (
        "logins", "invitations", "accounts", "answers", "outbox", "events", "cases", "counters", "gaps",
        "document_versions", "documents",
    ):
        op.drop_table(table)
