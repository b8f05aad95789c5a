import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from storage.columns import METADATA, Name
from storage.database import Database


async def test_migrations_and_tables_agree(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.service
async def test_keys_are_ordered_by_code_point_whatever_the_locale_of_the_server(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    query = "SELECT table_name, column_name FROM information_schema.columns WHERE collation_name = 'C'"
    async with database.read() as connection:
        found = {tuple(row) for row in await connection.execute(text(query))}
    await database.aclose()

    named = {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, Name)
    }
    assert named <= found
