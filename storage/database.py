"""The database: its connections, its transactions, and what its failures are called here."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import Unavailable

QUEUE = 10.0
"""Seconds to wait for a connection of our own pool."""

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def driven(url: str) -> URL:
    """Return the URL with the driver we use: "sqlite:///…" and "postgresql://…" are enough."""
    parsed = make_url(url)
    return parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))


class Database:
    """Transactions on SQLite or PostgreSQL; connects when first used.

    `patience` is how many seconds a write waits for another process's lock before it is Unavailable.
    """

    def __init__(self, url: str, *, readers: int = 4, patience: float = 2.0) -> None:
        parsed = driven(url)
        self.postgresql = parsed.get_backend_name() == "postgresql"
        if self.postgresql:
            self._writer = _postgresql(parsed, patience)
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
            return
        # One writer, because SQLite has one anyway: our own tasks then queue fairly in the pool instead of polling
        # for SQLite's lock (100 concurrent opens: no busy wait). Readers see the last commit and never wait for it.
        self._writer = _sqlite(parsed, patience, size=1)
        event.listen(self._writer.sync_engine, "begin", _begin_with_the_lock)
        self._reader = _sqlite(parsed, patience, size=readers, pragmas=("query_only=ON",), isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection inside a write transaction: committed at the end, rolled back on any error.

        On SQLite it begins with the write lock, so that nothing read in it can be outdated when it is written.
        """
        with _named_ours():
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for reading; each statement sees the last commit."""
        with _named_ours():
            async with self._reader.connect() as connection:
                yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that knows ON CONFLICT in this database's words."""
        return postgresql.insert(table) if self.postgresql else sqlite.insert(table)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def _postgresql(url: URL, patience: float) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_timeout=QUEUE,
        pool_pre_ping=True,
        connect_args={
            "timeout": 5,
            "command_timeout": 30,
            "server_settings": {"application_name": "zhengda", "lock_timeout": str(int(patience * 1000))},
        },
    )


def _sqlite(
    url: URL, patience: float, *, size: int, pragmas: tuple[str, ...] = (), isolation_level: str | None = None
) -> AsyncEngine:
    options = {} if isolation_level is None else {"isolation_level": isolation_level}
    engine = create_async_engine(
        url, pool_size=size, max_overflow=0, pool_timeout=QUEUE, connect_args={"timeout": patience}, **options
    )
    event.listen(engine.sync_engine, "connect", _prepare(pragmas))
    return engine


def _prepare(more: tuple[str, ...]) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    # synchronous=FULL: a case number is told to a citizen as soon as it is committed, so it must outlive a power
    # failure too; NORMAL would outlive only a killed process.
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *more)

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # the driver must not begin transactions by itself: _begin_with_the_lock does
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepare


def _begin_with_the_lock(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _named_ours() -> Iterator[None]:
    """Turn what the database cannot help (locked, full, unreachable) into Unavailable; our own mistakes stay."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
        raise
    except (DBAPIError, NoConnection, OSError) as error:
        raise Unavailable(f"the database cannot serve: {error}") from error
