"""The turns of the channels' switches."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "switchings",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("off", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_switchings"),
    )
    op.create_index("ix_switchings_channel", "switchings", ["channel"])


def downgrade() -> None:
    op.drop_table("switchings")
