"""Chat pages that are open in this process, and what other processes had to hold for them."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.channels.webchat import WebChat
from bot.delivery import Delivery
from bot.errors import Unavailable
from bot.ports import Outbox

_log = logging.getLogger(__name__)
GLANCE = 3.0
"""Seconds between two looks into the outbox, one for all pages."""
OVERLAP = timedelta(seconds=30)
"""By how much the clocks of two machines may differ."""


class OpenPages:
    """Looks what was lately held, and brings it to whoever has a page open here."""

    def __init__(
        self,
        webchat: WebChat,
        delivery: Delivery,
        outbox: Outbox,
        *,
        now: Callable[[], datetime],
        glance: float = GLANCE,
    ) -> None:
        self._webchat = webchat
        self._delivery = delivery
        self._outbox = outbox
        self._now = now
        self._glance = glance
        self._since = now()

    async def run(self) -> None:
        """Look now and again, for ever."""
        while True:
            await asyncio.sleep(self._glance)
            await self.look()

    async def look(self) -> None:
        """Bring what was held since the last look that the outbox answered."""
        at = self._now()
        try:
            waiting = await self._outbox.held_for(self._webchat.name, since=self._since - OVERLAP)
            self._since = at
            for user in waiting:
                if self._webchat.reaches(user):
                    await self._delivery.deliver_to(user)
        except Unavailable:
            _log.info("what is held for open pages is looked for again in a moment")
