"""The queue: who has a case and whether somebody worked on it; departments of accounts, saved views, staff's deeds."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
EMPTY = sa.text("''")
OPEN = sa.text("closed_at IS NULL")
TRAIL = ("events", "acts", "review_events")
ORDER = ["status", "paused", "due_on", "reference", "kind", "department", "handler", "touched_at", "received_at"]


def upgrade() -> None:
    op.add_column("gaps", sa.Column("department", sa.Text, nullable=False, server_default=EMPTY))
    op.create_index("ix_gaps_queue", "gaps", ["times", "last_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.add_column("cases", sa.Column("handler", NAME, nullable=False, server_default=EMPTY))
    op.add_column("cases", sa.Column("touched_at", INSTANT))
    op.add_column("cases", sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()))
    op.drop_index("ix_cases_status_due_on", "cases")
    op.create_index("ix_cases_queue", "cases", ORDER)
    known()
    console()


def console() -> None:
    for table in ("accounts", "invitations"):
        op.add_column(table, sa.Column("department", sa.Text, nullable=False, server_default=EMPTY))
    op.create_table(
        "saved_views",
        sa.Column("owner", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name="pk_saved_views"),
        sa.ForeignKeyConstraint(["owner"], ["accounts.name"], name="fk_saved_views_owner"),
    )
    op.create_table(
        "deeds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "deed", "subject", "note")),
        sa.PrimaryKeyConstraint("id", name="pk_deeds"),
    )
    for table in ("deeds", *TRAIL):
        op.create_index(f"ix_{table}_at", table, ["at"])


def known() -> None:
    """Fill the columns from what has happened so far."""
    people = "actor NOT IN ('citizen', 'system')"
    worked = f"{people} AND step NOT IN ('submit', 'acknowledge', 'transfer')"
    op.execute(
        "UPDATE cases SET touched_at = coalesce("  # noqa: S608 - our own words only
        f"(SELECT min(at) FROM events WHERE events.reference = cases.reference AND {people}),"
        f" (SELECT min(at) FROM acts WHERE acts.reference = cases.reference AND {worked}))"
    )
    op.execute(
        "UPDATE cases SET handler = coalesce("  # noqa: S608 - as above
        " (SELECT handler FROM requests WHERE requests.reference = cases.reference),"
        f" (SELECT actor FROM events WHERE events.reference = cases.reference AND {people} ORDER BY id LIMIT 1), '')"
    )
    op.execute(
        "UPDATE cases SET paused = true WHERE status = 'received' AND reference IN"
        " (SELECT reference FROM requests WHERE due_on IS NULL)"
    )


def downgrade() -> None:
    for table in TRAIL:
        op.drop_index(f"ix_{table}_at", table)
    for table in ("deeds", "saved_views"):
        op.drop_table(table)
    for table in ("invitations", "accounts"):
        op.drop_column(table, "department")
    op.drop_index("ix_cases_queue", "cases")
    op.create_index("ix_cases_status_due_on", "cases", ["status", "due_on"])
    for column in ("paused", "touched_at", "handler"):
        op.drop_column("cases", column)
    op.drop_index("ix_gaps_queue", "gaps")
    op.drop_column("gaps", "department")
