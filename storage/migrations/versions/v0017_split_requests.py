"""From which request another was split off, and into which it was merged."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COLUMNS = ("parent", "merged_into")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("requests", sa.Column(name, NAME, nullable=False, server_default=sa.text("''")))
        op.create_index(f"ix_requests_{name}", "requests", [name])


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_index(f"ix_requests_{name}", "requests")
        op.drop_column("requests", name)
