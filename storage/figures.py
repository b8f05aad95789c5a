"""The figures of the statistics in SQL: sums that the database makes, never a walk over all answers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Integer, Row, Select, Table, and_, case, cast, exists, extract, func, select, true
from sqlalchemy.sql.expression import ColumnElement

from knowledge.statistics import AnswerCount, Asked
from register.docket import Deflections
from register.statistics import Arrivals, Handled, Judged
from register.steps import RequestStep
from register.types import VERDICT, CaseKind, Step
from storage.database import Database, whole
from storage.numbers import BEIJING
from storage.tables.knowledge import answer_counts, answers
from storage.tables.register import cases, events
from storage.tables.requests import acts, deflections

LATEST = 50_000
"""Answers among which the questions asked most often are looked for."""


class SqlFigures:
    """Counts answers, cases and deflections of a period, both days included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def daily(self, first: date, last: date) -> Sequence[AnswerCount]:
        """Return the counts of each day from first to last, over all topics."""
        rows = await self._sums(answer_counts.c.day, first, last)
        return [AnswerCount(row.part, "", row.status, "", row.answers, row.resolved, row.unresolved) for row in rows]

    @whole
    async def topical(self, first: date, last: date) -> Sequence[AnswerCount]:
        """Return the counts of each topic, over these days."""
        rows = await self._sums(answer_counts.c.topic, first, last)
        return [AnswerCount(first, "", row.status, row.part, row.answers, row.resolved, row.unresolved) for row in rows]

    @whole
    async def asked(self, first: date, last: date, *, least: int = 3, limit: int = 20) -> Sequence[Asked]:
        """Return the questions asked most often, at least that often, among the latest answers of these days."""
        since, until = (moment.astimezone(UTC).isoformat() for moment in _span(first, last))
        latest = (
            select(answers.c.normalised, answers.c.question)
            .where(answers.c.at >= since, answers.c.at < until)
            .order_by(answers.c.at.desc())
            .limit(LATEST)
            .subquery()
        )
        times = func.count()
        wanted = (
            select(func.min(latest.c.question), times)
            .group_by(latest.c.normalised)
            .having(times >= least)
            .order_by(times.desc(), func.min(latest.c.question))
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple(Asked(question, count) for question, count in await connection.execute(wanted))

    @whole
    async def arrivals(self, first: date, last: date) -> Sequence[Arrivals]:
        """Return how many cases came in on these days."""
        since, until = _span(first, last)
        wanted = (
            select(cases.c.kind, cases.c.department, func.count())
            .where(cases.c.received_at >= since, cases.c.received_at < until)
            .group_by(cases.c.kind, cases.c.department)
        )
        async with self._database.read() as connection:
            return tuple(Arrivals(*row) for row in await connection.execute(wanted))

    @whole
    async def handled(self, first: date, last: date) -> Sequence[Handled]:
        """Return the cases answered for the first time on these days: an inquiry's answer, a request's signature."""
        inquiries = self._first(events, Step.ANSWER, first, last)
        requests = self._first(acts, RequestStep.SIGN.value, first, last)
        async with self._database.read() as connection:
            answered = [Handled(CaseKind.INQUIRY, *row) for row in await connection.execute(inquiries)]
            signed = [Handled(CaseKind.REQUEST, *row) for row in await connection.execute(requests)]
        return (*answered, *signed)

    @whole
    async def judged(self, first: date, last: date) -> Sequence[Judged]:
        """Return what citizens said on these days, as their last word, of answers that people gave."""
        since, until = _span(first, last)
        after = events.alias()
        later = exists().where(
            after.c.reference == events.c.reference, after.c.step.in_(VERDICT), after.c.id > events.c.id
        )
        resolved = func.sum(case((events.c.step == Step.RESOLVED, 1), else_=0))
        wanted = (
            select(cases.c.kind, cases.c.department, resolved, func.count() - resolved)
            .join(events, cases.c.reference == events.c.reference)
            .where(events.c.step.in_(VERDICT), events.c.at >= since, events.c.at < until, ~later)
            .group_by(cases.c.kind, cases.c.department)
        )
        async with self._database.read() as connection:
            return tuple(Judged(*row) for row in await connection.execute(wanted))

    @whole
    async def deflections(self, first: date, last: date) -> Deflections:
        """Return what became of the forms before which published texts were shown on these days."""
        since, until = _span(first, last)
        viewed = deflections.c.viewed == true()
        answered = and_(viewed, deflections.c.filed != true())
        wanted = select(
            func.count(), func.sum(case((viewed, 1), else_=0)), func.sum(case((answered, 1), else_=0))
        ).where(deflections.c.at >= since, deflections.c.at < until)
        async with self._database.read() as connection:
            shown, opened, kept = (await connection.execute(wanted)).one()
        return Deflections(shown, opened or 0, kept or 0)

    async def _sums(self, part: ColumnElement[Any], first: date, last: date) -> Sequence[Row[Any]]:
        """Return the sums of each part and status."""
        counts = answer_counts.c
        sums = [func.sum(column).label(column.name) for column in (counts.answers, counts.resolved, counts.unresolved)]
        wanted = select(part.label("part"), counts.status, *sums).where(counts.day.between(first, last))
        async with self._database.read() as connection:
            return (await connection.execute(wanted.group_by(part, counts.status).order_by(part))).all()

    def _first(self, steps: Table, step: str, first: date, last: date) -> Select[Any]:
        """Return the query of what was first done in a period: department, hours since receipt, how many cases."""
        since, until = _span(first, last)
        before = steps.alias()
        earlier = exists().where(
            before.c.reference == steps.c.reference, before.c.step == step, before.c.id < steps.c.id
        )
        hours = self._hours(cases.c.received_at, steps.c.at)
        return (
            select(cases.c.department, hours, func.count())
            .join(steps, cases.c.reference == steps.c.reference)
            .where(steps.c.step == step, steps.c.at >= since, steps.c.at < until, ~earlier)
            .group_by(cases.c.department, hours)
        )

    def _hours(self, since: ColumnElement[datetime], until: ColumnElement[datetime]) -> ColumnElement[int]:
        """Return the whole hours between two instants, in this database's words."""
        if self._database.postgresql:
            return cast(func.floor(extract("epoch", until - since) / 3600), Integer)
        # half a second against what a day's fraction in floating point lacks
        return cast((func.julianday(until) - func.julianday(since)) * 24 + 0.5 / 3600, Integer)


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first moment of a period and the first one after it, in civil time."""
    days = (first, last + timedelta(days=1))
    since, until = (datetime.combine(day, time.min, BEIJING) for day in days)
    return since, until
