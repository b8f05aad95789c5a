"""The counts that the statistics read, and the topic of each answer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DAY = {"sqlite": "date(at, '+8 hours')", "postgresql": "(at::timestamptz AT TIME ZONE 'Asia/Shanghai')::date"}


def upgrade() -> None:
    op.add_column("answers", sa.Column("topic", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_index("ix_answers_at", "answers", ["at"])
    op.create_index("ix_cases_received_at", "cases", ["received_at"])
    op.create_index("ix_events_step_at", "events", ["step", "at"])
    op.create_index("ix_acts_step_at", "acts", ["step", "at"])
    op.create_table(
        "answer_counts",
        sa.Column("day", sa.Date, nullable=False),
        *(sa.Column(name, NAME, nullable=False) for name in ("channel", "status", "topic")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("answers", "resolved", "unresolved")),
        sa.PrimaryKeyConstraint("day", "channel", "status", "topic", name="pk_answer_counts"),
    )
    day = DAY[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO answer_counts (day, channel, status, topic, answers, resolved, unresolved)"
        f" SELECT {day}, channel, status, '', count(*),"
        " sum(CASE WHEN resolved THEN 1 ELSE 0 END), sum(CASE WHEN NOT resolved THEN 1 ELSE 0 END)"
        f" FROM answers GROUP BY {day}, channel, status"
    )


def downgrade() -> None:
    op.drop_table("answer_counts")
    for index, table in (("acts", "step_at"), ("events", "step_at"), ("cases", "received_at"), ("answers", "at")):
        op.drop_index(f"ix_{index}_{table}", index)
    op.drop_column("answers", "topic")
