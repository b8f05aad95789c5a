"""What citizens say of the answers that people gave them, in memory."""

from datetime import datetime

from bot.types import OPEN_FOR, User
from register.types import VERDICT, Case, Event, Step
from storage.memory.tables import MemoryTables


class MemoryVerdicts:
    """Finds the answer among those that arrived."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def judge(self, channel: str, user: str, parcel: str, *, resolved: bool, at: datetime) -> Case | None:
        """Note a verdict on the answer that came to this citizen in this parcel."""
        answer, arrived = self._tables.surveyed.get(parcel, (None, at))
        if answer is None or answer.user != User(channel, user) or arrived <= at - OPEN_FOR:
            return None
        step = Step.RESOLVED if resolved else Step.UNRESOLVED
        events = self._tables.events[answer.reference]
        given = [event.step for event in events if event.step in VERDICT and event.at >= answer.created_at]
        if given[-1:] != [step]:
            self._tables.append(answer.reference, Event(at=at, actor="citizen", step=step))
        return self._tables.cases[answer.reference]
