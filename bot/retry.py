"""Patience with a store that cannot serve for a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.errors import Unavailable

Result = TypeVar("Result")


async def persistently(attempt: Callable[[], Awaitable[Result]], pauses: Sequence[float]) -> Result:
    """Return what the attempt returns, tried once more after each pause (in seconds) while it raises Unavailable.

    Raises Unavailable when the last try fails as well.
    """
    for pause in pauses:
        try:
            return await attempt()
        except Unavailable:
            await asyncio.sleep(pause)
    return await attempt()
