"""Conversations and the gate while Redis is down or slow: this process goes on by itself, and comes back by itself."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from bot.errors import OutOfTurn, Unavailable
from bot.ports import ConversationStore, Gate
from bot.types import FRESH, Admission, Conversation, Message, Reply, User
from storage.memory import MemoryConversations, MemoryGate
from storage.redis import RedisConversations

_log = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds for which a Redis that failed is not asked again, so that not every message waits for its time-out."""
ROOM = 100_000
"""Users remembered whose conversation went on here."""


@dataclass(slots=True)
class FallbackTurn:
    """One user's conversation while one message is handled."""

    conversation: Conversation
    said: Reply | None = None


class FallbackConversations(ConversationStore, Gate):
    """Asks what the processes share, and what this process remembers while that cannot serve.

    Citizens go on being answered. What is given up meanwhile: a message that two processes get is answered by both, and
    a user whose messages go to several processes starts afresh in each. `clock` gives seconds.
    """

    def __init__(
        self,
        shared: RedisConversations,
        conversations: MemoryConversations,
        gate: MemoryGate,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._shared = shared
        self._conversations = conversations
        self._gate = gate
        self._clock = clock
        self._ask_at = 0.0
        self._failing = False
        self._own: set[User] = set()
        """Users whose conversation went on here while it could not be shared."""

    @property
    def failing(self) -> bool:
        """Whether the last attempt to reach Redis failed."""
        return self._failing

    async def admit(self, message: Message) -> Admission:
        """Claim the message, or say why not."""
        if self._asks():
            try:
                admission = await self._shared.admit(message)
            except Unavailable as error:
                self._fails(error)
            else:
                self._works()
                return admission
        return await self._gate.admit(message)

    async def release(self, message: Message) -> None:
        """Undo the claim after a failure; a claim that Redis still holds ends with its lease."""
        await self._gate.release(message)
        if self._asks():
            with suppress(Unavailable):
                await self._shared.release(message)

    @asynccontextmanager
    async def turn(self, user: User) -> AsyncIterator[FallbackTurn]:
        """Hold this user's conversation: one turn at a time, in order of asking; nothing is saved on error."""
        async with self._conversations.turn(user) as own, AsyncExitStack() as hold:
            turn, shared = FallbackTurn(own.conversation), None
            if self._asks():
                try:
                    shared = await hold.enter_async_context(self._shared.turn(user))
                except OutOfTurn:
                    raise
                except Unavailable as error:
                    self._fails(error)
                else:
                    self._works()
            if shared is not None and user not in self._own:
                turn.conversation = shared.conversation
            yield turn
            saved = False
            if shared is not None:
                shared.conversation = turn.conversation
                shared.said = turn.said
                saved = await self._saved(hold)
            own.conversation = FRESH if saved else turn.conversation
            self._note(user, saved=saved)

    async def take_over(self, message: Message) -> Reply | None:
        """Return what another process said to this message; None while that cannot be known."""
        if self._asks():
            try:
                return await self._shared.take_over(message)
            except Unavailable as error:
                self._fails(error)
        return None

    async def keeps(self, message: Message) -> bool:
        """Whether what this process said is still its own to bring; so it is while the others cannot know of it."""
        if self._asks():
            try:
                return await self._shared.keeps(message)
            except Unavailable as error:
                self._fails(error)
        return True

    async def forget(self, user: User) -> None:
        """Drop what is known of this user's conversation."""
        await self._conversations.forget(user)
        await self._shared.forget(user)

    async def trouble(self) -> str:
        """Return what an operator should know; empty while Redis serves."""
        try:
            await self._shared.ping()
        except Unavailable as error:
            self._fails(error)
            return "Redis 不可用，各进程单独运行"
        self._works()
        return ""

    def _asks(self) -> bool:
        """Whether to ask Redis now; while it fails only one message in `PAUSE` seconds waits for it."""
        if not self._failing:
            return True
        now = self._clock()
        if now < self._ask_at:
            return False
        self._ask_at = now + PAUSE
        return True

    def _fails(self, error: Unavailable) -> None:
        if not self._failing:
            _log.warning("going on without what the processes share", exc_info=error)
        self._failing = True
        self._ask_at = self._clock() + PAUSE

    def _works(self) -> None:
        if self._failing:
            _log.warning("the processes share their conversations again")
        self._failing = False

    def _note(self, user: User, *, saved: bool) -> None:
        if saved:
            self._own.discard(user)
            return
        self._own.add(user)
        if len(self._own) > ROOM:
            self._own.pop()

    async def _saved(self, hold: AsyncExitStack) -> bool:
        """Leave the shared turn, which saves it; False when that failed."""
        try:
            await hold.aclose()
        except OutOfTurn:
            raise
        except Unavailable as error:
            self._fails(error)
            return False
        return True
