"""The outbox in SQL: texts on their way to citizens."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, Row, Select, and_, bindparam, delete, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.plain import fitting
from bot.types import Message, Parcel, ParcelState, PickedUp, User
from register.errors import Unreadable
from register.ports import Vault
from register.types import Event, Step
from storage.database import Database, whole
from storage.events import append
from storage.glance import Glance
from storage.parcels import BLANK, Parcels, parcel_of
from storage.tables.register import outbox

LEFT_IN_DOUBT = "发送中断"
"""Why a parcel is UNCERTAIN whose process ended between sending and noting it; staff read it in the case's history."""
RESTORED = "从备份恢复，备份之后可能已经送达"
"""Why a parcel is UNCERTAIN that was on its way when the backup was made."""

UNREADABLE = "内容用现有的密钥打不开"
"""Why a parcel is FAILED whose key is lost; its sealed text is left alone."""
AT_ONCE = 20
"""Held texts looked at for one reply."""

PROMISE = "/promise"
"""What follows the key of a message in that of what its sender is told if no answer comes."""

STEPS = {
    ParcelState.SENT: Step.DELIVERED,
    ParcelState.FAILED: Step.UNDELIVERED,
    ParcelState.UNCERTAIN: Step.IN_DOUBT,
}
"""What the case's history says when its parcel comes to such an end."""

# All are asked all the time and nearly always find nothing: built once, and answered by one index each.
ANYTHING_KEPT = Glance(
    select(outbox.c.id)
    .where(
        or_(
            and_(
                outbox.c.channel == bindparam("channel"),
                outbox.c.user_id == bindparam("user"),
                outbox.c.state == ParcelState.HELD,
            ),
            outbox.c.picked_by == bindparam("key"),
        )
    )
    .limit(1)
)
ANYTHING_FOR = Glance(
    select(outbox.c.id)
    .where(
        outbox.c.channel == bindparam("channel"),
        outbox.c.user_id == bindparam("user"),
        or_(
            outbox.c.state == ParcelState.HELD,
            and_(outbox.c.state == ParcelState.DUE, outbox.c.due_at <= bindparam("now")),
        ),
    )
    .limit(1)
)
ANYTHING_DUE = Glance(
    select(outbox.c.id)
    .where(
        or_(
            and_(outbox.c.state == ParcelState.DUE, outbox.c.due_at <= bindparam("now")),
            and_(outbox.c.state == ParcelState.SENDING, outbox.c.claimed_at < bindparam("abandoned")),
        )
    )
    .limit(1)
)


