"""Sends what the outbox holds: staff answers and late replies, each once."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.errors import DeliveryFailed, DeliveryUncertain, Unavailable, Unreachable
from bot.ports import Channel, Outbox
from bot.retry import persistently
from bot.types import Parcel, ParcelState

_log = logging.getLogger(__name__)

ATTEMPTS = 5
"""Pushes tried before a text is held for the citizen's next contact."""


class Delivery:
    """Takes due parcels from the outbox and pushes them over their channel.

    `pause` is the wait in seconds between looks into an empty outbox, `pauses` those between tries to note an outcome
    while the outbox is unavailable; `settled` is told each outcome.
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
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._now = now
        self._pause = pause
        self._pauses = tuple(pauses)
        self._settled = settled
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Make `run` end once the texts that are on their way have arrived."""
        self._stopped.set()

    async def run(self) -> None:
        """Deliver until stopped; no single failure ends it."""
        while not self._stopped.is_set():
            try:
                busy = await self.deliver_due()
            except Exception:  # noqa: BLE001  the loop survives whatever one parcel does
                _log.exception("delivery failed")
                busy = False
            if not busy:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), self._pause)

    async def deliver_due(self) -> bool:
        """Push what is due now, at most one text to each user; return whether there was anything.

        A text whose outcome could not be noted stays with the outbox as being sent: it is never pushed again by itself.
        """
        parcels = await self._outbox.claim(now=self._now())
        for fault in await asyncio.gather(*map(self._deliver, parcels), return_exceptions=True):
            if isinstance(fault, Exception):
                _log.error("a text was not settled", exc_info=fault)
        return bool(parcels)

    async def _deliver(self, parcel: Parcel) -> None:
        state, reason, retry_at = await self._push(parcel)
        await persistently(
            lambda: self._outbox.settle(parcel, state, at=self._now(), reason=reason, retry_at=retry_at), self._pauses
        )
        self._settled(parcel, state)

    async def _push(self, parcel: Parcel) -> tuple[ParcelState, str, datetime | None]:
        channel = self._channels.get(parcel.user.channel)
        if channel is None or not channel.can_push:
            return ParcelState.HELD, "", None
        try:
            await channel.push(parcel.user, parcel.text)
        except DeliveryUncertain as error:
            return ParcelState.UNCERTAIN, error.reason, None
        except Unreachable as error:
            return ParcelState.HELD, error.reason, None
        except DeliveryFailed as error:
            return self._after_failure(parcel, error)
        except Unavailable as error:
            return ParcelState.DUE, str(error), self._now() + timedelta(seconds=30)
        return ParcelState.SENT, "", None

    def _after_failure(self, parcel: Parcel, error: DeliveryFailed) -> tuple[ParcelState, str, datetime | None]:
        if error.retry_after is None:
            return ParcelState.FAILED, error.reason, None
        if parcel.attempts >= ATTEMPTS:
            return ParcelState.HELD, error.reason, None
        return ParcelState.DUE, error.reason, self._now() + error.retry_after
