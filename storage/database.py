"""The database: its connections, its transactions, and what its failures are called here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import BigInteger, Engine, Select, Table, cast, create_engine, event, func, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import Unavailable

QUEUE = 10.0
"""Seconds to wait for a connection while others use them all."""

# after a read there is nothing to take back
READING: Mapping[str, Any] = MappingProxyType(
    {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None, "hide_parameters": True}
)

T = TypeVar("T")
P = ParamSpec("P")

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def driven(url: str) -> URL:
    """Return the URL with the driver we use: "sqlite:///…" and "postgresql://…" are enough."""
    parsed = make_url(url)
    return parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))


class Database:
    """Transactions on SQLite or PostgreSQL; connects when first used.

    `patience` is how many seconds a write waits for another process's lock before it is Unavailable.
    """

    def __init__(self, url: str, *, connections: int = 8, patience: float = 2.0) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()
        parsed = driven(url)
        self.postgresql = parsed.get_backend_name() == "postgresql"
        # We queue here and not in SQLAlchemy's pool, which does not wake who waits when a connection cannot be made.
        if self.postgresql:
            self._writer = _postgresql(parsed, patience, size=connections)
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
            self._may_write = self._may_read = asyncio.Semaphore(connections)
            self._near: Engine | None = None
            self._glancing: Connection | None = None
            return
        # One writer, for our own tasks then take turns: of 300 opens at once, eight writers that poll for SQLite's lock
        # were no faster and left 2 to 8 locked out after a second. Readers see the last commit and never wait for it.
        self._writer = _sqlite(parsed, patience, size=1)
        event.listen(self._writer.sync_engine, "begin", _begin_with_the_lock)
        self._may_write = asyncio.Semaphore(1)
        self._reader = _sqlite(parsed, patience, size=connections, reading=True)
        self._may_read = asyncio.Semaphore(connections)
        self._near = create_engine(parsed.set(drivername="sqlite"), **READING, connect_args={"timeout": 0})
        event.listen(self._near, "connect", _prepare("query_only=ON"))
        self._glancing = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection inside a write transaction: committed at the end, rolled back on any error.

        On SQLite it begins with the write lock, so that nothing read in it can be outdated when it is written.
        """
        with _named_ours():
            async with _one_of(self._may_write), self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for reading; each statement sees the last commit."""
        with _named_ours():
            async with _one_of(self._may_read), self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose every statement sees the database as it is now, whatever is written meanwhile."""
        with _named_ours():
            async with _one_of(self._may_read), self._reader.connect() as connection:
                if self.postgresql:
                    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                    yield connection
                    return
                await connection.exec_driver_sql("BEGIN")
                try:
                    yield connection
                finally:
                    await connection.exec_driver_sql("ROLLBACK")

    async def glance(self, statement: Select[Any], values: Mapping[str, object]) -> Any:  # noqa: ANN401 - any column
        """Return the first value of a query that one index answers, or None.

        On SQLite it is asked in the event loop's own thread: 0.07 ms, where handing each call of the driver to
        another thread and back costs 0.9 ms (CPU, 2 cores); such a read waits for no lock.
        """
        if self._near is None:
            return await self.to_its_end(self._glance(statement, values))
        with _named_ours():
            connection, self._glancing = self._glancing or self._near.connect(), None
            try:
                value = connection.scalar(statement, values)
            except BaseException:
                connection.close()
                raise
            # taking it from the pool each time would double the work
            self._glancing = connection
            return value

    async def _glance(self, statement: Select[Any], values: Mapping[str, object]) -> Any:  # noqa: ANN401 - any column
        async with self.read() as connection:
            return await connection.scalar(statement, values)

    async def alone(self, connection: AsyncConnection, name: str) -> None:
        """Wait until no other transaction is alone with this name; afterwards what those wrote can be read.

        On SQLite every write transaction is alone already.
        """
        if self.postgresql:
            digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            key = int.from_bytes(digest, signed=True)
            await connection.execute(select(func.pg_advisory_xact_lock(cast(key, BigInteger))))

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that knows ON CONFLICT in this database's words."""
        return postgresql.insert(table) if self.postgresql else sqlite.insert(table)

    async def to_its_end(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work even when the caller is cancelled meanwhile; `aclose` waits for it.

        Cancelled inside a statement, the drivers drop the connection in the middle of its transaction; aiosqlite was
        seen to hang on it.
        """
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Let running transactions end, then close every connection."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._reader.dispose()
        await self._writer.dispose()
        if self._glancing is not None:
            self._glancing.close()
        if self._near is not None:
            self._near.dispose()


class Store(Protocol):
    """What keeps its things in a database."""

    _database: Database


S = TypeVar("S", bound=Store)


def whole(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Return the method of a store such that it runs to its end when its caller is cancelled."""

    @wraps(method)
    async def to_its_end(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.to_its_end(method(self, *args, **kwargs))

    return to_its_end


@asynccontextmanager
async def _one_of(connections: asyncio.Semaphore) -> AsyncIterator[None]:
    async with asyncio.timeout(QUEUE):
        await connections.acquire()
    try:
        yield
    finally:
        connections.release()


def _postgresql(url: URL, patience: float, *, size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        # errors are logged, and citizens' words do not belong there
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "timeout": 5,
            "command_timeout": 30,
            "server_settings": {"application_name": "zhengda", "lock_timeout": str(int(patience * 1000))},
        },
    )


def _sqlite(url: URL, patience: float, *, size: int, reading: bool = False) -> AsyncEngine:
    options = READING if reading else {"hide_parameters": True}
    engine = create_async_engine(url, pool_size=size, max_overflow=0, connect_args={"timeout": patience}, **options)
    event.listen(engine.sync_engine, "connect", _prepare("query_only=ON") if reading else _prepare())
    return engine


def _prepare(*more: str) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    # synchronous=FULL: a case number is told to a citizen as soon as it is committed, so it must outlive a power
    # failure too; NORMAL would outlive only a killed process.
    pragmas = ("synchronous=FULL", "foreign_keys=ON", *more)

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
    except (DBAPIError, OSError) as error:
        raise Unavailable(f"the database cannot serve: {getattr(error, 'orig', error)!r}") from error
