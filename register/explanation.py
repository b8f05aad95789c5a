"""A term and a year as people and programs read them: every day with the reason it counts or does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from register.calendar import Calendar, Notice
from register.deadlines import Deadline, Suspended
from register.recomputation import Change

_WEEKDAYS = "一二三四五六日"
_DAY = timedelta(days=1)
_WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Span:
    """Days off in a row for one reason."""

    reason: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Year:
    """A year as it stands in a calendar: its notice or None, working days, days off but weekends, weekends worked."""

    year: int
    notice: Notice | None
    working_days: int
    off: tuple[Span, ...]
    work: tuple[date, ...]


def year_of(year: int, calendar: Calendar) -> Year:
    """Return what a calendar says of a year."""
    days = [calendar.day(on) for on in _days(year)]
    off = {day.on: day.reason for day in days if not day.working and day.reason != "周末"}
    work = tuple(day.on for day in days if day.working and day.on.weekday() in _WEEKEND)
    notice = next((each for each in calendar.notices if each.year == year), None)
    return Year(year, notice, sum(day.working for day in days), spans(off), work)


def spans(off: Mapping[date, str]) -> tuple[Span, ...]:
    """Return days off with their reasons as spans, oldest first."""
    found: list[Span] = []
    for on, reason in sorted(off.items()):
        if found and (found[-1].reason, found[-1].last + _DAY) == (reason, on):
            found[-1] = Span(reason, found[-1].first, on)
        else:
            found.append(Span(reason, on, on))
    return tuple(found)


def term_json(reached: Deadline | Suspended) -> dict[str, Any]:
    """Return a term as plain data: due, counted, skipped, provisional, calendar; due is None while it stands still.

    A standing term also has `remaining`, the working days left.
    """
    return {
        "due": None if isinstance(reached, Suspended) else str(reached.due),
        "counted": [str(on) for on in reached.counted],
        "skipped": [{"date": str(day.on), "reason": day.reason} for day in reached.skipped],
        "provisional": isinstance(reached, Deadline) and reached.provisional,
        "calendar": reached.calendar,
        **({"remaining": reached.remaining} if isinstance(reached, Suspended) else {}),
    }


def term_text(start: date, reached: Deadline | Suspended, calendar: Calendar) -> str:
    """Return a term in Chinese: its last day, then a line for every civil day after the start."""
    lines = [_end(reached), f"自{day_text(start)}的次日起算，日历版本{reached.calendar}："]
    skipped = {day.on: day.reason for day in reached.skipped}
    places = {on: place for place, on in enumerate(reached.counted, 1)}
    for on in sorted([*skipped, *places]):
        reason = skipped.get(on) or calendar.day(on).reason
        count = f"第{places[on]}个工作日" if on in places else "不计"
        lines.append(f"  {day_text(on)}  {count}" + (f"  {reason}" if reason else ""))
    return "\n".join(lines)


def due_text(deadline: Deadline) -> str:
    """Return the last day as a citizen is told it, 预计 as long as a notice still to come may move it."""
    if not deadline.provisional:
        return str(deadline.due)
    years = "、".join(f"{year}年" for year in deadline.awaits)
    return f"预计{deadline.due}（{years}放假安排公布后确定）"


def change_text(change: Change) -> str:
    """Return how the last day of a request, or of a letter, has changed, in one line: 预计 while it may still move."""
    days = [str(day) if day is not None else "暂停" for day in (change.old, change.new)]
    if change.old == change.new:
        return f"{change.term}  {days[1]}  {'改为预计' if change.provisional else '已确定'}"
    if change.overtaken:
        return f"{change.term}  {days[0]} → {days[1]}（已登记逾期，登记早了，须重新办理）"
    kind = "提前" if change.earlier else "推后"
    return f"{change.term}  {days[0]} → {'预计' if change.provisional else ''}{days[1]}（{kind}）"


def day_text(on: date) -> str:
    """Return a date with its weekday, as 2026-09-20 星期日."""
    return f"{on} 星期{_WEEKDAYS[on.weekday()]}"


def year_json(year: int, calendar: Calendar) -> dict[str, Any]:
    """Return a year as plain data: status, document, working days in all, days off but weekends, weekends worked."""
    told = year_of(year, calendar)
    notice = told.notice
    return {
        "year": year,
        "status": "official" if notice else "provisional",
        "document": notice.document if notice else None,
        "published_on": str(notice.published_on) if notice and notice.published_on else None,
        "working_days": told.working_days,
        "off": [
            {"date": str(span.first + _DAY * offset), "reason": span.reason}
            for span in told.off
            for offset in range(span.days)
        ],
        "work": [str(on) for on in told.work],
        "calendar": calendar.version,
    }


def year_text(year: int, calendar: Calendar) -> str:
    """Return a year in Chinese: where it comes from, how many working days it has, and every special day."""
    facts = year_json(year, calendar)
    source = f"{facts['document']}" if facts["document"] is not None else "放假安排尚未导入，按法定节日估算"
    lines = [f"{year}年：{source}，工作日{facts['working_days']}天，日历版本{facts['calendar']}"]
    special = [calendar.day(on) for on in _days(year)]
    lines += [f"  {day_text(day.on)}  {day.reason}" for day in special if day.reason not in {"", "周末"}]
    return "\n".join(lines)


def _end(reached: Deadline | Suspended) -> str:
    if isinstance(reached, Suspended):
        return f"暂停中（自{reached.since}起），剩余{reached.remaining}个工作日"
    return f"到期日：{due_text(reached)}"


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + _DAY * offset for offset in range((date(year, 12, 31) - first).days + 1))
