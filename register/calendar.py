"""The calendar of working days: official per State Council notice, estimated and provisional where there is none."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from register.errors import UnreadableCalendar

_WEEKEND = (5, 6)
_DAY = timedelta(days=1)
_NOTICE_MONTH = 11
"""The month in which the State Council usually announces the next year."""
_UNSETTLED_FROM = (12, 25)
"""Month and day from which a year's notice may still be changed by the next one, as those of 2019 and 2023 did."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a civil date is in the office.

    `reason` says why it is off (周末, a festival) or, at a weekend, on (调休上班). `awaits` is the year whose notice,
    still to come, may change it; None for a day that is settled.
    """

    on: date
    working: bool
    reason: str
    awaits: int | None = None

    @property
    def provisional(self) -> bool:
        """Whether a notice that is still to come may change this day."""
        return self.awaits is not None


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's arrangement as the State Council announced it; days may lie in the last week of the year before."""

    year: int
    document: str
    off: Mapping[date, str]
    work: frozenset[date]
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Festivals:
    """The four festivals of a year that move; `spring` is 正月初一."""

    year: int
    spring: date
    qingming: date
    dragon_boat: date
    mid_autumn: date


@dataclass(frozen=True, slots=True)
class Closure:
    """Days off beyond the notice: a festival of a national minority, an emergency. `document` says who ordered it."""

    name: str
    first: date
    last: date
    document: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Tells of any date whether it is a working day; where notices disagree, the later year's counts.

    `version` names the content, "2026-" (the last announced year) and eight hexadecimal digits: equal versions tell the
    same of every date.
    """

    notices: Sequence[Notice]
    festivals: Sequence[Festivals] = ()
    closures: Sequence[Closure] = ()
    version: str = field(init=False, compare=False)
    _off: Mapping[date, str] = field(init=False, repr=False, compare=False)
    _work: frozenset[date] = field(init=False, repr=False, compare=False)
    _official: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        off: dict[date, str] = {}
        work: set[date] = set()
        for notice in sorted(self.notices, key=lambda each: each.year):
            for worked in notice.work:
                off.pop(worked, None)
            off |= notice.off
            work = (work - notice.off.keys()) | notice.work
        official = frozenset(notice.year for notice in self.notices)
        for moving in self.festivals:
            if moving.year not in official:
                off |= estimate(moving.year, moving)
        for closure in self.closures:
            closed = dict.fromkeys(_span(closure.first, closure.last), closure.name)
            off |= closed
            work -= closed.keys()
        content = (sorted(off.items()), sorted(work), sorted(official), sorted(each.year for each in self.festivals))
        digest = hashlib.sha256(repr(content).encode()).hexdigest()[:8]
        object.__setattr__(self, "version", f"{max(official, default=0)}-{digest}")
        object.__setattr__(self, "_off", off)
        object.__setattr__(self, "_work", frozenset(work))
        object.__setattr__(self, "_official", official)

    @property
    def official(self) -> frozenset[int]:
        """The years whose notice is known."""
        return self._official

    def day(self, on: date) -> Day:
        """Return what this date is; of a year without notice or festivals only the fixed holidays are known."""
        awaits = self._awaits(on)
        if on in self._work:
            return Day(on, working=True, reason="调休上班", awaits=awaits)
        reason = self._off.get(on, "") or self._fixed(on)
        if reason:
            return Day(on, working=False, reason=reason, awaits=awaits)
        weekend = on.weekday() in _WEEKEND
        return Day(on, working=not weekend, reason="周末" if weekend else "", awaits=awaits)

    def overdue_notice(self, today: date) -> int | None:
        """Return the year whose notice should be imported by now: this one, from 1 November on the next; else None."""
        wanted = (today.year, today.year + 1) if today.month >= _NOTICE_MONTH else (today.year,)
        return next((year for year in wanted if year not in self._official), None)

    def _awaits(self, on: date) -> int | None:
        if on.year not in self._official:
            return on.year
        unsettled = (on.month, on.day) >= _UNSETTLED_FROM and on.year + 1 not in self._official
        return on.year + 1 if unsettled else None

    def _fixed(self, on: date) -> str:
        if on.year in self._official or any(each.year == on.year for each in self.festivals):
            return ""
        return estimate(on.year).get(on, "")

    @classmethod
    def load(cls, *folders: Path) -> "Calendar":
        """Return the calendar written in the TOML files of folders; a year in a later folder replaces an earlier one's.

        A folder may be missing. Raises UnreadableCalendar and OSError.
        """
        calendar = cls(())
        for folder in folders:
            files = sorted(folder.glob("*.toml"))
            calendar = calendar.with_texts({file.name: file.read_text(encoding="utf-8-sig") for file in files})
        return calendar

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Calendar":
        """Return the calendar written in TOML texts (config/calendar/*.toml): notices, moving festivals, closures.

        Raises UnreadableCalendar, in Chinese, for what is no TOML, a missing value, a weekday named as 调休上班, a date
        outside the notice's year and the week before it, or a year given twice.
        """
        return cls(()).with_texts({f"第{number}份": text for number, text in enumerate(texts, 1)})

    def with_texts(self, texts: Mapping[str, str]) -> "Calendar":
        """Return this calendar with what TOML texts, by name, say in addition, or instead for the years they tell of.

        Raises UnreadableCalendar as `parse`; its message begins with the name of the text.
        """
        parts = _Parts([], [], [])
        for name, text in texts.items():
            try:
                _read(text, parts)
            except UnreadableCalendar as error:
                raise UnreadableCalendar(f"{name}：{error}") from error
        for years in ([each.year for each in parts.notices], [each.year for each in parts.festivals]):
            if len(set(years)) < len(years):
                raise UnreadableCalendar("同一年份的安排出现了两次")
        notices = {each.year: each for each in (*self.notices, *parts.notices)}
        festivals = {each.year: each for each in (*self.festivals, *parts.festivals)}
        return Calendar(tuple(notices.values()), tuple(festivals.values()), (*self.closures, *parts.closures))


class _Parts(NamedTuple):
    notices: list[Notice]
    festivals: list[Festivals]
    closures: list[Closure]


def _read(text: str, parts: _Parts) -> None:
    try:
        content = tomllib.loads(text)
        if "year" in content:
            parts.notices.append(_notice(content))
        parts.festivals.extend(_festivals(entry) for entry in content.get("festivals", ()))
        parts.closures.extend(_closure(entry) for entry in content.get("closures", ()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableCalendar(f"日历文件写法有误：{error}") from error


def estimate(year: int, moving: Festivals | None = None) -> Mapping[date, str]:
    """Return the days off that the law alone gives a year: 13 days, weekends made up for by the next working days.

    Source: 全国年节及纪念日放假办法 (2024-11-10) art. 2 and art. 6. Two festivals on one day are made up for once, the
    reading that ends a term sooner.
    """
    blocks: list[tuple[str, date, int]] = [
        ("元旦", date(year, 1, 1), 1),
        ("劳动节", date(year, 5, 1), 2),
        ("国庆节", date(year, 10, 1), 3),
    ]
    if moving is not None:
        blocks += [
            ("春节", moving.spring - _DAY, 4),
            ("清明节", moving.qingming, 1),
            ("端午节", moving.dragon_boat, 1),
            ("中秋节", moving.mid_autumn, 1),
        ]
    off: dict[date, str] = {}
    owed: list[tuple[date, str]] = []
    for name, first, length in sorted(blocks, key=lambda block: block[1]):
        days = [first + _DAY * offset for offset in range(length)]
        owed += [(days[-1], name) for day in days if day.weekday() in _WEEKEND and day not in off]
        off |= {day: name for day in days if day not in off}
    for after, name in owed:
        day = after
        while day in off or day.weekday() in _WEEKEND:
            day += _DAY
        off[day] = f"{name}补假"
    return off


def _notice(content: Mapping[str, Any]) -> Notice:
    year = content["year"]
    off: dict[date, str] = {}
    work: list[date] = []
    for holiday in content["holidays"]:
        first, last = holiday["from"], holiday["to"]
        for day in (first, last, *holiday.get("work", ())):
            _check_year(day, year)
        if last < first:
            raise UnreadableCalendar(f"{holiday['name']}的放假起止日期颠倒")
        off |= dict.fromkeys(_span(first, last), holiday["name"])
        work += holiday.get("work", ())
    for day in work:
        if day.weekday() not in _WEEKEND:
            raise UnreadableCalendar(f"{day}不是周末，不能是调休上班日")
        if day in off:
            raise UnreadableCalendar(f"{day}既写作放假，又写作上班")
    return Notice(year, content["document"], off, frozenset(work), content.get("published_on"))


def _festivals(entry: Mapping[str, Any]) -> Festivals:
    year = entry["year"]
    moving = [entry[name] for name in ("spring", "qingming", "dragon_boat", "mid_autumn")]
    for day in moving:
        if not date(year, 1, 1) < day <= date(year, 12, 31):
            raise UnreadableCalendar(f"{day}不是{year}年的节日")
    return Festivals(year, *moving)


def _closure(entry: Mapping[str, Any]) -> Closure:
    closure = Closure(entry["name"], entry["from"], entry["to"], entry["document"])
    if closure.last < closure.first:
        raise UnreadableCalendar(f"{closure.name}的起止日期颠倒")
    return closure


def _span(first: date, last: date) -> Iterable[date]:
    return (first + _DAY * offset for offset in range((last - first).days + 1))


def _check_year(day: date, year: int) -> None:
    if not date(year - 1, *_UNSETTLED_FROM) <= day <= date(year, 12, 31):
        raise UnreadableCalendar(f"{day}不属于{year}年的安排")
