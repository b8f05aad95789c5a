"""The office's own words, linked questions and test questions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# A migration never changes, so it does not import the types of storage.tables, which may.
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    vocabulary()
    questions()


def vocabulary() -> None:
    op.create_table(
        "synonyms",
        sa.Column("word", NAME, nullable=False),
        sa.Column("others", sa.JSON, nullable=False),
        *words("direction", "note", "test", "by"),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_synonyms"),
    )
    op.create_table(
        "office_words",
        sa.Column("word", NAME, nullable=False),
        *words("use", "note", "by"),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("word", "use", name="pk_office_words"),
    )


def questions() -> None:
    op.create_table(
        "linked_questions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("fingerprint", NAME, nullable=False),
        sa.Column("document", NAME, nullable=False),
        *words("question", "by"),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_linked_questions"),
    )
    op.create_index("ix_linked_questions_document", "linked_questions", ["document"])
    op.create_index("uq_linked_questions_link", "linked_questions", ["fingerprint", "document"], unique=True)
    op.create_table(
        "trials",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("fingerprint", NAME, nullable=False),
        *words("question"),
        sa.Column("document", NAME, nullable=False),
        *words("note", "by"),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trials"),
        sa.UniqueConstraint("fingerprint", name="uq_trials_fingerprint"),
    )


def downgrade() -> None:
    for table in ("trials", "linked_questions", "office_words", "synonyms"):
        op.drop_table(table)
