"""The review of documents before they are published, and texts taken down."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    op.add_column("documents", sa.Column("disclosure_reason", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("document_versions", sa.Column("reason", sa.Text))
    op.create_index("ix_document_versions_at", "document_versions", ["at"])
    op.create_table(
        "withdrawn",
        sa.Column("document", NAME, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.PrimaryKeyConstraint("document", "digest", name="pk_withdrawn"),
    )
    # what was removed before there was this list must stay away from older generations too
    op.execute(
        "INSERT INTO withdrawn (document, digest)"
        " SELECT DISTINCT versions.document, versions.content ->> 'digest' FROM document_versions AS versions"
        " JOIN documents ON documents.id = versions.document"
        " WHERE documents.removed AND versions.content ->> 'digest' IS NOT NULL"
    )
    op.execute("INSERT INTO counters (name, value) SELECT DISTINCT 'withdrawn', 1 FROM withdrawn")
    revisions()
    evidence()


def revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("document", NAME, nullable=False),
        *words("title", "number", "state", "author"),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *words("reviewer", "clearer", "publisher", "note"),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("content", "concerns", "resolutions", "details")),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
    )
    under_way = sa.text("state NOT IN ('已发布', '已作废')")
    op.create_index(
        "uq_revisions_under_way",
        "revisions",
        ["document"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    op.create_index("ix_revisions_state", "revisions", ["state"])


def evidence() -> None:
    op.create_table(
        "review_events",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("document", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *words("actor", "step", "before", "after", "note"),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_events"),
    )
    op.create_index("ix_review_events_document", "review_events", ["document"])
    op.create_table(
        "repeal_proposals",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("document", NAME, nullable=False),
        sa.Column("named", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_repeal_proposals"),
        sa.UniqueConstraint("document", "named", name="uq_repeal_proposals_document"),
    )


def downgrade() -> None:
    for table in ("repeal_proposals", "review_events", "revisions", "withdrawn"):
        op.drop_table(table)
    op.execute("DELETE FROM counters WHERE name = 'withdrawn'")
    op.drop_index("ix_document_versions_at", "document_versions")
    op.drop_column("document_versions", "reason")
    op.drop_column("documents", "disclosure_reason")
