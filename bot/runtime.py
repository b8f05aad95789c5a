"""One message from start to finish: joined, admitted, in order, answered in time or later, exactly once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from time import monotonic

from bot.errors import StillWorking, Unavailable
from bot.owed import LEFT_TO_ANOTHER, Owed
from bot.ports import Channel, ConversationStore, Gate, Outbox
from bot.retry import persistently
from bot.router import Router
from bot.types import Admission, Message, MessageKind, Phrases, Reply
from bot.work import Work, Works

_log = logging.getLogger(__name__)

Observer = Callable[[Message, Reply, float], None]


class Bot:
    """Answers messages of every channel.

    `patience` is how long, in seconds, a finished reply waits for the platform's next delivery before it is kept in
    the outbox; `memory` how long a shown reply is repeated to redeliveries; `pauses` the waits between tries
    while a store is unavailable; `glance` the wait between looks whether another process let go of a message.
    `observe` is told each reply and its seconds.
    """

    def __init__(
        self,
        *,
        router: Router,
        conversations: ConversationStore,
        gate: Gate,
        outbox: Outbox,
        phrases: Phrases,
        now: Callable[[], datetime],
        observe: Observer = lambda _message, _reply, _seconds: None,
        patience: float = 20,
        memory: float = 60,
        pauses: Sequence[float] = (0.3, 0.6),
        glance: float = 1,
        room: int = 20_000,
    ) -> None:
        self._router = router
        self._conversations = conversations
        self._gate = gate
        self._phrases = phrases
        self._observe = observe
        self._patience = patience
        self._pauses = tuple(pauses)
        self._glance = glance
        self._works = Works(memory=memory, room=room)
        self._owed = Owed(outbox=outbox, gate=gate, phrases=phrases, now=now, patience=patience, pauses=self._pauses)
        self._background: set[asyncio.Task[None]] = set()

    async def receive(self, channel: Channel, message: Message, *, within: float) -> Reply | None:
        """Return the reply to show in the response, or None to acknowledge and show nothing.

        Waits at most `within` seconds. A redelivery joins the running work or repeats the reply of the finished one.
        Raises StillWorking when the platform should deliver again, Unavailable when a store failed and a
        redelivery may do better; on the platform's last delivery the citizen gets an apology instead.
        """
        if message.kind is MessageKind.SILENT:
            return None
        work = self._join(channel, message)
        if work.task is not None and not work.promised:
            await work.wait(work.task, within)
        if work.task is None or work.promised:
            return None
        if not work.task.done():
            return await self._late(work, work.task)
        if work.failed and work.deliveries < channel.deliveries:
            raise Unavailable("nothing was kept of this message; deliver it again")
        if work.failed:
            return Reply(self._phrases.unavailable, "error_unavailable")
        work.shown = True
        return work.task.result()

    async def take(self, channel: Channel, message: Message) -> None:
        """Answer a message that was fetched: its reply is in the outbox when this returns.

        Raises Unavailable when nothing was kept of it. Taken again, it is not answered twice.
        """
        if message.kind is MessageKind.SILENT:
            return
        work = self._join(channel, message)
        if work.task is None:
            return
        await work.wait(work.task, None)
        if work.failed:
            raise Unavailable("nothing was kept of this message; fetch it again")
        work.shown = True
        reply = work.task.result()
        await persistently(lambda: self._owed.put(work, reply), self._pauses)

    async def close(self, *, within: float = 15) -> None:
        """Finish the running work, or what `within` seconds allow; replies not shown yet go to the outbox."""
        self._owed.hurry()
        running = self._works.running()
        if running:
            await asyncio.wait(running, timeout=within)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        # one round of the loop lets the done-callbacks create their tasks
        await asyncio.sleep(0)
        await asyncio.gather(*self._background, return_exceptions=True)

    def _join(self, channel: Channel, message: Message) -> Work:
        """Return the work on this message, started if it is not under way."""
        work = self._works.join(channel, message)
        if work.task is None or (work.failed and not work.promised):
            work.task = asyncio.create_task(self._answer(work))
            work.task.add_done_callback(lambda _: self._finished(work))
        return work

    async def _late(self, work: Work, task: asyncio.Task[Reply]) -> Reply | None:
        """Acknowledge what is still worked on; not before it is kept that an answer is owed."""
        last = work.deliveries >= work.channel.deliveries
        if not last and not work.channel.can_push:
            raise StillWorking
        kept = await self._owed.promise(work)
        if not kept and not last:
            raise StillWorking
        if work.shown:
            # to another delivery, meanwhile
            await self._owed.withdraw(work)
            return task.result()
        work.promised = True
        if task.done():
            self._start(self._owed.keep(work))
        if not kept or not work.channel.can_push:
            return Reply(self._phrases.still_searching, "error_timeout", options=(self._phrases.go_on,))
        self._start(work.channel.show_typing(work.message.user))
        return None

    def _finished(self, work: Work) -> None:
        """See to it that a reply nobody waits for reaches the citizen all the same."""
        if not work.promised and (work.waiting or work.failed):
            return
        self._start(self._owed.keep(work))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _answer(self, work: Work) -> Reply:
        started = monotonic()
        try:
            reply = await persistently(lambda: self._handle(work), self._pauses)
        except (Unavailable, asyncio.CancelledError):
            if work.admitted:
                # a claim that cannot be given back stays ours: the redelivery does not ask for it again
                await self._gate.release(work.message)
                work.admitted = False
            raise
        self._observe(work.message, reply, monotonic() - started)
        return reply

    async def _handle(self, work: Work) -> Reply:
        message = work.message
        if not work.admitted:
            admission = await self._admission(work.channel, message)
            if isinstance(admission, Reply):
                return admission
            if admission is Admission.REPEATED:
                return LEFT_TO_ANOTHER
            if admission is Admission.TOO_MANY:
                return Reply(self._phrases.too_many, "refused_rate")
            work.admitted = True
        try:
            return await self._in_turn(work)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  the citizen still gets an apology
            _log.exception("a handler failed", extra={"channel": message.user.channel, "kind": message.kind})
            return Reply(self._phrases.unavailable, "error_internal")

    async def _admission(self, channel: Channel, message: Message) -> Admission | Reply:
        """Return the gate's verdict; a message that another process has is asked for again, as that may have died.

        One that has answered already, and whose answer was not fetched, leaves its reply to this process.

        What no platform repeats is sent again by a citizen who saw no reply: it is handled again, and registers nothing
        twice.
        """
        until = monotonic() + self._patience
        while True:
            admission = await self._gate.admit(message)
            if admission is Admission.REPEATED and channel.deliveries == 1:
                return Admission.FRESH
            if admission is not Admission.REPEATED:
                return admission
            said = await self._gate.take_over(message)
            if said is not None or monotonic() >= until:
                return said or admission
            await asyncio.sleep(self._glance)

    async def _in_turn(self, work: Work) -> Reply:
        message = work.message
        async with self._conversations.turn(message.user) as turn:
            handler = self._router.choose(message, turn.conversation)
            reply = await handler(message, turn.conversation)
            if not reply.silent:
                reply = await self._owed.added(work, reply)
            turn.conversation = reply.conversation
            if work.promised:
                # within the turn, so that the user's next message finds it; and no other process shows it too
                await self._owed.put(work, reply)
            else:
                turn.said = reply
            return reply
