"""Acts and letters have their place, acts are chained, and nobody changes or deletes them by mistake."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
FIXED = ("reference", "place", "at", "actor", "step", "number", "link")
# only `sealed` may change, when the keys do
REFUSALS = {
    "acts_are_not_changed": f"UPDATE OF {', '.join(FIXED)}",
    "acts_are_not_deleted": "DELETE",
}


def upgrade() -> None:
    for table in ("acts", "papers"):
        op.add_column(table, sa.Column("place", sa.Integer, nullable=False, server_default=sa.text("0")))
        op.execute(
            f"UPDATE {table} SET place = (SELECT count(*) FROM {table} AS earlier"  # noqa: S608  no outside text
            f" WHERE earlier.reference = {table}.reference AND earlier.id <= {table}.id)"
        )
    op.add_column("acts", sa.Column("number", sa.Integer))
    op.add_column("acts", sa.Column("link", NAME))
    op.create_index("uq_acts_number", "acts", ["number"], unique=True)
    for name, what in REFUSALS.items():
        refuse(name, what)


def refuse(name: str, what: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON acts BEGIN SELECT RAISE(ABORT, '{name}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON acts EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name in REFUSALS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP FUNCTION {name} CASCADE")
    op.drop_index("uq_acts_number", "acts")
    for column in ("link", "number", "place"):
        op.drop_column("acts", column)
    op.drop_column("papers", "place")
