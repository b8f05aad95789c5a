"""Who has seen a reminder, and how its way to the office's own address stands."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("reminders", sa.Column("seen_by", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("reminders", sa.Column("seen_at", sa.DateTime(timezone=True)))
    op.add_column("reminders", sa.Column("post", sa.Text, nullable=False, server_default="due"))
    op.add_column("reminders", sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column("reminders", sa.Column("post_at", sa.DateTime(timezone=True)))
    op.create_index("ix_reminders_post_post_at", "reminders", ["post", "post_at"])
    op.create_index("ix_reminders_seen_at", "reminders", ["seen_at"])


def downgrade() -> None:
    op.drop_index("ix_reminders_seen_at", "reminders")
    op.drop_index("ix_reminders_post_post_at", "reminders")
    for column in ("post_at", "tries", "post", "seen_at", "seen_by"):
        op.drop_column("reminders", column)
