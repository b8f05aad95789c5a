"""SQLite as we use it: what a new connection is told, and how the one write lock is waited for."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from time import monotonic

from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

PAUSE = 0.001
"""Seconds between looks at a lock that another process holds. SQLite's own looks come more and more rarely: of busy
processes one was seen to wait for half a second, and one that looks more rarely than the others is left behind."""
SOON, LATER = 1.0, 0.05
"""Seconds after which it is looked for more rarely, and then the seconds between looks: a migration takes long."""
AT_ONCE = "busy_timeout=0"
"""The last thing that a connection is told whose writer waits by `take_lock`: before, it waits for a file that another
process recovers or closes."""
BEGIN = "BEGIN IMMEDIATE"
"""Takes the write lock at once, so that nothing read afterwards can be outdated when it is written."""


def prepare(*more: str) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """Return what makes a new connection to SQLite ready, with more PRAGMAs."""
    # synchronous=FULL: a case number is told to a citizen as soon as it is committed, so it must outlive a power
    # failure too; NORMAL would outlive only a killed process.
    pragmas = ("synchronous=FULL", "foreign_keys=ON", *more)

    def prepared(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # the driver must not begin transactions by itself: whoever writes does
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepared


async def take_lock(begin: Callable[[], Awaitable[object]], patience: float) -> None:
    """Begin, again and again while another process holds the lock, for so many seconds; then raise what it raised.

    Needs a connection that was told AT_ONCE.
    """
    began = monotonic()
    while True:
        try:
            await begin()
        except (sqlite3.OperationalError, OperationalError) as error:
            if not _is_busy(error) or monotonic() >= began + patience:
                raise
        else:
            return
        await asyncio.sleep(PAUSE if monotonic() < began + SOON else LATER)


def _is_busy(error: sqlite3.OperationalError | OperationalError) -> bool:
    cause = error.orig if isinstance(error, OperationalError) else error
    return isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
