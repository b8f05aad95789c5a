"""The steps by which the schema came to be, and the way to take them."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from bot.errors import Unavailable
from storage.database import Database

LOCK = 0x7A68_656E_6764_61
"""The key of PostgreSQL's advisory lock that migrations hold ("zhengda")."""


HEAD = "head"
"""The newest revision of the schema."""
BASE = "base"
"""The revision of an empty database."""


async def migrate(url: str, revision: str = HEAD, *, patience: float = 60.0) -> None:
    """Bring the database up to date. Several processes may do so at once: each waits `patience` seconds for the others.

    Raise Unavailable when the database cannot serve.
    """
    await _run(url, patience, lambda config: command.upgrade(config, revision))


async def revert(url: str, revision: str, *, patience: float = 60.0) -> None:
    """Take the schema back to a revision; "base" is an empty database."""
    await _run(url, patience, lambda config: command.downgrade(config, revision))


def revisions() -> Sequence[str]:
    """Return every revision of the schema, the oldest first."""
    steps = ScriptDirectory(str(Path(__file__).parent)).walk_revisions()
    return tuple(reversed([step.revision for step in steps]))


async def revision_of(database: Database) -> str:
    """Return the revision of the database's schema; "base" where there is none."""
    async with database.read() as connection:
        found = await connection.run_sync(lambda here: MigrationContext.configure(here).get_current_revision())
    return found or BASE


async def _run(url: str, patience: float, steps: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(__file__).parent))
        config.set_main_option("path_separator", "os")
        steps(config)

    database = Database(url, patience=patience)
    try:
        if not database.postgresql:
            await asyncio.to_thread(_use_wal, make_url(url).database or "", patience)
        # one transaction around all steps: on SQLite it begins with the write lock
        async with database.begin() as connection:
            if database.postgresql:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            await connection.run_sync(run)
    finally:
        await database.aclose()


def _use_wal(path: str, patience: float) -> None:
    """Turn SQLite's write-ahead log on, which the file remembers: readers then never wait for the writer."""
    until = monotonic() + patience
    try:
        with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
            while not _turned_on(connection):
                if monotonic() > until:
                    raise Unavailable("the database stays locked")
                # SQLite itself does not wait for another process that turns it on at the same time
                sleep(0.02)
    except sqlite3.Error as error:
        raise Unavailable(f"the database cannot serve: {error!r}") from error


def _turned_on(connection: sqlite3.Connection) -> bool:
    try:
        mode: tuple[str] = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return mode == ("wal",)
