"""When the reply to a request was delivered, and whether that was in time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("requests", sa.Column("delivered_on", sa.Date))
    op.add_column("requests", sa.Column("on_time", sa.Boolean))


def downgrade() -> None:
    op.drop_column("requests", "on_time")
    op.drop_column("requests", "delivered_on")
