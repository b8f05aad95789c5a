"""How fast somebody may go: so many at once, so many a minute for long."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)


class Rates(Generic[Who]):
    """Counts per `Who`, in this process: `burst` at once, `per_minute` for long (a token bucket).

    At most `room` are remembered; the one who went longest ago is forgotten first.
    """

    def __init__(self, *, now: Callable[[], datetime], burst: int, per_minute: int, room: int = 100_000) -> None:
        self._now = now
        self._burst = burst
        self._per_second = per_minute / 60
        self._refilled = timedelta(seconds=burst / self._per_second)
        self._room = room
        self._left: OrderedDict[Who, tuple[float, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def allow(self, who: Who) -> bool:
        """Count one more of theirs; False when it is one too many."""
        now = self._now()
        left, since = self._left.pop(who, (float(self._burst), now))
        left = min(self._burst, left + max(0.0, (now - since).total_seconds()) * self._per_second)
        allowed = left >= 1
        self._left[who] = (left - 1 if allowed else left, now)
        self._forget(now)
        return allowed

    def _forget(self, now: datetime) -> None:
        while len(self._left) > self._room or next(iter(self._left.values()))[1] + self._refilled <= now:
            self._left.popitem(last=False)
