"""The answer log in memory."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
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
        """Note the citizen's 是否解决; unknown ids are ignored."""
        for place, record in enumerate(self._records):
            if record.id == answer_id:
                self._records[place] = replace(record, resolved=resolved)

    async def recent(self, *, limit: int = 50) -> Sequence[AnswerRecord]:
        """Return the latest records, newest first."""
        return tuple(islice(reversed(self._records), limit))

    async def verdicts(self, *, limit: int = 20_000) -> Sequence[AnswerRecord]:
        """Return the latest records that a citizen has judged, newest first."""
        judged = (record for record in reversed(self._records) if record.resolved is not None)
        return tuple(islice(judged, limit))
