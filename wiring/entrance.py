"""The entrance of one of several workers to the socket they share: who holds more connections lets the others go first.

Left to the event loop, whoever wakes first takes every connection that waits: of 32 connections of a proxy, which keeps
them for hours, one of two workers was seen to take 30.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

STEP, LONGEST = 0.0002, 0.005
"""Seconds that others go first for each connection held, and at most."""
SHARE = 32
"""For so many connections held one more is taken at a time: a crowd that comes back must not queue for long."""
TROUBLE = 1.0
"""Seconds before the next try where the system gives no more files."""

_log = logging.getLogger(__name__)


async def let_in(
    listen: socket.socket, server: web.Server, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Give connections that arrive at the socket to the server; runs until cancelled."""
    loop = asyncio.get_running_loop()
    listen.settimeout(0)
    while True:
        await _somebody_waits(listen)
        held = len(server.connections)
        await sleep(min(held * STEP, LONGEST))
        try:
            for _ in range(1 + held // SHARE):
                connection, _address = listen.accept()
                connection.settimeout(0)
                # whoever is in is served, also when this worker has just been told to stop
                await asyncio.shield(loop.connect_accepted_socket(server, connection))
        except (BlockingIOError, ConnectionError):
            # another worker was there first, or who waited has gone
            continue
        except OSError:
            _log.exception("no connection can be taken now")
            await sleep(TROUBLE)


async def _somebody_waits(listen: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    waits = asyncio.Event()
    loop.add_reader(listen, waits.set)
    try:
        await waits.wait()
    finally:
        loop.remove_reader(listen)
