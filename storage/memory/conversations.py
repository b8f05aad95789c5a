"""Conversations in memory: one turn at a time for each user."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.types import FRESH, Conversation, Reply, User


@dataclass(slots=True)
class MemoryTurn:
    """One user's conversation while one message is handled."""

    conversation: Conversation
    said: Reply | None = None


@dataclass(slots=True)
class _Line:
    """Those who wait for one user's turn; asyncio's lock serves them in order."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class MemoryConversations:
    """Keeps at most `room` conversations, each for `lifetime` after its last turn; the oldest goes first."""

    def __init__(
        self, *, now: Callable[[], datetime], lifetime: timedelta = timedelta(minutes=30), room: int = 100_000
    ) -> None:
        self._now = now
        self._lifetime = lifetime
        self._room = room
        self._kept: OrderedDict[User, tuple[Conversation, datetime]] = OrderedDict()
        self._lines: dict[User, _Line] = {}

    @asynccontextmanager
    async def turn(self, user: User) -> AsyncIterator[MemoryTurn]:
        """Hold this user's conversation: one turn at a time, in order of asking; nothing is saved on error."""
        line = self._lines.setdefault(user, _Line())
        line.waiting += 1
        try:
            async with line.lock:
                turn = MemoryTurn(self._load(user))
                yield turn
                self._save(user, turn.conversation)
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._lines[user]

    async def forget(self, user: User) -> None:
        """Drop what is known of this user's conversation."""
        self._kept.pop(user, None)

    def _load(self, user: User) -> Conversation:
        conversation, since = self._kept.get(user, (FRESH, None))
        return FRESH if since is None or since + self._lifetime <= self._now() else conversation

    def _save(self, user: User, conversation: Conversation) -> None:
        self._kept.pop(user, None)
        if conversation == FRESH:
            return
        now = self._now()
        self._kept[user] = (conversation, now)
        # at most two go for one that comes, so that no turn pays for a crowd
        for _ in range(2):
            oldest, (_, since) = next(iter(self._kept.items()))
            if len(self._kept) <= self._room and since + self._lifetime > now:
                return
            del self._kept[oldest]
