"""SQLite in the event loop's own thread, for what is shorter than the way to another thread and back.

Another thread waits for the interpreter after every step of a statement, up to 5 ms each time while the loop is busy:
16 gaps took 40 ms to write, the other process waiting for the lock all the while, where 1 ms is enough.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.engine import URL, Connection

from storage.glance import Glance
from storage.sqlite import AT_ONCE, BEGIN, prepare, take_lock

T = TypeVar("T")


class Near:
    """One SQLite file; `patience` is how many seconds a write waits for another process's lock."""

    def __init__(self, url: URL, *, patience: float) -> None:
        self._patience = patience
        self._reader = _engine(url, patience, "query_only=ON")
        self._writer = _engine(url, patience)
        self._glancing: PoolProxiedConnection | None = None
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="commit")

    def glance(self, glance: Glance, values: Mapping[str, object]) -> Any:  # noqa: ANN401 - any column
        """Return the value that a glance finds, or None; it waits for no lock."""
        connection, self._glancing = self._glancing or self._reader.raw_connection(), None
        try:
            value = glance.on(_driver(connection), values)
        except BaseException:
            connection.close()
            raise
        # taking it from the pool each time would double the work
        self._glancing = connection
        return value

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do short work in a write transaction of its own; the caller sees to it that it is the only one here.

        Only the commit is handed to another thread: it waits for the disk.
        """
        with self._writer.connect() as connection:
            driver = _driver(connection.connection)

            async def begin() -> None:
                driver.execute(BEGIN)

            await take_lock(begin, self._patience)
            try:
                result = work(connection)
                await asyncio.get_running_loop().run_in_executor(self._disk, connection.commit)
            finally:
                # SQLAlchemy takes a commit that failed for the end, whatever SQLite made of it
                if driver.in_transaction:
                    driver.rollback()
            return result

    def close(self) -> None:
        """Close every connection; whoever writes or glances afterwards all the same opens one anew."""
        if self._glancing is not None:
            self._glancing.close()
            self._glancing = None
        self._reader.dispose()
        self._writer.dispose()


def _engine(url: URL, patience: float, *pragmas: str) -> Engine:
    engine = create_engine(url.set(drivername="sqlite"), connect_args={"timeout": patience}, hide_parameters=True)
    event.listen(engine, "connect", prepare(*pragmas, AT_ONCE))
    return engine


def _driver(connection: PoolProxiedConnection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.driver_connection)
