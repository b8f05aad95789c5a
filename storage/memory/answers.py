"""The answer log in memory."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from knowledge.types import AnswerRecord


class MemoryAnswers:
    """Keeps the last `room` answers."""

    def __init__(self, *, room: int = 10_000) -> None:
        self._records: deque[AnswerRecord] = deque(maxlen=room)

    async def note(self, record: AnswerRecord) -> None:
        """Keep a record."""
        self._records.append(record)

    async def judge(self, answer_id: str, *, resolved: bool) -> None:
        """Take the citizen's 是否解决, which nothing in memory reads."""

    async def recent(self, *, limit: int = 50) -> Sequence[AnswerRecord]:
        """Return the latest records, newest first."""
        return tuple(islice(reversed(self._records), limit))
