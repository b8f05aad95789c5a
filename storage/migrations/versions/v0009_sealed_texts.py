"""Texts on their way to citizens are sealed; those that lie in clear are sealed by `keys --renew`."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("sealed", sa.LargeBinary))
    kept = sa.text("sealed IS NOT NULL")
    op.create_index("ix_outbox_kept", "outbox", ["settled_at"], sqlite_where=kept, postgresql_where=kept)
    # nobody needs these any more, and letters name people
    op.execute("UPDATE outbox SET text = '' WHERE state IN ('sent', 'failed', 'uncertain')")


def downgrade() -> None:
    op.drop_index("ix_outbox_kept", "outbox")
    op.drop_column("outbox", "sealed")
