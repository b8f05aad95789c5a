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
    """Keeps at most `room` conversations of each lifetime; of those the oldest goes first."""

    def __init__(self, *, now: Callable[[], datetime], room: int = 100_000) -> None:
        self._now = now
        self._room = room
        self._kept: dict[timedelta, OrderedDict[User, tuple[Conversation, datetime]]] = {}
        """By lifetime, so that the first of each to come is the first to go; with when its last turn was."""
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
        self._drop(user)

    def _load(self, user: User) -> Conversation:
        found = next((kept[user] for kept in self._kept.values() if user in kept), None)
        if found is None:
            return FRESH
        conversation, since = found
        return FRESH if since + conversation.lasts <= self._now() else conversation

    def _save(self, user: User, conversation: Conversation) -> None:
        self._drop(user)
        if conversation == FRESH:
            return
        now, lasts = self._now(), conversation.lasts
        kept = self._kept.setdefault(lasts, OrderedDict())
        kept[user] = (conversation, now)
        # at most two go for one that comes, so that no turn pays for a crowd
        for _ in range(2):
            oldest, (_, since) = next(iter(kept.items()))
            if len(kept) <= self._room and since + lasts > now:
                return
            del kept[oldest]

    def _drop(self, user: User) -> None:
        for kept in self._kept.values():
            kept.pop(user, None)