class SqlOutbox:
    """Keeps parcels; a claim is one UPDATE, so that no two processes send the same one."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._parcels = Parcels(vault)

    @whole
    async def put(
        self, user: User, text: str, *, at: datetime, reference: str = "", held: bool = False, key: str = ""
    ) -> None:
        """Keep a text for a user, once per key."""
        row = self._parcels.row(user, text, at=at, reference=reference, held=held, key=key)
        async with self._database.begin() as connection:
            if key:
                await self._database.alone(connection, f"answer {key}")
                await connection.execute(_withdrawal(key))
            await self._insert(connection, row)

    @whole
    async def promise(self, user: User, text: str, *, at: datetime, key: str) -> None:
        """Keep what the user is told at a time if nothing is put under the key until then."""
        row = self._parcels.row(user, text, at=at, key=f"{key}{PROMISE}")
        async with self._database.begin() as connection:
            await self._database.alone(connection, f"answer {key}")
            if await connection.scalar(select(outbox.c.id).where(outbox.c.key == key)) is None:
                await self._insert(connection, row)

    @whole
    async def withdraw(self, key: str) -> None:
        """Keep no longer what was promised under a key, unless it is on its way."""
        async with self._database.begin() as connection:
            await connection.execute(_withdrawal(key))

    async def claim(
        self, *, now: datetime, limit: int = 10, lease: timedelta = timedelta(minutes=2)
    ) -> Sequence[Parcel]:
        """Take due parcels, oldest first, one per user at a time."""
        if await self._database.glance(ANYTHING_DUE, {"now": now, "abandoned": now - lease}) is None:
            return ()
        return await self._claim(now, limit, lease)

    @whole
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
        # UNCERTAIN too: a sender slower than its lease still knows better
        open_ends = (ParcelState.SENDING, ParcelState.UNCERTAIN)
        values: dict[str, Any] = {"state": state, "settled_at": at, "reason": reason, "claimed_at": null()}
        if retry_at is not None:
            values["due_at"] = retry_at
        if state in STEPS:
            # never sent again, and letters name people: what the office keeps of them is with the case
            values |= BLANK
        elif rest:
            values |= self._parcels.shortened(parcel, rest)
        change = update(outbox).where(outbox.c.id == parcel.id, outbox.c.state.in_(open_ends)).values(values)
        async with self._database.begin() as connection:
            changed = (await connection.execute(change.returning(outbox.c.reference))).first()
            if changed is not None:
                await _tell(connection, changed.reference, state, at=at, note=reason)

    @whole
    async def bounce(self, channel: str, parcel: int, *, at: datetime, reason: str) -> None:
        """Note that a SENT parcel of a channel did not arrive after all."""
        sent = and_(outbox.c.id == parcel, outbox.c.channel == channel, outbox.c.state == ParcelState.SENT)
        change = update(outbox).where(sent).values(state=ParcelState.FAILED, reason=reason, settled_at=at)
        async with self._database.begin() as connection:
            changed = (await connection.execute(change.returning(outbox.c.reference))).first()
            if changed is not None:
                await _tell(connection, changed.reference, ParcelState.FAILED, at=at, note=reason)

    @whole
    async def erase(self, user: User) -> None:
        """Leave nothing of the user's texts that belong to no case, but for one that is on its way now."""
        here = and_(_of(user), outbox.c.reference == "", outbox.c.state != ParcelState.SENDING)
        async with self._database.begin() as connection:
            await connection.execute(delete(outbox).where(here))

    async def claim_for(self, user: User, *, now: datetime) -> Parcel | None:
        """Take the user's oldest parcel that is HELD, or DUE now, where none of theirs is SENDING."""
        asked = {"channel": user.channel, "user": user.id, "now": now}
        if await self._database.glance(ANYTHING_FOR, asked) is None:
            return None
        return await self._claim_for(user, now)

    @whole
    async def _claim_for(self, user: User, now: datetime) -> Parcel | None:
        sending = select(outbox.c.id).where(_of(user), outbox.c.state == ParcelState.SENDING).limit(1)
        waits = or_(outbox.c.state == ParcelState.HELD, and_(outbox.c.state == ParcelState.DUE, outbox.c.due_at <= now))
        first = select(outbox.c.id).where(_of(user), waits).order_by(outbox.c.id).limit(1)
        take = (
            update(outbox)
            .where(_locked(first))
            .values(state=ParcelState.SENDING, claimed_at=now, attempts=outbox.c.attempts + 1)
            .returning(outbox)
        )
        async with self._database.begin() as connection:
            await self._database.alone(connection, f"pick up {user.channel} {user.id}")
            if await connection.scalar(sending) is not None:
                return None
            rows = (await connection.execute(take)).all()
            return next((parcel_of(*each) for each in await self._opened(connection, rows, at=now)), None)

    @whole
    async def held_for(self, channel: str, *, since: datetime) -> Sequence[User]:
        """Return the users of a channel for whom a text was held, as it could not be pushed, since then."""
        # as the partial index of what is still kept: only the latest are looked at, however many wait for their users
        lately = and_(outbox.c.sealed.is_not(None), outbox.c.settled_at >= since)
        wanted = select(outbox.c.user_id).where(lately, outbox.c.state == ParcelState.HELD, outbox.c.channel == channel)
        async with self._database.read() as connection:
            return tuple(User(channel, user) for user in await connection.scalars(wanted.distinct()))

    async def pick_up(self, message: Message, *, room: int) -> PickedUp | None:
        """Give the user's oldest HELD text, as far as it fits, and the same part again to the message's redelivery."""
        asked = {"channel": message.user.channel, "user": message.user.id, "key": message.key}
        if await self._database.glance(ANYTHING_KEPT, asked) is None:
            return None
        return await self._pick_up(message, room)

    @whole
    async def _claim(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Parcel]:
        abandoned = and_(outbox.c.state == ParcelState.SENDING, outbox.c.claimed_at < now - lease)
        due = and_(outbox.c.state == ParcelState.DUE, outbox.c.due_at <= now)
        earlier = outbox.alias("earlier")
        waits_for_earlier = (
            select(earlier.c.id)
            .where(
                earlier.c.channel == outbox.c.channel,
                earlier.c.user_id == outbox.c.user_id,
                earlier.c.state.in_((ParcelState.DUE, ParcelState.SENDING)),
                earlier.c.id < outbox.c.id,
            )
            .exists()
        )
        free = select(outbox.c.id).where(due, ~waits_for_earlier).order_by(outbox.c.id).limit(limit)
        taken = (
            update(outbox)
            .where(_locked(free))
            .values(state=ParcelState.SENDING, claimed_at=now, attempts=outbox.c.attempts + 1)
            .returning(outbox)
        )
        async with self._database.begin() as connection:
            values = {"settled_at": now, "reason": LEFT_IN_DOUBT, **BLANK}
            await _give_up(connection, select(outbox.c.id).where(abandoned), values)
            rows = sorted((await connection.execute(taken)).all(), key=lambda row: row.id)
            opened = await self._opened(connection, rows, at=now)
        return tuple(parcel_of(row, text) for row, text in opened)

    @whole
    async def _pick_up(self, message: Message, room: int) -> PickedUp | None:
        held = select(outbox).where(_of(message.user), outbox.c.state == ParcelState.HELD).order_by(outbox.c.id)
        mine = select(outbox).where(outbox.c.picked_by == message.key).order_by(outbox.c.id)
        async with self._database.begin() as connection:
            await self._database.alone(connection, f"pick up {message.user.channel} {message.user.id}")
            given = (await connection.execute(mine)).all()
            if not given:
                waiting = (await connection.execute(held.limit(AT_ONCE))).all()
                opened = await self._opened(connection, waiting, at=message.received_at)
                await self._give(connection, opened, message, room)
                given = (await connection.execute(mine)).all()
            left = (await connection.execute(held.limit(1))).first()
        if not given:
            return None
        reference = next((row.reference for row in given if row.reference), "")
        text = "\n\n".join(map(self._parcels.text, given))
        asks = parcel_of(given[-1], "").key if given[-1].asks else ""
        return PickedUp(text, reference, more=left is not None, asks=asks)

    async def _insert(self, connection: AsyncConnection, row: Mapping[str, Any]) -> None:
        """Keep a parcel, unless its key is known."""
        once = self._database.insert(outbox).on_conflict_do_nothing(index_elements=[outbox.c.key])
        await connection.execute(once.values(row))

    async def _give(
        self, connection: AsyncConnection, held: Sequence[tuple[Row[Any], str]], message: Message, room: int
    ) -> None:
        """Give held texts to a message; a row of its own keeps the part that is given of one that does not fit."""
        given = {"state": ParcelState.SENT, "settled_at": message.received_at, "picked_by": message.key}
        for (row, _), (first, rest) in zip(held, fitting([text for _, text in held], room), strict=False):
            itself = update(outbox).where(outbox.c.id == row.id)
            if rest:
                part = self._parcels.row(message.user, first, at=message.received_at)
                await connection.execute(insert(outbox).values(part | given))
                await connection.execute(itself.values(self._parcels.shortened(parcel_of(row, ""), rest)))
            else:
                await connection.execute(itself.values(given))
                await _tell(connection, row.reference, ParcelState.SENT, at=message.received_at, note="")

    async def _opened(
        self, connection: AsyncConnection, rows: Sequence[Row[Any]], *, at: datetime
    ) -> list[tuple[Row[Any], str]]:
        """Return rows with their texts; one that does not open is FAILED, so that it holds up no other."""
        opened = []
        for row in rows:
            try:
                opened.append((row, self._parcels.text(row)))
            except Unreadable:
                end = {"state": ParcelState.FAILED, "settled_at": at, "reason": UNREADABLE}
                await connection.execute(update(outbox).where(outbox.c.id == row.id).values(end))
                await _tell(connection, row.reference, ParcelState.FAILED, at=at, note=UNREADABLE)
        return opened

    @whole
    async def forget(self, *, before: datetime) -> None:
        """Blank the texts that were picked up, or given up, before then."""
        ended = outbox.c.state.in_((ParcelState.SENT, ParcelState.UNCERTAIN))
        old = and_(ended, outbox.c.sealed.is_not(None), outbox.c.settled_at < before)
        async with self._database.begin() as connection:
            await connection.execute(update(outbox).where(old).values(BLANK))


