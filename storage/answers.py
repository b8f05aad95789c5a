"""The answer log in SQL: written behind the answers, many in one transaction."""

import asyncio
import logging
import math
import sqlite3
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import Unavailable
from knowledge.statistics import AnswerCount
from knowledge.types import AnswerRecord
from storage.database import Database, whole
from storage.numbers import BEIJING
from storage.tables.knowledge import answer_counts, answers

_log = logging.getLogger(__name__)

FIELDS = tuple(each.name for each in fields(AnswerRecord))
COUNTED = tuple(each.name for each in fields(AnswerCount))
KEYS = 4
"""What tells a count from another: day, channel, status, topic."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    answer: str
    resolved: bool


class SqlAnswers:
    """Keeps answers; noting one never waits and never fails.

    Records are written after `interval` seconds, or as soon as `batch` of them wait. While the database cannot serve
    they wait, at most `room` of them; `lost` counts those that found no room or were refused.
    """

    def __init__(self, database: Database, *, interval: float = 0.5, batch: int = 50, room: int = 10_000) -> None:
        self._database = database
        self._interval = interval
        self._batch = batch
        self._room = room
        self._waiting: deque[AnswerRecord | _Judgement] = deque()
        self._full = asyncio.Event()
        self._writing = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        self._stalled = False
        self.lost = 0
        # built once, not for every batch
        add = database.insert(answer_counts)
        added = {name: answer_counts.c[name] + add.excluded[name] for name in COUNTED[KEYS:]}
        keys = [answer_counts.c[name] for name in COUNTED[:KEYS]]
        self._add = add.on_conflict_do_update(index_elements=keys, set_=added)

    async def note(self, record: AnswerRecord) -> None:
        """Keep a record; it is written a moment later."""
        self._keep(record)

    async def judge(self, answer_id: str, *, resolved: bool) -> None:
        """Note the citizen's 是否解决; unknown ids are ignored."""
        self._keep(_Judgement(answer_id, resolved))

    async def recent(self, *, limit: int = 50) -> Sequence[AnswerRecord]:
        """Return the latest records, newest first, those not written yet included."""
        await self._write_all()
        return await self._read(select(answers), limit)

    async def verdicts(self, *, limit: int = 20_000) -> Sequence[AnswerRecord]:
        """Return the latest records that a citizen has judged, newest first."""
        await self._write_all()
        return await self._read(select(answers).where(answers.c.resolved.is_not(None)), limit)

    async def aclose(self) -> None:
        """Write what waits; what cannot be written now is lost, and counted."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        try:
            await self._write_all()
        except Unavailable:
            self._lose(len(self._waiting), "the database cannot serve at the end")
            self._waiting.clear()

    def _keep(self, entry: AnswerRecord | _Judgement) -> None:
        if len(self._waiting) >= self._room:
            self._lose(1, "no room")
            return
        self._waiting.append(entry)
        if len(self._waiting) >= self._batch:
            self._full.set()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_behind())

    async def _write_behind(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), self._interval)
            try:
                await self._write_all()
            except Unavailable:
                if not self._stalled:
                    _log.warning("answers cannot be written now; they wait")
                self._stalled = True
                self._full.clear()

    async def _write_all(self) -> None:
        async with self._writing:
            while self._waiting:
                entries = list(islice(self._waiting, self._batch))
                try:
                    await self._database.write(partial(self._write, entries))
                except (SQLAlchemyError, sqlite3.Error):
                    _log.exception("the database refuses answers")
                    self._lose(len(entries), "refused")
                for _ in entries:
                    self._waiting.popleft()
            self._full.clear()
            self._stalled = False

    def _write(self, entries: Sequence[AnswerRecord | _Judgement], connection: Connection) -> None:
        records = {entry.id: entry for entry in entries if isinstance(entry, AnswerRecord)}
        judgements = [entry for entry in entries if isinstance(entry, _Judgement)]
        # a batch is written again when nobody knows whether it was committed
        known = set(connection.scalars(select(answers.c.id).where(answers.c.id.in_(records))))
        fresh = [record for answer, record in records.items() if answer not in known]
        if fresh:
            connection.execute(insert(answers), [_row(record) for record in fresh])
        changes = [_counted(record) for record in fresh]
        for each in judgements:
            changes += _judge(connection, each)
        self._count(connection, changes)

    def _count(self, connection: Connection, changes: Sequence[AnswerCount]) -> None:
        """Add to the counts of the statistics."""
        sums: dict[tuple[date, str, str, str], list[int]] = {}
        for each in changes:
            total = sums.setdefault((each.day, each.channel, each.status, each.topic), [0, 0, 0])
            total[:] = (total[0] + each.answers, total[1] + each.resolved, total[2] + each.unresolved)
        if not sums:
            return
        # in one order, so that two processes never wait for each other in a circle
        rows = [dict(zip(COUNTED, (*key, *total), strict=True)) for key, total in sorted(sums.items())]
        connection.execute(self._add, rows)

    @whole
    async def _read(self, chosen: Select[Any], limit: int) -> Sequence[AnswerRecord]:
        wanted = chosen.order_by(answers.c.position.desc()).limit(limit)
        async with self._database.read() as connection:
            return tuple(_record(row) for row in await connection.execute(wanted))

    def _lose(self, count: int, reason: str) -> None:
        self.lost += count
        _log.error("%d answers are not kept: %s", count, reason)


def _judge(connection: Connection, judgement: _Judgement) -> Sequence[AnswerCount]:
    """Note a verdict, and return what it changes in the counts."""
    this = answers.c.id == judgement.answer
    row = (connection.execute(select(answers).where(this).with_for_update())).first()
    if row is None or row.resolved is judgement.resolved:
        return ()
    connection.execute(update(answers).where(this).values(resolved=judgement.resolved))
    taken_back = int(row.resolved is not None)
    resolved, unresolved = (1, -taken_back) if judgement.resolved else (-taken_back, 1)
    return (replace(_counted(_record(row)), answers=0, resolved=resolved, unresolved=unresolved),)


def _row(record: AnswerRecord) -> dict[str, object]:
    row = {name: getattr(record, name) for name in FIELDS}
    row["probability"] = _finite(record.probability)
    row["used"] = [(key, _finite(score)) for key, score in record.used]
    row["near_misses"] = [(key, _finite(score)) for key, score in record.near_misses]
    row["features"] = {name: _finite(value) for name, value in record.features.items()}
    return row


def _finite(value: float) -> float:
    # neither JSON nor a NOT NULL column of SQLite takes NaN
    return float(value) if math.isfinite(value) else 0.0


def _record(row: Row[Any]) -> AnswerRecord:
    return AnswerRecord(
        id=row.id,
        at=row.at,
        channel=row.channel,
        question=row.question,
        normalised=row.normalised,
        status=row.status,
        route=row.route,
        band=row.band,
        probability=row.probability,
        generation=row.generation,
        used=tuple((key, score) for key, score in row.used),
        near_misses=tuple((key, score) for key, score in row.near_misses),
        features=dict(row.features),
        resolved=row.resolved,
        topic=row.topic,
    )


def _counted(record: AnswerRecord) -> AnswerCount:
    day = datetime.fromisoformat(record.at).astimezone(BEIJING).date()
    said = record.resolved
    return AnswerCount(
        day, record.channel, record.status, record.topic, 1, resolved=int(said is True), unresolved=int(said is False)
    )
