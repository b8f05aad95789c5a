"""The outbox in memory."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.plain import fitting
from bot.types import Message, Parcel, ParcelState, PickedUp, User
from register.types import Event
from storage.columns import storable
from storage.memory.tables import MemoryTables, Shelf
from storage.outbox import LEFT_IN_DOUBT, STEPS

DONE = frozenset({ParcelState.SENT, ParcelState.FAILED})


@dataclass(frozen=True, slots=True)
class _Given:
    """What a message was given, in case it is delivered again."""

    text: str
    reference: str
    at: datetime
    asks: str


class MemoryOutbox:
    """Keeps parcels until they are delivered; remembers `room` of what was put, picked up and sent."""

    def __init__(self, tables: MemoryTables, *, room: int = 10_000) -> None:
        self._tables = tables
        self._room = room
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._promised: dict[str, Parcel] = {}
        self._picked: OrderedDict[str, _Given] = OrderedDict()
        self._sent: OrderedDict[int, Parcel] = OrderedDict()

    async def put(
        self, user: User, text: str, *, at: datetime, reference: str = "", held: bool = False, key: str = ""
    ) -> None:
        """Keep a text for a user, once per key."""
        if key in self._keys:
            return
        await self.withdraw(key)
        self._tables.put(user, storable(text), at=at, reference=reference, held=held)
        if key:
            self._keys[key] = None
            if len(self._keys) > self._room:
                self._keys.popitem(last=False)

    async def promise(self, user: User, text: str, *, at: datetime, key: str) -> None:
        """Keep what the user is told at a time if nothing is put under the key until then."""
        if key not in self._promised and key not in self._keys:
            self._promised[key] = self._tables.put(user, storable(text), at=at, reference="", held=False)

    async def withdraw(self, key: str) -> None:
        """Keep no longer what was promised under a key, unless it is on its way."""
        parcel = self._promised.pop(key, None)
        shelf = self._tables.parcels.get(parcel.user, {}).get(parcel.id) if parcel else None
        if shelf is not None and shelf.parcel.state in (ParcelState.DUE, ParcelState.HELD):
            self._tables.drop(shelf.parcel)

    async def claim(
        self, *, now: datetime, limit: int = 10, lease: timedelta = timedelta(minutes=2)
    ) -> Sequence[Parcel]:
        """Take due parcels, oldest first, one per user at a time."""
        for shelf in self._shelves():
            if shelf.claimed_at is not None and shelf.claimed_at < now - lease:
                self._end(shelf, ParcelState.UNCERTAIN, at=now, reason=LEFT_IN_DOUBT)
        firsts = [_first(shelves) for shelves in self._tables.parcels.values()]
        free = [shelf for shelf in firsts if shelf and not shelf.claimed_at and shelf.due_at <= now]
        free.sort(key=lambda shelf: shelf.parcel.id)
        return tuple(self._take(shelf, at=now) for shelf in free[:limit])

    async def settle(
        self,
        parcel: Parcel,
        state: ParcelState,
        *,
        at: datetime,
        reason: str = "",
        retry_at: datetime | None = None,
        rest: str = "",
    ) -> None:
        """Note how a claimed parcel ended; nothing changes when its end is already known."""
        shelf = self._tables.parcels.get(parcel.user, {}).get(parcel.id)
        if shelf is not None and shelf.parcel.state in (ParcelState.SENDING, ParcelState.UNCERTAIN):
            shelf.due_at = retry_at or shelf.due_at
            if rest and state not in STEPS:
                shelf.parcel = replace(shelf.parcel, text=rest)
            self._end(shelf, state, at=at, reason=reason)

    async def bounce(self, channel: str, parcel: int, *, at: datetime, reason: str) -> None:
        """Note that a SENT parcel of a channel did not arrive after all."""
        sent = self._sent.get(parcel)
        if sent is not None and sent.user.channel == channel:
            del self._sent[parcel]
            self._tables.arrives(replace(sent, state=ParcelState.FAILED), at=at)
            self._tell(sent, ParcelState.FAILED, at=at, reason=reason)

    async def erase(self, user: User) -> None:
        """Leave nothing of the user's texts that belong to no case, but for one that is on its way now."""
        for shelf in tuple(self._tables.parcels.get(user, {}).values()):
            if not shelf.parcel.reference and shelf.parcel.state is not ParcelState.SENDING:
                self._tables.drop(shelf.parcel)

    async def claim_for(self, user: User, *, now: datetime) -> Parcel | None:
        """Take the user's oldest parcel that is HELD, or DUE now, where none of theirs is SENDING."""
        shelves = self._tables.parcels.get(user, {}).values()
        if any(shelf.parcel.state is ParcelState.SENDING for shelf in shelves):
            return None
        for shelf in shelves:
            state = shelf.parcel.state
            if state is ParcelState.HELD or (state is ParcelState.DUE and shelf.due_at <= now):
                return self._take(shelf, at=now)
        return None

    async def held_for(self, channel: str, *, since: datetime) -> list[User]:
        """Return the users of a channel for whom a text is held, since whenever."""
        del since
        return [user for user in self._tables.parcels if user.channel == channel and self._held(user)]

    async def pick_up(self, message: Message, *, room: int) -> PickedUp | None:
        """Give the user's HELD texts, oldest first, as far as they fit, and the same again to a redelivery."""
        if message.key not in self._picked:
            held = self._held(message.user)
            parts = fitting([shelf.parcel.text for shelf in held], room)
            if not parts:
                return None
            whole = [shelf for shelf, (_, rest) in zip(held, parts, strict=False) if not rest]
            reference = next((shelf.parcel.reference for shelf in whole if shelf.parcel.reference), "")
            text = "\n\n".join(first for first, _ in parts)
            asks = whole[-1].parcel.key if len(whole) == len(parts) and whole[-1].parcel.asks else ""
            self._picked[message.key] = _Given(text, reference, message.received_at, asks)
            if len(self._picked) > self._room:
                self._picked.popitem(last=False)
            held[0].parcel = replace(held[0].parcel, text=parts[0][1])
            for shelf in whole:
                self._end(shelf, ParcelState.SENT, at=message.received_at, reason="")
        given = self._picked[message.key]
        return PickedUp(given.text, given.reference, more=bool(self._held(message.user)), asks=given.asks)

    async def forget(self, *, before: datetime) -> None:
        """Let go of the texts that were picked up before then."""
        for key in [key for key, given in self._picked.items() if given.at < before]:
            del self._picked[key]

    def _held(self, user: User) -> list[Shelf]:
        shelves = self._tables.parcels.get(user, {}).values()
        return [shelf for shelf in shelves if shelf.parcel.state is ParcelState.HELD]

    def _shelves(self) -> list[Shelf]:
        return [shelf for shelves in self._tables.parcels.values() for shelf in shelves.values()]

    def _take(self, shelf: Shelf, *, at: datetime) -> Parcel:
        shelf.parcel = replace(shelf.parcel, state=ParcelState.SENDING, attempts=shelf.parcel.attempts + 1)
        shelf.claimed_at = at
        self._tables.arrives(shelf.parcel, at=at)
        return shelf.parcel

    def _end(self, shelf: Shelf, state: ParcelState, *, at: datetime, reason: str) -> None:
        shelf.parcel = replace(shelf.parcel, state=state)
        shelf.claimed_at = None
        self._tables.arrives(shelf.parcel, at=at)
        self._tell(shelf.parcel, state, at=at, reason=reason)
        if state is ParcelState.SENT:
            self._sent[shelf.parcel.id] = replace(shelf.parcel, text="")
            if len(self._sent) > self._room:
                self._sent.popitem(last=False)
        if state in DONE:
            self._tables.drop(shelf.parcel)

    def _tell(self, parcel: Parcel, state: ParcelState, *, at: datetime, reason: str) -> None:
        step = STEPS.get(state)
        if step is not None and parcel.reference:
            self._tables.append(parcel.reference, Event(at=at, actor="system", step=step, note=reason))


def _first(shelves: dict[int, Shelf]) -> Shelf | None:
    """The user's parcel that has to go before the others."""
    under_way = (ParcelState.DUE, ParcelState.SENDING)
    return next((shelf for shelf in shelves.values() if shelf.parcel.state in under_way), None)
