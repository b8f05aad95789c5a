"""The audit trail in memory."""

from collections.abc import Mapping
from datetime import datetime

from console.journal import Entry, Field, Trail
from register.types import Event


class MemoryJournal:
    """Keeps what staff do outside cases, and reads it with the events of the cases."""

    def __init__(self, events: Mapping[str, list[Event]]) -> None:
        self._events = events
        self._entries: list[Entry] = []

    async def note(self, entry: Entry) -> None:
        """Keep an entry."""
        self._entries.append(entry)

    async def trail(
        self,
        *,
        field: Field | None = None,
        actor: str = "",
        subject: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Trail:
        """Return what was done, newest first."""
        of_cases = [
            Entry(event.at, event.actor, event.step, reference, "", Field.CASES)
            for reference, events in self._events.items()
            for event in events
        ]
        found = [
            entry
            for entry in reversed([*self._entries, *of_cases])
            if field in {None, entry.field} and actor in {"", entry.actor} and subject in {"", entry.subject}
            if (since is None or entry.at >= since) and (until is None or entry.at < until)
        ]
        found.sort(key=lambda entry: entry.at, reverse=True)
        return Trail(tuple(found[offset : offset + limit]), more=len(found) > offset + limit)
