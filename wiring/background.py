"""What goes on beside the requests, until the server stops."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any

STOPPING = 15.0
"""Seconds in which everything under way is finished or kept when the server stops."""


class Departure:
    """The time that is left once the server has begun to stop: one for all parts together."""

    def __init__(self) -> None:
        self._ends: float | None = None

    def begin(self) -> None:
        """Count from now on."""
        self._ends = asyncio.get_running_loop().time() + STOPPING

    def left(self) -> float:
        """Return the seconds left."""
        return STOPPING if self._ends is None else max(0.0, self._ends - asyncio.get_running_loop().time())


class Background:
    """Runs work beside the requests; what was begun last is ended first, within the time that is left."""

    def __init__(self, stack: AsyncExitStack, departure: Departure) -> None:
        self.stack = stack
        self.departure = departure

    def go_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin work that is broken off when the server stops: it can be taken up again anywhere."""
        self.stack.push_async_callback(end, asyncio.create_task(work))


async def end(task: asyncio.Task[None]) -> None:
    """Break a task off, and wait until it has gone."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
