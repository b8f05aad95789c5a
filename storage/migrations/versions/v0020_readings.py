"""How far each source of fetched messages (微信客服) was read, and who reads it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("source", NAME, nullable=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("source", name="pk_readings"),
    )


def downgrade() -> None:
    op.drop_table("readings")
