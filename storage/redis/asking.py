"""What Redis answers, with its failures as the one error that the bot knows."""

from collections.abc import Awaitable
from typing import Any

from redis.exceptions import RedisError

from bot.errors import Unavailable


async def asked(answer: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever Redis says
    """Return an answer; raise Unavailable."""
    try:
        return await answer
    except (RedisError, OSError) as error:
        raise Unavailable(f"Redis cannot serve: {error!r}") from error
