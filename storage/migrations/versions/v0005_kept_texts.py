"""One reply may take several kept texts along."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("uq_outbox_picked_by", type_="unique")
        outbox.create_index("ix_outbox_picked_by", ["picked_by"])


def downgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_index("ix_outbox_picked_by")
        outbox.create_unique_constraint("uq_outbox_picked_by", ["picked_by"])
