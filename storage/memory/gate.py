"""The gate in memory: what one process has seen, and how fast each user writes."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.rates import Rates
from bot.types import Admission, Message, Reply, User


class MemoryGate:
    """Refuses what was admitted within `window`, and users who write faster than allowed.

    A user may send `burst` messages at once and `per_minute` for long. At most `room` messages and users are
    remembered; the oldest is forgotten first.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        burst: int = 10,
        per_minute: int = 30,
        window: timedelta = timedelta(minutes=20),
        room: int = 100_000,
    ) -> None:
        self._now = now
        self._window = window
        self._room = room
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._rates: Rates[User] = Rates(now=now, burst=burst, per_minute=per_minute, room=room)

    async def admit(self, message: Message) -> Admission:
        """Claim the message, or say why not."""
        now = self._now()
        since = self._seen.get(message.key)
        if since is not None and since + self._window > now:
            return Admission.REPEATED
        if not self._rates.allow(message.user):
            return Admission.TOO_MANY
        self._seen[message.key] = now
        self._seen.move_to_end(message.key)
        self._forget(now)
        return Admission.FRESH

    async def release(self, message: Message) -> None:
        """Undo the claim after a failure, so that a redelivery is handled."""
        self._seen.pop(message.key, None)

    async def take_over(self, message: Message) -> Reply | None:
        """Return None: there is no other process."""
        del message
        return None

    async def keeps(self, message: Message) -> bool:
        """Return True: there is no other process."""
        del message
        return True

    def _forget(self, now: datetime) -> None:
        while len(self._seen) > self._room or next(iter(self._seen.values())) + self._window <= now:
            self._seen.popitem(last=False)
