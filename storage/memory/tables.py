"""What register and outbox share: cases with their events, gaps, and the parcels under way."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from bot.types import Parcel, ParcelState, User
from register.types import Case, Event, Gap
from storage.parcels import ARRIVED


@dataclass(slots=True)
class Shelf:
    """A parcel and what the outbox notes about it."""

    parcel: Parcel
    due_at: datetime
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemoryTables:
    """The tables; one object for the register and the outbox of one bot. Parcels leave it when they are delivered."""

    cases: dict[str, Case] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    gaps: dict[int, Gap] = field(default_factory=dict)
    surveyed: dict[str, tuple[Parcel, datetime]] = field(default_factory=dict)
    """Answers that 是否解决 follows and that arrived, or may have, by the keys of their parcels, with when."""
    parcels: dict[User, dict[int, Shelf]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def append(self, reference: str, event: Event) -> None:
        """Append an event to a case; do nothing when there is no such case."""
        case = self.cases.get(reference)
        if case is not None:
            self.cases[reference] = replace(case, version=case.version + 1)
            self.events[reference].append(event)

    def put(self, user: User, text: str, *, at: datetime, reference: str, held: bool, asks: bool = False) -> Parcel:
        """Keep a new parcel and return it."""
        state = ParcelState.HELD if held else ParcelState.DUE
        number = next(self._numbers)
        parcel = Parcel(number, user, text, reference, state, attempts=0, created_at=at, asks=asks)
        self.parcels.setdefault(user, {})[number] = Shelf(parcel, due_at=at)
        return parcel

    def arrives(self, parcel: Parcel, *, at: datetime) -> None:
        """Note whether 是否解决 may have been asked after a parcel, now that it is in this state."""
        if parcel.asks and parcel.state in ARRIVED:
            self.surveyed[parcel.key] = replace(parcel, text=""), at
        else:
            self.surveyed.pop(parcel.key, None)

    def drop(self, parcel: Parcel) -> None:
        """Let go of a delivered parcel."""
        shelves = self.parcels[parcel.user]
        del shelves[parcel.id]
        if not shelves:
            del self.parcels[parcel.user]
