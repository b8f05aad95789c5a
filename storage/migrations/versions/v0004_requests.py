"""Formal requests (依申请公开)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def of(table: str, referred: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("reference", NAME, nullable=False),
        sa.ForeignKeyConstraint(["reference"], [f"{referred}.reference"], name=f"fk_{table}_reference"),
    ]


def upgrade() -> None:
    op.create_table(
        "requests",
        *of("requests", "cases"),
        *words("stage", "category"),
        sa.Column("applicant", NAME, nullable=False),
        sa.Column("received_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("provisional", sa.Boolean, nullable=False),
        *words("department", "handler"),
        sa.Column("outcome", sa.Text),
        sa.Column("decided_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.PrimaryKeyConstraint("reference", name="pk_requests"),
    )
    op.create_index("ix_requests_applicant", "requests", ["applicant"])
    op.create_index("ix_requests_stage_due_on", "requests", ["stage", "due_on"])
    history()
    op.create_table(
        "reminders",
        *of("reminders", "cases"),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("reference", "kind", "due_on", name="pk_reminders"),
    )
    op.create_table(
        "drafts",
        sa.Column("owner", NAME, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_drafts"),
    )
    op.create_table(
        "deflections",
        sa.Column("draft", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("viewed", sa.Boolean, nullable=False),
        sa.Column("filed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("draft", name="pk_deflections"),
    )
    op.create_index("ix_deflections_at", "deflections", ["at"])
    op.create_index("ix_drafts_changed_at", "drafts", ["changed_at"])


    op.add_column("accounts", sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()))


def history() -> None:
    op.create_table(
        "acts",
        sa.Column("id", SERIAL, nullable=False),
        *of("acts", "requests"),
        sa.Column("at", INSTANT, nullable=False),
        *words("actor", "step"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_acts"),
    )
    op.create_table(
        "papers",
        sa.Column("id", SERIAL, nullable=False),
        *of("papers", "requests"),
        sa.Column("number", NAME),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        sa.UniqueConstraint("number", name="uq_papers_number"),
    )
    op.create_table(
        "reveals",
        sa.Column("id", SERIAL, nullable=False),
        *of("reveals", "requests"),
        sa.Column("at", INSTANT, nullable=False),
        *words("actor", "role", "reason"),
        sa.PrimaryKeyConstraint("id", name="pk_reveals"),
    )
    op.create_table(
        "uploads",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    for table in ("acts", "papers", "reveals"):
        op.create_index(f"ix_{table}_reference", table, ["reference"])
    op.create_index("ix_uploads_source", "uploads", ["source"])


def downgrade() -> None:
    op.drop_column("accounts", "disabled")
    for table in ("drafts", "deflections", "reminders", "uploads", "reveals", "papers", "acts", "requests"):
        op.drop_table(table)
