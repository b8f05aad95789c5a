"""Proposals to the calendar of working days."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_proposals",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("settled_by", sa.Text, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("edition", sa.Integer),
        sa.Column("report", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_proposals"),
        sa.UniqueConstraint("edition", name="uq_calendar_proposals_edition"),
    )


def downgrade() -> None:
    op.drop_table("calendar_proposals")
