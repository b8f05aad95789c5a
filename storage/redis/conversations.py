"""Conversations and the gate in Redis: two round trips a message, any number of processes.

The gate's trip also takes the user's lock and brings the conversation when nobody else holds it; the turn's last trip
saves it, lets go of the lock and confirms the message. What a killed process held is free after its lease: a redelivery
of the message it was at is then handled as new.
"""

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from itertools import chain, repeat
from time import monotonic
from typing import Any, cast
from weakref import WeakKeyDictionary

from bot.errors import OutOfTurn, Unavailable
from bot.types import FRESH, Admission, Conversation, Message, Reply, State, User
from storage.redis.asking import asked
from storage.redis.connection import connect
from storage.redis.keys import Keys, keys_of, said_key, seen_key
from storage.redis.leases import Leases
from storage.redis.replies import read, written
from storage.redis.scripts import ADMIT, DROP, ENTER, KEEP, KEEPS, LEAVE, TAKE_OVER

WINDOW = 20 * 60_000
"""Milliseconds for which a handled message is known: as long as the platform's signature on it could be used."""
WITHIN = 1.0
"""Seconds a command may take: two of them and the answer fit into the 4.5 that a message has."""
MINUTE = 60_000
"""Milliseconds for which a reply is kept for a redelivery."""
ROOM = 10_000
"""Messages remembered whose claim was asked for and never confirmed."""
FIELDS = tuple(each.name for each in fields(Conversation))
PAUSES = (0.01, 0.02, 0.05)
"""Seconds between looks at a lock that another process holds; the last one again and again."""
LOST = 1000
"""Milliseconds after which a process that waits and does not look is taken for dead."""


@dataclass(slots=True)
class RedisTurn:
    """One user's conversation while one message is handled."""

    conversation: Conversation
    said: Reply | None = None


