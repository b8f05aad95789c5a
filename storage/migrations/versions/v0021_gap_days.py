"""How often each unanswered question was asked on each day."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "gap_days",
        sa.Column("gap", SERIAL, nullable=False, autoincrement=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("gap", "day", name="pk_gap_days"),
        sa.ForeignKeyConstraint(["gap"], ["gaps.id"], name="fk_gap_days_gap"),
    )


def downgrade() -> None:
    op.drop_table("gap_days")
