"""Dates as official texts write them."""

import re
from datetime import date, timedelta, timezone

from knowledge.normalisation import arabic

CIVIL_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time by which the day of a term is told."""
ANY_DATE = (
    r"(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|[一二][^\s年]{3}年[^\s月]{1,3}月[^\s日]{1,3}日)"
)
"""A pattern for what looks like a date; `read_date` tells whether it is one."""
_DATE = re.compile(r"((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_CHINESE_DATE = re.compile(
    r"([一二][〇○零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


def read_date(written: str) -> date | None:
    """Return the first date in a text (2014-05-30, 2014年5月30日, 二〇一四年五月三十日), or None."""
    plain = _DATE.search(written)
    chinese = None if plain else _CHINESE_DATE.search(written)
    if plain:
        parts = [int(part) for part in plain.groups()]
    elif chinese:
        parts = [arabic(part) for part in chinese.groups()]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None
