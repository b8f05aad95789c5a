"""Fetches the messages that a platform keeps, each once and in order, in one process at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.errors import DeliveryFailed, Unavailable
from bot.ports import Mailbox, Outbox, Readings
from bot.types import Message, Nudge, Reading, User

_log = logging.getLogger(__name__)
LEASE = timedelta(minutes=1)
"""How long a process that ended keeps the others from a source."""
SWEEP = 600.0
"""Seconds between two looks for messages whose nudge got lost."""
PAUSE = timedelta(seconds=5)
"""The wait after a failure."""

Take = Callable[[Message], Awaitable[None]]
"""Answers a message; when it returns, the answer is kept. Raises Unavailable when nothing was."""


class Fetcher:
    """Fetches for one channel. How far was read is noted only when every answer is kept.

    A process that ends in between leaves it to the next, which fetches the same again; the outbox keeps each answer
    once. `glance` is the wait in seconds between looks whether another process has let go of a source.
    """

    def __init__(
        self,
        channel: Mailbox,
        *,
        take: Take,
        readings: Readings,
        outbox: Outbox,
        now: Callable[[], datetime],
        glance: float = 0.5,
        pause: timedelta = PAUSE,
    ) -> None:
        self._channel = channel
        self._take = take
        self._readings = readings
        self._outbox = outbox
        self._now = now
        self._glance = glance
        self._pause = pause
        self._tokens: dict[str, str] = {}
        self._pulling: dict[str, asyncio.Task[None]] = {}

    def wake(self, nudge: Nudge) -> None:
        """Fetch from a source soon; a nudge that comes meanwhile makes it look once more."""
        self._tokens[nudge.source] = nudge.token
        if nudge.source not in self._pulling:
            task = asyncio.create_task(self._pull(nudge.source))
            self._pulling[nudge.source] = task
            task.add_done_callback(lambda _: self._pulling.pop(nudge.source, None))

    async def run(self) -> None:
        """Look into every known source, now and again, for ever; for what was nudged while no process was there."""
        try:
            while True:
                await self._sweep()
                await asyncio.sleep(SWEEP)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Stop fetching; what was not finished is fetched again by the next process."""
        pulling = tuple(self._pulling.values())
        for task in pulling:
            task.cancel()
        await asyncio.gather(*pulling, return_exceptions=True)

    async def fetched(self) -> None:
        """Return when nothing is being fetched any more."""
        while self._pulling:
            await asyncio.gather(*self._pulling.values())

    async def _sweep(self) -> None:
        mine = f"{self._channel.name} "
        try:
            sources = await self._readings.sources()
        except Unavailable:
            _log.exception("the sources of %s are not known", self._channel.name)
            return
        for source in sources:
            if source.startswith(mine):
                self.wake(Nudge(source.removeprefix(mine), ""))

    async def _pull(self, source: str) -> None:
        """Fetch until there is nothing left, whatever goes wrong on the way."""
        while source in self._tokens:
            token = self._tokens.pop(source)
            try:
                await self._fetch_all(source, token)
            except Exception as error:  # noqa: BLE001  what nobody thought of must not end the fetching either
                expected = isinstance(error, Unavailable | DeliveryFailed)
                _log.warning("fetching from %s failed: %r", self._channel.name, error, exc_info=not expected)
                self._tokens.setdefault(source, token)
                await asyncio.sleep(_wait(error, self._pause).total_seconds())

    async def _fetch_all(self, source: str, token: str) -> None:
        reading = await self._alone(f"{self._channel.name} {source}")
        cursor, more = reading.cursor, True
        try:
            while more:
                batch = await self._channel.fetch(source, cursor, token=token)
                await self._answer(batch.messages)
                for parcel, reason in batch.bounced:
                    await self._outbox.bounce(self._channel.name, parcel, at=self._now(), reason=reason)
                if not await self._readings.advance(reading, batch.cursor, until=self._now() + LEASE):
                    # another process took over: it has fetched the same and goes on
                    return
                cursor, more = batch.cursor, batch.more
        finally:
            await self._readings.release(reading)

    async def _alone(self, source: str) -> Reading:
        while True:
            now = self._now()
            reading = await self._readings.take(source, now=now, until=now + LEASE)
            if reading is not None:
                return reading
            await asyncio.sleep(self._glance)

    async def _answer(self, messages: Sequence[Message]) -> None:
        """Answer people side by side, each one's messages in order."""
        lines: dict[User, list[Message]] = {}
        for message in messages:
            lines.setdefault(message.user, []).append(message)
        ends = await asyncio.gather(*(self._answer_one(line) for line in lines.values()), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _answer_one(self, line: Sequence[Message]) -> None:
        for message in line:
            await self._take(message)


def _wait(error: Exception, least: timedelta) -> timedelta:
    return max(least, (isinstance(error, DeliveryFailed) and error.retry_after) or least)
