"""What citizens say of the answers that people gave them, in memory."""

from datetime import datetime

from bot.types import User
from register.types import VERDICT, Case, Event, Step
from register.verdicts import OPEN_FOR, REPEATED
from storage.memory.tables import MemoryTables


class MemoryVerdicts:
    """Finds the answer among those that arrived."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def judge(
        self, channel: str, user: str, *, resolved: bool, at: datetime, parcel: str = "", firmly: bool = False
    ) -> Case | None:
        """Note a verdict on the answer that reached this citizen last, or came in this parcel."""
        arrived = self._tables.surveyed.get(User(channel, user), [])
        found = [
            (each, when)
            for each, when in reversed(arrived)
            if when > at - OPEN_FOR and (not parcel or each.key == parcel)
        ]
        if not found:
            return None
        (answer, when), step = found[0], Step.RESOLVED if resolved else Step.UNRESOLVED
        given = [event for event in self._tables.events[answer.reference] if event.step in VERDICT and event.at >= when]
        last = given[-1] if given else None
        if last is not None and not (firmly or parcel) and (last.step is not step or at - last.at > REPEATED):
            return None
        if last is None or last.step is not step:
            self._tables.append(answer.reference, Event(at=at, actor="citizen", step=step))
        return self._tables.cases[answer.reference]
