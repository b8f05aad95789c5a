"""The database: its connections, its transactions, and what its failures are called here."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial, wraps
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import BigInteger, Table, cast, event, func, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import Unavailable
from storage.glance import Glance
from storage.near import Near
from storage.sqlite import AT_ONCE, BEGIN, prepare, take_lock

QUEUE = 10.0
"""Seconds to wait for a connection while others use them all."""

# after a read there is nothing to take back
READING: Mapping[str, Any] = MappingProxyType(
    {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None, "hide_parameters": True}
)

OWN_MISTAKES = (
    *(IntegrityError, ProgrammingError, DataError, NotSupportedError),
    *(sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.NotSupportedError),
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
            self._near: Near | None = None
            return
        # One writer, for our own tasks then take turns: of 300 opens at once, eight writers that poll for SQLite's lock
        # were no faster and left 2 to 8 locked out after a second. Readers see the last commit and never wait for it.
        self._writer = _sqlite(parsed, patience, AT_ONCE, size=1)
        self._patience = patience
        self._may_write = asyncio.Semaphore(1)
        self._reader = _sqlite(parsed, patience, "query_only=ON", size=connections, **READING)
        self._may_read = asyncio.Semaphore(connections)
        self._near = Near(parsed, patience=patience)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection inside a write transaction: committed at the end, rolled back on any error.

        On SQLite it begins with the write lock, so that nothing read in it can be outdated when it is written.
        """
        with _named_ours():
            async with _one_of(self._may_write), self._writer.begin() as connection:
                if self._near is not None:
                    await take_lock(partial(connection.exec_driver_sql, BEGIN), self._patience)
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

    async def glance(self, glance: Glance, values: Mapping[str, object]) -> Any:  # noqa: ANN401 - any column
        """Return the first value of a query that one index answers, or None.

        On SQLite it is asked in the event loop's own thread, where handing each call of the driver to another thread
        and back costs 0.9 ms (CPU, 2 cores).
        """
        if self._near is None:
            return await self.to_its_end(self._glance(glance, values))
        with _named_ours():
            return self._near.glance(glance, values)

    async def _glance(self, glance: Glance, values: Mapping[str, object]) -> Any:  # noqa: ANN401 - any column
        async with self.read() as connection:
            return await connection.scalar(glance.statement, values)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do short work in a write transaction, to its end; committed when this returns.

        On SQLite the work is done in the event loop's own thread: a hundred rows hold everybody up for some 8 ms.
        """
        return await self.to_its_end(self._write(work))

    async def _write(self, work: Callable[[Connection], T]) -> T:
        if self._near is None:
            async with self.begin() as connection:
                return await connection.run_sync(work)
        with _named_ours():
            async with _one_of(self._may_write):
                return await self._near.write(work)

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
        if self._near is not None:
            self._near.close()


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


def _sqlite(url: URL, patience: float, pragma: str, *, size: int, **options: Any) -> AsyncEngine:  # noqa: ANN401 - SQLAlchemy's
    options = {"hide_parameters": True, **options}
    engine = create_async_engine(url, pool_size=size, max_overflow=0, connect_args={"timeout": patience}, **options)
    event.listen(engine.sync_engine, "connect", prepare(pragma))
    return engine


@contextmanager
def _named_ours() -> Iterator[None]:
    """Turn what the database cannot help (locked, full, unreachable) into Unavailable; our own mistakes stay."""
    try:
        yield
    except OWN_MISTAKES:
        raise
    except (DBAPIError, sqlite3.Error, OSError) as error:
        raise Unavailable(f"the database cannot serve: {getattr(error, 'orig', error)!r}") from error
