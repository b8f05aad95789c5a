"""Looks at personal data are chained with the acts, and nobody changes or deletes them by mistake."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
REFUSALS = {"reveals_are_not_changed": "UPDATE", "reveals_are_not_deleted": "DELETE"}


def upgrade() -> None:
    op.add_column("reveals", sa.Column("number", sa.Integer))
    op.add_column("reveals", sa.Column("link", NAME))
    op.create_index("uq_reveals_number", "reveals", ["number"], unique=True)
    for name, what in REFUSALS.items():
        refuse(name, what)


def refuse(name: str, what: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON reveals BEGIN SELECT RAISE(ABORT, '{name}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON reveals EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name in REFUSALS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP FUNCTION {name} CASCADE")
    op.drop_index("uq_reveals_number", "reveals")
    for column in ("link", "number"):
        op.drop_column("reveals", column)