async def doubt(connection: AsyncConnection, *, at: datetime) -> None:
    """Give up what was on its way when a backup was made: it may have arrived since, and nothing is sent twice.

    The tables may be those of an earlier version; what is left of the texts is forgotten as everywhere.
    """
    on_its_way = outbox.c.state.in_((ParcelState.DUE, ParcelState.SENDING))
    await _give_up(connection, select(outbox.c.id).where(on_its_way), {"settled_at": at, "reason": RESTORED})


async def _give_up(connection: AsyncConnection, abandoned: Select[tuple[int]], values: Mapping[str, Any]) -> None:
    change = update(outbox).where(_locked(abandoned)).values(state=ParcelState.UNCERTAIN, **values)
    # in one order everywhere, so that two processes cannot wait for each other's cases
    for reference in sorted((await connection.execute(change.returning(outbox.c.reference))).scalars()):
        at, reason = values["settled_at"], values["reason"]
        await _tell(connection, reference, ParcelState.UNCERTAIN, at=at, note=reason)


async def _tell(connection: AsyncConnection, reference: str, state: ParcelState, *, at: datetime, note: str) -> None:
    step = STEPS.get(state)
    if step is not None and reference:
        await append(connection, reference, Event(at=at, actor="system", step=step, note=note))


def _withdrawal(key: str) -> Delete:
    not_yet = outbox.c.state.in_((ParcelState.DUE, ParcelState.HELD))
    return delete(outbox).where(outbox.c.key == f"{key}{PROMISE}", not_yet)


def _of(user: User) -> Any:  # noqa: ANN401 - SQLAlchemy's own type of a condition is of no use to anybody
    return and_(outbox.c.channel == user.channel, outbox.c.user_id == user.id)


def _locked(wanted: Select[tuple[int]]) -> Any:  # noqa: ANN401 - as above
    """Rows of `wanted` that nobody else is taking; a CTE, so that PostgreSQL evaluates LIMIT and locks once."""
    return outbox.c.id.in_(select(wanted.with_for_update(skip_locked=True, of=outbox).cte("wanted").c.id))
