"""Messages that are being answered: each is one piece of work, which its redeliveries join."""

import asyncio
from collections import OrderedDict
from time import monotonic

from bot.ports import Channel
from bot.types import Message, Reply


class Work:
    """One message being answered, and what its deliveries were told."""

    def __init__(self, channel: Channel, message: Message) -> None:
        self.channel = channel
        self.message = message
        self.born = monotonic()
        self.task: asyncio.Task[Reply] | None = None
        self.deliveries = 0
        self.waiting = 0
        """Deliveries that wait for the reply now; one of them will show it."""
        self.shown = False
        self.promised = False
        """A delivery was told to expect the reply later: no delivery may show it any more."""
        self.admitted = False
        """The gate's claim on the message is ours."""
        self.kept = False
        """The reply is in the outbox."""

    @property
    def failed(self) -> bool:
        """Whether the last try ended without a reply, so that a redelivery starts a new one."""
        task = self.task
        return task is not None and task.done() and (task.cancelled() or task.exception() is not None)

    async def wait(self, task: asyncio.Task[Reply], within: float | None) -> None:
        """Wait until the task ends, or `within` seconds, as one of the deliveries."""
        self.waiting += 1
        try:
            await asyncio.wait({task}, timeout=within)
        finally:
            self.waiting -= 1


class Works:
    """The work under way, and for `memory` seconds what was lately finished; of that at most about `room` pieces."""

    def __init__(self, *, memory: float, room: int) -> None:
        self._memory = memory
        self._room = room
        self._works: OrderedDict[str, Work] = OrderedDict()

    def join(self, channel: Channel, message: Message) -> Work:
        """Return the work on this message for one more delivery of it."""
        self._forget_old()
        work = self._works.setdefault(message.key, Work(channel, message))
        work.deliveries += 1
        return work

    def running(self) -> set[asyncio.Task[Reply]]:
        """Return the tasks that have not ended."""
        return {work.task for work in self._works.values() if work.task is not None and not work.task.done()}

    def _forget_old(self) -> None:
        before = monotonic() - self._memory
        while self._works:
            oldest = next(iter(self._works.values()))
            recent = oldest.born > before and len(self._works) <= self._room
            if recent or (oldest.task is not None and not oldest.task.done()):
                return
            self._works.popitem(last=False)
