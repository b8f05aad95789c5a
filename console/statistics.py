"""The statistics: what was asked, how it went, what is hot, and how long cases took; on a page and as a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from aiohttp import web

from console import oversight_texts as texts
from console.auth import Staff
from console.charts import Chart, Point, chart
from console.journal import Deed, Entry, Journal
from console.pages import Pages, today
from console.periods import DAY, Period, chosen, ready_made
from console.rooms import Room
from console.sheet import MARK, headers, lines
from knowledge.statistics import USUAL, WEEK, AnswerFigures, Asked, Heat, Tally, by_day, by_topic, heat, tally
from register.docket import Deflections
from register.statistics import CaseFigures, Handling, by_department, handling
from register.types import CaseKind


class Figures(AnswerFigures, CaseFigures, Protocol):
    """Counts answers and cases."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the statistics say about a period; what is hot is about the last week, whatever the period."""

    period: Period
    total: Tally
    days: Mapping[date, Tally]
    topics: Mapping[str, Tally]
    hot: Sequence[Heat]
    asked: Sequence[Asked]
    kinds: Mapping[CaseKind, Handling]
    departments: Mapping[str, Handling]
    answered: Handling
    """What citizens said of the answers that people gave, in all."""
    deflections: Deflections

    def stretches(self) -> Sequence[tuple[Period, Tally]]:
        """Return the sums of the stretches that a picture shows."""
        return tuple((each, _sum(self.days, each)) for each in self.period.stretches())

    def picture(self) -> Chart:
        """Return questions as columns, with those answered as their lower part."""
        return chart([Point(each.label, told.questions, told.answered) for each, told in self.stretches()])


@dataclass(frozen=True, slots=True)
class Pulse:
    """How questions go now: those of today, those of seven days with it, and the topics that are far above usual."""

    today: Tally
    week: Tally
    spikes: tuple[str, ...]


async def pulse(figures: Figures, on: date) -> Pulse:
    """Return how questions go on a day."""
    days = await figures.daily(on - WEEK + DAY, on)
    hot = await hottest(figures, on)
    return Pulse(
        today=tally(each for each in days if each.day == on),
        week=tally(days),
        spikes=tuple(each.topic for each in hot if each.spike),
    )


async def hottest(figures: Figures, on: date) -> Sequence[Heat]:
    """Return the topics of the seven days before a day, against the four weeks before those."""
    week = await figures.topical(on - WEEK, on - DAY)
    return heat(week, await figures.topical(on - WEEK - USUAL, on - WEEK - DAY))


async def overview(figures: Figures, period: Period, on: date) -> Overview:
    """Return the statistics of a period as they stand on a day."""
    days = await figures.daily(period.first, period.last)
    came = await figures.arrivals(period.first, period.last)
    done = await figures.handled(period.first, period.last)
    said = await figures.judged(period.first, period.last)
    kinds = {
        kind: handling([each for each in came if each.kind is kind], [each for each in done if each.kind is kind])
        for kind in CaseKind
    }
    return Overview(
        period=period,
        total=tally(days),
        days=by_day(days, period.first, period.last),
        topics=by_topic(await figures.topical(period.first, period.last)),
        hot=await hottest(figures, on),
        asked=await figures.asked(period.first, period.last),
        kinds=kinds,
        departments=by_department(came, done, said),
        answered=handling((), (), said),
        deflections=await figures.deflections(period.first, period.last),
    )


@dataclass(frozen=True, slots=True)
class StatisticsViews:
    """Views of the statistics."""

    pages: Pages
    figures: Figures
    journal: Journal
    now: Callable[[], datetime]

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the statistics of a period."""
        told = await self._overview(request)
        return self.pages.show(
            request,
            "statistics.html",
            here=f"{self.pages.base}{Room.STATISTICS}?{told.period.query}",
            staff=staff,
            told=told,
            picture=told.picture(),
            ready_made=ready_made(today(self.now())),
            today=today(self.now()),
            definitions=texts.DEFINITIONS,
            share=texts.share,
            half=texts.half,
        )

    async def download(self, request: web.Request, staff: Staff) -> web.Response:
        """Give the same as a table, once it is written into the audit trail."""
        told = await self._overview(request)
        note = texts.EXPORTED.format(first=told.period.first, last=told.period.last)
        await self.journal.note(Entry(self.now(), staff.name, Deed.EXPORT, texts.STATISTICS, note))
        name = f"statistics-{told.period.first:%Y%m%d}-{told.period.last:%Y%m%d}.csv"
        body = (MARK + lines(_rows(told))).encode()
        return web.Response(body=body, headers=headers(name))

    async def _overview(self, request: web.Request) -> Overview:
        on = today(self.now())
        return await overview(self.figures, chosen(request.query, on), on)


def _sum(days: Mapping[date, Tally], stretch: Period) -> Tally:
    found = [each for day, each in days.items() if stretch.first <= day <= stretch.last]
    return Tally(
        questions=sum(each.questions for each in found),
        answered=sum(each.answered for each in found),
        escalated=sum(each.escalated for each in found),
        resolved=sum(each.resolved for each in found),
        unresolved=sum(each.unresolved for each in found),
    )


def _rows(told: Overview) -> Iterator[Sequence[object]]:
    """Yield the lines of the table, its parts under their own headings."""
    yield (texts.PERIOD, told.period.first, told.period.last)
    yield from _part((texts.TOTAL, *texts.TALLY), [_tallied(texts.TOTAL, told.total)])
    yield from _part((texts.BY_DAY, *texts.TALLY), (_tallied(day, each) for day, each in told.days.items()))
    yield from _part((texts.BY_TOPIC, *texts.TALLY), (_tallied(name, each) for name, each in told.topics.items()))
    yield from _part(
        (texts.BY_DEPARTMENT, *texts.HANDLING),
        (
            (
                name or texts.NONE,
                each.came,
                each.answered,
                texts.half(each.median_days),
                each.resolved,
                each.unresolved,
                texts.share(each.satisfaction),
            )
            for name, each in told.departments.items()
        ),
    )
    yield from _part(
        texts.HOT, ((each.topic, each.week, each.usual, texts.SPIKE if each.spike else "") for each in told.hot)
    )
    yield from _part(texts.ASKED, ((each.question, each.times) for each in told.asked))
    shown = told.deflections
    yield from _part(texts.DEFLECTIONS, [(shown.shown, shown.viewed, shown.viewed - shown.answered, shown.answered)])


def _part(heading: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield ()
    yield heading
    yield from rows


def _tallied(name: object, each: Tally) -> Sequence[object]:
    shares = (texts.share(each.answered_share), texts.share(each.satisfaction))
    counts = (each.questions, each.answered, each.escalated, each.resolved, each.unresolved)
    return (name or texts.NONE, *counts, *shares)
