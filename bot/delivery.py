"""Sends what the outbox holds: staff answers and late replies, each once."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import DeliveryFailed, DeliveryUncertain, Unavailable, Unreachable, WindowClosed
from bot.ports import Channel, Outbox
from bot.retry import persistently
from bot.surveys import Surveys
from bot.types import Parcel, ParcelState, User

_log = logging.getLogger(__name__)

ATTEMPTS = 5
"""Pushes tried before a text is held for the citizen's next contact."""
REDELIVERED = timedelta(minutes=10)
"""How long a text that was picked up is kept for a redelivery of the message that picked it up: the platform's takes
15 seconds, another process may have to take over."""
NOTIFIED = "，已发通知提醒"
AT_ONCE = 10
"""Texts on their way at the same time."""


class Delivery:
    """Takes due parcels from the outbox and pushes them over their channel.

    `pause` is the wait in seconds between looks into an empty outbox, `pauses` those between tries to note an outcome
    while the outbox is unavailable; `settled` is told each outcome. `surveys` says what is asked after which text.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        pause: float = 1.0,
        pauses: Sequence[float] = (0.3, 1.0, 3.0),
        settled: Callable[[Parcel, ParcelState], None] = lambda _parcel, _state: None,
        surveys: Surveys | None = None,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._now = now
        self._pause = pause
        self._pauses = tuple(pauses)
        self._settled = settled
        self._surveys = surveys
        self._forgot: datetime | None = None
        self._stopped = asyncio.Event()
        self._under_way: set[asyncio.Task[ParcelState]] = set()

    def stop(self) -> None:
        """Make `run` end once the texts that are on their way have arrived."""
        self._stopped.set()

    async def run(self) -> None:
        """Deliver until stopped, then see what is on its way arrive.

        No single failure ends it, and no slow push holds up others.
        """
        while not self._stopped.is_set():
            try:
                await self._forget()
                began = await self._begin(AT_ONCE - len(self._under_way))
            except Exception:  # noqa: BLE001  the loop survives whatever the outbox does
                _log.exception("delivery failed")
                began = 0
            if not began:
                await self._rest()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def deliver_due(self) -> bool:
        """Push what is due now, at most one text to each user; return whether there was anything.

        A text whose outcome could not be noted stays with the outbox as being sent: it is never pushed again by itself.
        """
        began = await self._begin(AT_ONCE)
        await asyncio.gather(*self._under_way, return_exceptions=True)
        return began > 0

    async def deliver_to(self, user: User) -> None:
        """Push what waits for one user whom this process can reach: their page is open here.

        Another process may have held it because the page is not connected there.
        """
        while (parcel := await self._outbox.claim_for(user, now=self._now())) is not None:
            state = await self._deliver(parcel)
            if state is not ParcelState.SENT:
                return

    async def _begin(self, limit: int) -> int:
        """Start pushing up to `limit` texts that are due; return how many."""
        parcels = await self._outbox.claim(now=self._now(), limit=limit) if limit else ()
        for parcel in parcels:
            task = asyncio.create_task(self._deliver(parcel))
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        return len(parcels)

    async def _forget(self) -> None:
        """Let the outbox keep no longer what no redelivery will ask for; once a minute is enough."""
        now = self._now()
        if self._forgot is None or now - self._forgot >= timedelta(minutes=1):
            self._forgot = now
            await self._outbox.forget(before=now - REDELIVERED)

    async def _rest(self) -> None:
        """Wait for a moment, or until a text has arrived: its user's next one may go then."""
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({stopped, *self._under_way}, timeout=self._pause, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()

    def _ended(self, task: asyncio.Task[ParcelState]) -> None:
        self._under_way.discard(task)
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            _log.error("a text was not settled", exc_info=fault)

    async def _deliver(self, parcel: Parcel) -> ParcelState:
        end = await self._push(parcel)
        await persistently(
            lambda: self._outbox.settle(
                parcel, end.state, at=self._now(), reason=end.reason, retry_at=end.retry_at, rest=end.rest
            ),
            self._pauses,
        )
        self._settled(parcel, end.state)
        if self._surveys is not None and end.asked:
            await self._surveys.asked(parcel)
        return end.state

    async def _push(self, parcel: Parcel) -> "_End":
        channel = self._channels.get(parcel.user.channel)
        if channel is None or not channel.can_push:
            return _End(ParcelState.HELD)
        try:
            survey = await self._surveys.after(parcel) if self._surveys is not None else None
            await channel.push(parcel.user, parcel.text, key=parcel.key, survey=survey)
        except DeliveryUncertain as error:
            return _End(ParcelState.UNCERTAIN, error.reason)
        except Unreachable as error:
            told = isinstance(error, WindowClosed) and await self._notify(channel, parcel)
            return _End(ParcelState.HELD, error.reason + (NOTIFIED if told else ""), rest=error.rest)
        except DeliveryFailed as error:
            return self._after_failure(parcel, error)
        except Unavailable as error:
            return _End(ParcelState.DUE, str(error), self._now() + timedelta(seconds=30))
        return _End(ParcelState.SENT, asked=survey is not None)

    async def _notify(self, channel: Channel, parcel: Parcel) -> bool:
        return bool(parcel.reference) and await channel.notify(parcel.user, parcel.reference)

    def _after_failure(self, parcel: Parcel, error: DeliveryFailed) -> "_End":
        if error.retry_after is None:
            return _End(ParcelState.FAILED, error.reason)
        if parcel.attempts >= ATTEMPTS:
            return _End(ParcelState.HELD, error.reason, rest=error.rest)
        return _End(ParcelState.DUE, error.reason, self._now() + error.retry_after, error.rest)


@dataclass(frozen=True, slots=True)
class _End:
    """How a push ended; `rest` is what has not arrived where a part has, `asked` whether 是否解决 followed."""

    state: ParcelState
    reason: str = ""
    retry_at: datetime | None = None
    rest: str = ""
    asked: bool = False
