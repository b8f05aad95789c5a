"""The figures of the statistics in SQL: sums that the database makes, never a walk over all answers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, and_, case, exists, func, literal, select, true
from sqlalchemy.sql.expression import ColumnElement

from knowledge.statistics import AnswerCount, Asked
from register.docket import Deflections
from register.statistics import Arrivals, Handled
from register.steps import RequestStep
from register.types import CaseKind, Step
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
    async def answer_counts(self, first: date, last: date) -> Sequence[AnswerCount]:
        """Return the counts of the days from first to last."""
        counts = answer_counts.c
        wanted = select(answer_counts).where(counts.day.between(first, last)).order_by(counts.day)
        async with self._database.read() as connection:
            return tuple(AnswerCount(*row) for row in await connection.execute(wanted))

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
        earlier, signed = events.alias(), acts.alias()
        answered = exists().where(
            earlier.c.reference == events.c.reference, earlier.c.step == Step.ANSWER, earlier.c.id < events.c.id
        )
        replied = exists().where(
            signed.c.reference == acts.c.reference, signed.c.step == RequestStep.SIGN.value, signed.c.id < acts.c.id
        )
        first_answers = _done(events.c.reference, events.c.at, CaseKind.INQUIRY, first, last).where(
            events.c.step == Step.ANSWER, ~answered
        )
        first_replies = _done(acts.c.reference, acts.c.at, CaseKind.REQUEST, first, last).where(
            acts.c.step == RequestStep.SIGN.value, ~replied
        )
        async with self._database.read() as connection:
            found = [*await connection.execute(first_answers), *await connection.execute(first_replies)]
        return tuple(Handled(CaseKind(kind), department, came, done) for kind, department, came, done in found)

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


def _done(
    reference: ColumnElement[str], at: ColumnElement[datetime], kind: CaseKind, first: date, last: date
) -> Select[tuple[str, str, datetime, datetime]]:
    since, until = _span(first, last)
    return (
        select(literal(kind.value), cases.c.department, cases.c.received_at, at)
        .join(cases, cases.c.reference == reference)
        .where(at >= since, at < until)
    )


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first moment of a period and the first one after it, in civil time."""
    days = (first, last + timedelta(days=1))
    since, until = (datetime.combine(day, time.min, BEIJING) for day in days)
    return since, until
