"""The gate in memory: what one process has seen, and how fast each user writes."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.types import Admission, Message, User


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
        self._burst = burst
        self._per_second = per_minute / 60
        self._window = window
        self._room = room
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._left: OrderedDict[User, tuple[float, datetime]] = OrderedDict()

    async def admit(self, message: Message) -> Admission:
        """Claim the message, or say why not."""
        now = self._now()
        since = self._seen.get(message.key)
        if since is not None and since + self._window > now:
            return Admission.REPEATED
        if not self._may(message.user, now):
            return Admission.TOO_MANY
        self._seen[message.key] = now
        self._seen.move_to_end(message.key)
        self._forget(now)
        return Admission.FRESH

    async def release(self, message: Message) -> None:
        """Undo the claim after a failure, so that a redelivery is handled."""
        self._seen.pop(message.key, None)

    def _may(self, user: User, now: datetime) -> bool:
        left, since = self._left.pop(user, (float(self._burst), now))
        left = min(self._burst, left + max(0.0, (now - since).total_seconds()) * self._per_second)
        allowed = left >= 1
        self._left[user] = (left - 1 if allowed else left, now)
        return allowed

    def _forget(self, now: datetime) -> None:
        while len(self._seen) > self._room or next(iter(self._seen.values())) + self._window <= now:
            self._seen.popitem(last=False)
        refilled = timedelta(seconds=self._burst / self._per_second)
        while len(self._left) > self._room or next(iter(self._left.values()))[1] + refilled <= now:
            self._left.popitem(last=False)
