"""What was asked stands in clear in each case: numbers that name a person are taken out of it."""

import sqlalchemy as sa
from alembic import op

from register.particulars import without_particulars

revision = "0023"
down_revision = "0022"

CASES = sa.table("cases", sa.column("reference", sa.Text), sa.column("question", sa.Text))


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(CASES.c.reference, CASES.c.question)).all()
    for reference, question in rows:
        kept = without_particulars(question)
        if kept != question:
            connection.execute(sa.update(CASES).where(CASES.c.reference == reference).values(question=kept))


def downgrade() -> None:
    """Leave it: the request itself keeps, sealed, what was asked."""
