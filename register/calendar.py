"""The calendar of working days: official per State Council notice, estimated and provisional where there is none."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from register.errors import UnreadableCalendar

_WEEKEND = (5, 6)
_DAY = timedelta(days=1)
_UNSETTLED_FROM = (12, 25)
"""Month and day from which a year's notice may still be changed by the next one, as those of 2019 and 2023 did."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a civil date is in the office.

    `reason` says why it is off (周末, a festival) or, at a weekend, on (调休上班). `provisional` while a notice that is
    still to come may change it.
    """

    on: date
    working: bool
    reason: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's arrangement as the State Council announced it; days may lie in the last week of the year before."""

    year: int
    document: str
    off: Mapping[date, str]
    work: frozenset[date]


@dataclass(frozen=True, slots=True)
class Festivals:
    """The four festivals of a year that move; `spring` is 正月初一."""

    year: int
    spring: date
    qingming: date
    dragon_boat: date
    mid_autumn: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """Tells of any date whether it is a working day; where notices disagree, the later year's counts."""

    notices: Sequence[Notice]
    festivals: Sequence[Festivals] = ()
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
        object.__setattr__(self, "_off", off)
        object.__setattr__(self, "_work", frozenset(work))
        object.__setattr__(self, "_official", official)

    @property
    def official(self) -> frozenset[int]:
        """The years whose notice is known."""
        return self._official

    def day(self, on: date) -> Day:
        """Return what this date is; of a year without notice or festivals only the fixed holidays are known."""
        provisional = self._is_provisional(on)
        if on in self._work:
            return Day(on, working=True, reason="调休上班", provisional=provisional)
        reason = self._off.get(on, "") or self._fixed(on)
        if reason:
            return Day(on, working=False, reason=reason, provisional=provisional)
        weekend = on.weekday() in _WEEKEND
        return Day(on, working=not weekend, reason="周末" if weekend else "", provisional=provisional)

    def _is_provisional(self, on: date) -> bool:
        if on.year not in self._official:
            return True
        return (on.month, on.day) >= _UNSETTLED_FROM and on.year + 1 not in self._official

    def _fixed(self, on: date) -> str:
        if on.year in self._official or any(each.year == on.year for each in self.festivals):
            return ""
        return estimate(on.year).get(on, "")

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Calendar":
        """Return the calendar written in TOML texts (config/calendar/*.toml), each a year's notice or moving festivals.

        Raises UnreadableCalendar, in Chinese, for what is no TOML, a missing value, a weekday named as 调休上班, a date
        outside the notice's year and the week before it, or a year given twice.
        """
        notices: list[Notice] = []
        festivals: list[Festivals] = []
        for text in texts:
            try:
                content = tomllib.loads(text)
                if "year" in content:
                    notices.append(_notice(content))
                festivals += [_festivals(entry) for entry in content.get("festivals", ())]
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UnreadableCalendar(f"日历文件写法有误：{error}") from error
        for years in ([each.year for each in notices], [each.year for each in festivals]):
            if len(set(years)) < len(years):
                raise UnreadableCalendar("同一年份的安排出现了两次")
        return cls(tuple(notices), tuple(festivals))


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
        off |= {first + _DAY * offset: holiday["name"] for offset in range((last - first).days + 1)}
        work += holiday.get("work", ())
    for day in work:
        if day.weekday() not in _WEEKEND:
            raise UnreadableCalendar(f"{day}不是周末，不能是调休上班日")
        if day in off:
            raise UnreadableCalendar(f"{day}既写作放假，又写作上班")
    return Notice(year=year, document=content["document"], off=off, work=frozenset(work))


def _festivals(entry: Mapping[str, Any]) -> Festivals:
    year = entry["year"]
    moving = [entry[name] for name in ("spring", "qingming", "dragon_boat", "mid_autumn")]
    for day in moving:
        if not date(year, 1, 1) < day <= date(year, 12, 31):
            raise UnreadableCalendar(f"{day}不是{year}年的节日")
    return Festivals(year, *moving)


def _check_year(day: date, year: int) -> None:
    if not date(year - 1, *_UNSETTLED_FROM) <= day <= date(year, 12, 31):
        raise UnreadableCalendar(f"{day}不属于{year}年的安排")
