"""The steps by which the schema came to be, and the way to take them."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from storage.database import Database

PATIENCE = 60.0
"""Seconds to wait for another process that migrates the same database."""

LOCK = 0x7A68_656E_6764_61
"""The key of PostgreSQL's advisory lock that migrations hold ("zhengda")."""


async def migrate(url: str) -> None:
    """Bring the database up to date; several processes may do so at once. Raise Unavailable when it cannot serve."""
    await _run(url, lambda config: command.upgrade(config, "head"))


async def revert(url: str, revision: str) -> None:
    """Take the schema back to a revision; "base" is an empty database."""
    await _run(url, lambda config: command.downgrade(config, revision))


async def _run(url: str, steps: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(__file__).parent))
        config.set_main_option("path_separator", "os")
        steps(config)

    database = Database(url, patience=PATIENCE)
    try:
        # one transaction around all steps: on SQLite it begins with the write lock
        async with database.begin() as connection:
            if database.postgresql:
                await connection.execute(text("SET LOCAL lock_timeout = 0"))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            await connection.run_sync(run)
    finally:
        await database.aclose()
