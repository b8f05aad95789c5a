"""What citizens are owed: answers that are late, and texts that wait for their next message."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import Unavailable
from bot.plain import plain, size
from bot.ports import Gate, Outbox
from bot.retry import persistently
from bot.surveys import FREE, surveyed
from bot.types import Phrases, Reply
from bot.work import Work

_log = logging.getLogger(__name__)

OVERDUE = timedelta(seconds=60)
"""After which a citizen who was promised an answer is told that none came."""
LEFT_TO_ANOTHER = Reply("", "social_repeated", silent=True)
"""What is said where another process has the message."""


class Owed:
    """Promises replies that are late, keeps those that nobody waits for, and adds what waits to the next reply.

    `patience` is how long, in seconds, a finished reply waits for the platform's next delivery before it is kept;
    `pauses` the waits between tries while the outbox is unavailable.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        gate: Gate,
        phrases: Phrases,
        now: Callable[[], datetime],
        patience: float,
        pauses: Sequence[float],
    ) -> None:
        self._outbox = outbox
        self._gate = gate
        self._phrases = phrases
        self._now = now
        self._patience = patience
        self._pauses = pauses
        self._closing = asyncio.Event()

    def hurry(self) -> None:
        """Wait for no further delivery: the process is about to end."""
        self._closing.set()

    async def promise(self, work: Work) -> bool:
        """Keep what the citizen is told if this process ends before the answer is ready; False where nothing can."""
        at = self._now() + OVERDUE
        try:
            await self._outbox.promise(work.message.user, self._phrases.unfinished, at=at, key=work.message.key)
        except Unavailable:
            _log.warning("an answer that is late cannot be promised", extra={"channel": work.message.user.channel})
            return False
        return True

    async def withdraw(self, work: Work) -> None:
        """Take a promise back: the answer is shown after all, or there is none."""
        await self._outbox.withdraw(work.message.key)

    async def keep(self, work: Work) -> None:
        """Put a finished reply into the outbox, unless a redelivery comes for it first."""
        if not work.promised:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._patience)
        if work.shown or work.kept or work.task is None:
            return
        if not await self._still_ours(work):
            await self._take_back(work)
            return
        work.promised = True
        reply = Reply(self._phrases.unavailable, "error_internal") if work.failed else work.task.result()
        try:
            await persistently(lambda: self.put(work, reply), self._pauses)
        except Unavailable:
            _log.exception("a late reply could not be kept", extra={"channel": work.message.user.channel})

    async def put(self, work: Work, reply: Reply) -> None:
        """Put a reply into the outbox, in the place of the promise if there was one; raise Unavailable."""
        if reply == LEFT_TO_ANOTHER:
            # which puts its answer in the place of the promise, unless it has ended
            return
        if reply.silent:
            await self.withdraw(work)
            return
        await self._outbox.put(
            work.message.user,
            plain(reply),
            at=self._now(),
            held=not work.channel.can_push,
            key=work.message.key,
            reference=reply.reference,
        )
        work.kept = True

    async def added(self, work: Work, reply: Reply) -> Reply:
        """Return the reply with a kept text (a staff answer that could not be pushed) before it.

        是否解决 follows where there is room, and the reply asks nothing else: then that is what the talk is about.
        """
        room, hint, survey = work.channel.room, self._phrases.more_waiting, self._phrases.survey
        kept = await self._outbox.pick_up(work.message, room=room - size(hint) - len("\n\n"))
        if kept is None:
            return reply
        own = "" if reply.yields else plain(reply)
        footer = hint if kept.more else ""
        if kept.asks and not kept.more and not reply.options and reply.conversation.state in FREE:
            asking = replace(
                reply,
                text="\n\n".join(filter(None, (kept.text, "" if reply.yields else reply.text))),
                footer="\n\n".join(filter(None, (reply.footer, survey.text))),
                options=survey.options,
                reference=reply.reference or kept.reference,
                conversation=surveyed(kept.asks),
            )
            if size(plain(asking)) <= room:
                return asking
        if own and size("\n\n".join(filter(None, (kept.text, own, footer)))) <= room:
            return replace(
                reply,
                text=f"{kept.text}\n\n{reply.text}",
                footer="\n\n".join(filter(None, (reply.footer, footer))),
                reference=reply.reference or kept.reference,
            )
        if own:
            footer = hint
            await self._outbox.put(work.message.user, own, at=self._now(), held=True, key=f"{work.message.key}/later")
        return replace(reply, text=kept.text, footer=footer, options=(), sources=(), reference=kept.reference)

    async def _take_back(self, work: Work) -> None:
        if not work.promised:
            return
        try:
            await persistently(lambda: self.withdraw(work), self._pauses)
        except Unavailable:
            _log.exception("a promise could not be withdrawn", extra={"channel": work.message.user.channel})

    async def _still_ours(self, work: Work) -> bool:
        """Whether the reply is ours to bring: a redelivery may have reached another process, which then brought it."""
        try:
            return await self._gate.keeps(work.message)
        except Unavailable:
            return True
