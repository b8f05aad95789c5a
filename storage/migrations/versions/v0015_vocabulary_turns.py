"""Which shipped words an office has switched off."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "vocabulary_turns",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("listed", sa.Text, nullable=False),
        sa.Column("word", NAME, nullable=False),
        sa.Column("off", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vocabulary_turns"),
    )


def downgrade() -> None:
    op.drop_table("vocabulary_turns")
