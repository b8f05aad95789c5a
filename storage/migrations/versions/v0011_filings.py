"""Who filed how much through the internet on which day."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "filings",
        sa.Column("who", NAME, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("who", "source", name="pk_filings"),
    )
    op.create_index("ix_filings_on", "filings", ["on"])


def downgrade() -> None:
    op.drop_table("filings")
