"""Files that belong to requests; nothing could be put into the table that stood for them before."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.drop_table("uploads")
    op.create_table(
        "enclosures",
        sa.Column("key", NAME, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("mark", NAME, nullable=False),
        sa.Column("purged", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_enclosures"),
    )
    op.create_index("ix_enclosures_source", "enclosures", ["source"])
    op.create_table(
        "enclosure_contents",
        sa.Column("key", NAME, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_enclosure_contents"),
        sa.ForeignKeyConstraint(["key"], ["enclosures.key"], name="fk_enclosure_contents_key"),
    )


def downgrade() -> None:
    op.drop_table("enclosure_contents")
    op.drop_table("enclosures")
    op.create_table(
        "uploads",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_source", "uploads", ["source"])