@dataclass(slots=True)
class _Line:
    """Those of this process who wait for one user's turn; asyncio's lock serves them in order."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class RedisConversations:
    """Keeps conversations and admits messages: it is the ConversationStore and the Gate.

    A user may send `burst` messages at once and `per_minute` for long. `lease` is how long a killed process keeps
    others waiting, `patience` how long a turn is waited for before it is Unavailable, `within` how many seconds Redis
    may take to answer.
    """

    def __init__(
        self,
        url: str,
        *,
        now: Callable[[], datetime],
        prefix: str = "zhengda",
        lease: timedelta = timedelta(seconds=8),
        patience: timedelta = timedelta(seconds=30),
        within: float = WITHIN,
        burst: int = 10,
        per_minute: int = 30,
    ) -> None:
        self._way = connect(url, within=within)
        self._redis = self._way.client
        self._admit, self._enter, self._leave, self._keep, self._drop, self._take_over, self._keeps = (
            self._redis.register_script(script) for script in (ADMIT, ENTER, LEAVE, KEEP, DROP, TAKE_OVER, KEEPS)
        )
        self._now = now
        self._prefix = prefix
        self._lease = int(lease.total_seconds() * 1000)
        self._patience = patience.total_seconds()
        self._rate = (burst, per_minute / 60)
        self._me = secrets.token_hex(8)
        self._lines: dict[User, _Line] = {}
        self._brought: dict[str, bytes | None] = {}
        self._leases = Leases(self._renew, lease.total_seconds(), lost=lambda key: self._brought.pop(key, None))
        self._claims: WeakKeyDictionary[asyncio.Task[Any], Message] = WeakKeyDictionary()
        self._in_doubt: OrderedDict[str, None] = OrderedDict()

    async def admit(self, message: Message) -> Admission:
        """Claim the message, or say why not; where the user's turn is free, take that too."""
        keys, seen = keys_of(self._prefix, message.user), seen_key(self._prefix, message)
        args: list[str | float] = [
            self._me,
            self._lease,
            self._now().timestamp(),
            *self._rate,
            int(seen in self._in_doubt),
        ]
        try:
            verdict, *talk = await asked(
                self._admit(keys=[seen, keys.rate, keys.lock, keys.line, keys.talk], args=args)
            )
        except BaseException:
            # the claim may have been made: the next try must not take it for somebody else's
            self._in_doubt[seen] = None
            if len(self._in_doubt) > ROOM:
                self._in_doubt.popitem(last=False)
            raise
        self._in_doubt.pop(seen, None)
        if talk:
            self._leases.hold(keys.lock)
            self._brought[keys.lock] = talk[0]
        admission = Admission(verdict.decode())
        task = asyncio.current_task()
        if admission is Admission.FRESH and task is not None:
            self._leases.hold(seen)
            self._claims[task] = message
        return admission

    async def release(self, message: Message) -> None:
        """Undo the claim after a failure, so that a redelivery is handled."""
        seen = seen_key(self._prefix, message)
        self._leases.let_go(seen)
        await asked(self._drop(keys=[seen], args=[self._me]))

    @asynccontextmanager
    async def turn(self, user: User) -> AsyncIterator[RedisTurn]:
        """Hold this user's conversation: one turn at a time, in order of asking; nothing is saved on error."""
        keys = keys_of(self._prefix, user)
        async with self._in_line(user):
            turn = RedisTurn(_decoded(await self._take(keys)))
            try:
                yield turn
            except BaseException:
                with suppress(Unavailable):
                    await self._abandon(keys)
                raise
            await self._end(keys, turn, self._claimed_for(user))

    async def take_over(self, message: Message) -> Reply | None:
        """Return what another process said to this message, and let nobody else have it."""
        return read(await asked(self._take_over(keys=[said_key(self._prefix, message)])))

    async def keeps(self, message: Message) -> bool:
        """Whether no other process took over what was said to this message; from now on none will."""
        return bool(await asked(self._keeps(keys=[said_key(self._prefix, message)])))

    async def forget(self, user: User) -> None:
        """Drop what is known of this user's conversation."""
        await asked(self._redis.delete(keys_of(self._prefix, user).talk))

    async def ping(self) -> None:
        """Raise Unavailable when Redis does not answer."""
        await asked(self._redis.ping())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._leases.aclose()
        await self._way.aclose()

    @asynccontextmanager
    async def _in_line(self, user: User) -> AsyncIterator[None]:
        """Come first within this process."""
        line = self._lines.setdefault(user, _Line())
        line.waiting += 1
        try:
            async with line.lock:
                yield
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._lines[user]

    async def _take(self, keys: Keys) -> bytes | None:
        """Hold the user's lock and return the stored conversation."""
        if keys.lock in self._brought:
            return self._brought.pop(keys.lock)
        pauses = chain(PAUSES, repeat(PAUSES[-1]))
        until = monotonic() + self._patience
        while monotonic() < until:
            entered = await asked(
                self._enter(keys=[keys.lock, keys.line, keys.alive, keys.talk], args=[self._me, self._lease, LOST])
            )
            if entered:
                self._leases.hold(keys.lock)
                return cast("bytes | None", entered[0])
            await asyncio.sleep(next(pauses))
        raise OutOfTurn("the user's turn does not come")

    async def _end(self, keys: Keys, turn: RedisTurn, message: Message | None) -> None:
        """Save the conversation, let go of the lock and confirm the message."""
        self._leases.let_go(keys.lock)
        further = [seen_key(self._prefix, message), said_key(self._prefix, message)] if message else []
        saved = await asked(
            self._leave(
                keys=[keys.lock, keys.talk, *further],
                args=[
                    self._me,
                    _encoded(turn.conversation),
                    turn.conversation.lasts // timedelta(milliseconds=1),
                    WINDOW,
                    written(turn.said),
                    MINUTE,
                ],
            )
        )
        if not saved:
            raise OutOfTurn("the turn outlived its lease")
        if message:
            self._leases.let_go(seen_key(self._prefix, message))
            self._claims.pop(cast("asyncio.Task[Any]", asyncio.current_task()), None)

    async def _abandon(self, keys: Keys) -> None:
        """Let go of the lock and change nothing."""
        self._leases.let_go(keys.lock)
        await asked(self._leave(keys=[keys.lock], args=[self._me]))

    def _claimed_for(self, user: User) -> Message | None:
        """The message that this task was admitted with."""
        task = asyncio.current_task()
        message = self._claims.get(task) if task is not None else None
        return message if message is not None and message.user == user else None

    async def _renew(self, key: str) -> bool:
        return bool(await asked(self._keep(keys=[key], args=[self._me, self._lease])))


def _encoded(conversation: Conversation) -> str:
    if conversation == FRESH:
        return ""
    # not asdict, which copies deeply: this is done for every message
    return json.dumps({name: getattr(conversation, name) for name in FIELDS})


def _decoded(kept: bytes | None) -> Conversation:
    """The conversation as it was kept; a fresh start where another version of this program kept something else."""
    if kept is None:
        return FRESH
    try:
        values = json.loads(kept)
        return Conversation(**{**values, "state": State(values["state"]), "choices": tuple(values["choices"])})
    except (ValueError, KeyError, TypeError):
        return FRESH
