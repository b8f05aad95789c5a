"""A year's arrangement of days off as the office pastes it: the notice's own words or a holiday-cn file, checked."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from register.calendar import Calendar, Notice
from register.errors import UnreadableCalendar

_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"
_FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_DATE = r"(?:(?P<{0}year>\d{{4}})年)?(?:(?P<{0}month>\d{{1,2}})月)?(?P<{0}day>\d{{1,2}})日(?:\((?P<{0}said>[^)]*)\))?"
_FIRST, _LAST, _ONE = (re.compile(_DATE.format(name)) for name in ("first_", "last_", ""))
_SPAN = re.compile(rf"{_FIRST.pattern}(?:(?:至|到|-|—|–|~)\s*{_LAST.pattern})?[^。;\d]*?(?:放假|补休|调休|公休)")
_INSTEAD = re.compile(rf"{_ONE.pattern}补休")
_LENGTH = re.compile(r"共(\d{1,2})天|放假(\d{1,2})天")
_ITEM = re.compile(r"(?:^|(?<=[。;\s]))[一二三四五六七八九十]{1,2}、\s*([^:。]{2,20}?)\s*:")
_YEAR = re.compile(r"关于(\d{4})年")
_DOCUMENT = re.compile(r"国办发明电[〔\[(【](\d{4})[〕\])】]\s*(\d{1,3})号")
_PUBLISHED = re.compile(r"国务院办公厅\s*(\d{4})年(\d{1,2})月(\d{1,2})日")
_LONGEST = 1_000_000
_STATUTORY = {2025: 13, 2014: 11}
"""How many days off the law gives, by the year since which it does (放假办法 2013-12-11 and 2024-11-10)."""


class Block(NamedTuple):
    """One festival of a notice: the first and last day off, and the weekends worked for it."""

    name: str
    first: date
    last: date
    work: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a notice says, read and checked; `toml` is the file for config/calendar or data_dir/calendar."""

    notice: Notice
    toml: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A day that an arrangement changes: what it was and what it becomes, as `上班` or the reason it is off."""

    on: date
    before: str
    after: str


def decoded(content: bytes) -> str:
    """Return the text of a file written in UTF-8 or GB18030; raise UnreadableCalendar for anything else or too long."""
    if len(content) > _LONGEST:
        raise UnreadableCalendar("文件太大，不像是放假安排")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableCalendar("不是文本文件")


def read_arrangement(text: str) -> Arrangement:
    """Return the arrangement in a pasted notice, a holiday-cn JSON file or one of our own TOML files.

    Of a notice every weekday in brackets, every number of days and the sum of days off and worked weekends is checked.
    Raises UnreadableCalendar, in Chinese, with what does not add up.
    """
    text = text.strip()
    if not text:
        raise UnreadableCalendar("没有内容")
    if text.startswith("{"):
        year, document, blocks = _from_json(text)
        published = None
    elif _is_toml(text):
        return _arrangement(text + "\n")
    else:
        year, document, published, blocks = _from_prose(unicodedata.normalize("NFKC", text))
    arrangement = _arrangement(_toml(year, document, published, blocks))
    _check_sum(arrangement.notice)
    return arrangement


def differences(notice: Notice, calendar: Calendar) -> Sequence[Difference]:
    """Return every day that becomes a working day or ceases to be one once this notice is in, oldest first."""
    notices = (*(each for each in calendar.notices if each.year != notice.year), notice)
    changed = Calendar(notices, calendar.festivals, calendar.closures)
    return changed_days(calendar, changed, date(notice.year - 1, 12, 1), date(notice.year, 12, 31))


def changed_days(before: Calendar, after: Calendar, first: date, last: date) -> Sequence[Difference]:
    """Return every day from the first to the last that works in one of two calendars alone, oldest first."""
    days = [first + _DAY * offset for offset in range((last - first).days + 1)]
    both = [(before.day(on), after.day(on)) for on in days]
    return tuple(
        Difference(old.on, old.reason or "上班", new.reason or "上班")
        for old, new in both
        if old.working != new.working
    )


def _is_toml(text: str) -> bool:
    try:
        return "year" in tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False


def _arrangement(toml: str) -> Arrangement:
    (notice,) = Calendar(()).with_texts({"放假安排": toml}).notices
    return Arrangement(notice, toml)


def _from_prose(text: str) -> tuple[int, str, date | None, Sequence[Block]]:
    titled, document, published = _YEAR.search(text), _DOCUMENT.search(text), _PUBLISHED.search(text)
    if titled is None:
        raise UnreadableCalendar("没有找到“关于某年部分节假日安排的通知”这样的标题，请粘贴通知全文")
    year = int(titled[1])
    items = list(_ITEM.finditer(text))
    ends = [*(item.start() for item in items[1:]), len(text)]
    told = [(item[1], "".join(text[item.end() : end].split())) for item, end in zip(items, ends, strict=True)]
    blocks = [block for name, said in told for block in _blocks(name, said, year)]
    named = "、".join(block.name for block in blocks)
    missing = [festival for festival in _FESTIVALS if festival not in named]
    if missing:
        raise UnreadableCalendar(f"通知里没有找到{'、'.join(missing)}的安排，请粘贴全文")
    number = f"国办发明电〔{document[1]}〕{document[2]}号" if document else "文号未填"
    return year, number, _date(*map(int, published.groups())) if published else None, blocks


def _blocks(name: str, text: str, year: int) -> Iterator[Block]:
    span = _SPAN.search(text)
    if span is None:
        raise UnreadableCalendar(f"看不懂{name}的放假起止日期：{text[:40]}")
    first = _named_date(span, "first_", year, None)
    last = _named_date(span, "last_", first.year, first) if span["last_day"] else first
    length = _LENGTH.search(text)
    if length is not None and int(length[1] or length[2]) != (last - first).days + 1:
        raise UnreadableCalendar(f"{name}从{first}到{last}是{(last - first).days + 1}天，通知写的是{length[0]}")
    rest = text[span.end() :]
    work = [
        _named_date(found, "", year, None)
        for sentence in re.split("[。;]", rest)
        if "上班" in sentence
        for found in _ONE.finditer(sentence)
    ]
    yield Block(name, first, last, tuple(work))
    for found in _INSTEAD.finditer(rest):
        instead = _named_date(found, "", year, None)
        yield Block(name, instead, instead, ())


def _named_date(found: re.Match[str], prefix: str, year: int, after: date | None) -> date:
    """Return a date of the text; what it leaves out is the notice's year or the month of the day before it."""
    given_year, month = found[f"{prefix}year"], found[f"{prefix}month"]
    if month is None and after is None:
        raise UnreadableCalendar(f"日期没有写月份：{found[0][:20]}")
    on = _date(int(given_year or year), int(month) if month else _month(after), int(found[f"{prefix}day"]))
    said = re.search(rf"(?:周|星期)([{_WEEKDAYS}天])", found[f"{prefix}said"] or "")
    real = _WEEKDAYS[on.weekday()]
    if said is not None and said[1].replace("天", "日") != real:
        raise UnreadableCalendar(f"{on}是星期{real}，通知写的是{said[0]}：“{_sentence(found)}”")
    return on


