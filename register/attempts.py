"""Counts failed attempts per key within a window."""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Attempts:
    """Says when a key has failed `limit` times within `window`. Counts in this process only.

    At most `room` keys are kept; the one that failed longest ago is forgotten first.
    """

    now: Callable[[], datetime]
    limit: int
    window: timedelta
    room: int = 10_000
    _failed: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)

    def exhausted(self, key: str) -> bool:
        """Whether this key must wait."""
        times = self._failed.get(key)
        if times is None:
            return False
        earliest = self.now() - self.window
        while times and times[0] <= earliest:
            times.popleft()
        if not times:
            del self._failed[key]
        return len(times) >= self.limit

    def note(self, key: str) -> None:
        """Count a failure of this key."""
        self._failed.setdefault(key, deque(maxlen=self.limit)).append(self.now())
        self._failed.move_to_end(key)
        while len(self._failed) > self.room:
            self._failed.popitem(last=False)
