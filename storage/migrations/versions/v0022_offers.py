"""Which offer each case confirmed, so that one that is confirmed again opens no second."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("cases", sa.Column("offer", NAME))
    op.create_index("uq_cases_offer", "cases", ["offer"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_cases_offer", "cases")
    op.drop_column("cases", "offer")