def _sentence(found: re.Match[str]) -> str:
    """Return the sentence that a find stands in."""
    text = found.string
    begin = max(text.rfind(end, 0, found.start()) for end in "。;") + 1
    ends = [place for place in (text.find(end, found.end()) for end in "。;") if place >= 0]
    return text[begin : min(ends, default=len(text))]


def _month(after: date | None) -> int:
    return after.month if after else 0


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableCalendar(f"没有{year}年{month}月{day}日这一天") from error


def _from_json(text: str) -> tuple[int, str, Sequence[Block]]:
    """Return what a file of the data set holiday-cn says; days without a notice behind them are refused."""
    try:
        content = json.loads(text)
        year, days = int(content["year"]), [_json_day(entry) for entry in content["days"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableCalendar(f"不是 holiday-cn 格式的文件：{error}") from error
    off = sorted((on, name) for on, name, is_off in days if is_off)
    if not off:
        raise UnreadableCalendar(f"文件里没有{year}年放假的日子：放假安排还没有公布")
    blocks: list[Block] = []
    for on, name in off:
        if blocks and (blocks[-1].name, blocks[-1].last + _DAY) == (name, on):
            blocks[-1] = blocks[-1]._replace(last=on)
        else:
            blocks.append(Block(name, on, on, ()))
    # which festival a weekend is worked for does not matter to the clock
    blocks[0] = blocks[0]._replace(work=tuple(sorted(on for on, _, is_off in days if not is_off)))
    return year, "holiday-cn", blocks


def _json_day(entry: Any) -> tuple[date, str, bool]:  # noqa: ANN401  whatever a foreign file holds
    return date.fromisoformat(entry["date"]), str(entry["name"]), bool(entry["isOffDay"])


def _toml(year: int, document: str, published: date | None, blocks: Sequence[Block]) -> str:
    lines = [f"year = {year}", f"document = {json.dumps(document, ensure_ascii=False)}"]
    lines += [f"published_on = {published}"] if published else []
    for block in blocks:
        lines += ["", "[[holidays]]", f"name = {json.dumps(block.name, ensure_ascii=False)}"]
        lines += [f"from = {block.first}", f"to = {block.last}"]
        lines += [f"work = [{', '.join(map(str, block.work))}]"] if block.work else []
    return "\n".join(lines) + "\n"


def _check_sum(notice: Notice) -> None:
    """Refuse a notice whose weekdays off, less the weekends worked, are not the days that the law gives."""
    statutory = next((days for since, days in _STATUTORY.items() if notice.year >= since), None)
    off = sum(on.weekday() not in (5, 6) for on in notice.off)
    if statutory is not None and off - len(notice.work) != statutory:
        raise UnreadableCalendar(
            f"数目不符：工作日放假{off}天，周末上班{len(notice.work)}天，相差应为法定的{statutory}天，请核对是否漏粘贴"
        )
