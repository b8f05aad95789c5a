"""What the head and the end of an official text say about it: title, number, issuer, dates."""

import re
from dataclasses import dataclass
from datetime import date

from knowledge.normalisation import arabic

_HEAD = 12
"""Lines from the top in which a number or a date of issue is looked for."""
_FOOT = 8
_DATE = re.compile(r"((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_CHINESE_DATE = re.compile(
    r"([一二][〇○零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PUBLISHED = re.compile(r"(?:发布|发文|发稿|更新|公开|发表)(?:时间|日期)\s*[:：]\s*")
_FURNITURE = re.compile(
    r"^\s*(?:(?:发布|更新|发稿)(?:时间|日期)|来源|信息来源|作者|浏览|点击|阅读|字号|字体|打印|【?(?:打印|关闭|收藏))"
    r"(?:本页|此页|次数|量|数)?\s*[:：】].*$"
)
_SITE = re.compile(
    r"备案|公网安备|网站标识码|网站地图|主办单位|门户网站|版权所有|技术支持|E-?mail|^\s*地址[:：]|^\s*\[?(?:打印|关闭|返回顶部)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^[\s　*（(]*((?:发文字号|文号)?[:：]?\s*[\u4e00-\u9fff]{1,15}\s*[〔\[［﹝【(（]\s*(?:19|20)\d{2}\s*年?\s*[〕\]］﹞】)）]\s*第?\s*\d{1,5}\s*号)"
)
_DECREE = re.compile(
    r"(?:中华人民共和国)?([\u4e00-\u9fff]{2,20}?令)\s*[(（]?第?\s*(\d{1,5}|[一二三四五六七八九十百零〇]+)\s*号"
)
_ENACTED = re.compile(r"(?:公布|修订|修改|发布|颁布)\s*$")
_IN_FORCE = re.compile(r"(?:起施行|施行|实施)\s*$")
_ISSUER = re.compile(
    r"^([\u4e00-\u9fff]{2,30}?(?:人民政府办公厅|人民政府办公室|人民政府|委员会|办公厅|办公室|国务院|部|厅|局|委|署|院|会))关于"
)
_SIGNED = re.compile(r"^[\u4e00-\u9fff]{2,30}(?:政府|办公厅|办公室|委员会|国务院|部|厅|局|委|署|院|会)$")


@dataclass(frozen=True, slots=True)
class Header:
    """What a text says about itself; empty or None where it does not. `text` is the text without page furniture."""

    text: str
    title: str = ""
    number: str = ""
    issuer: str = ""
    published_on: date | None = None
    effective_on: date | None = None


def read_date(written: str) -> date | None:
    """Return the first date in a text (2014-05-30, 2014年5月30日, 二〇一四年五月三十日), or None."""
    plain = _DATE.search(written)
    chinese = None if plain else _CHINESE_DATE.search(written)
    if plain:
        parts = [int(part) for part in plain.groups()]
    elif chinese:
        parts = [arabic(part.replace("○", "〇")) for part in chinese.groups()]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def read_header(text: str) -> Header:
    """Return what the first and last lines of a text tell, and the text without what belongs to the page around it."""
    lines = _without_site(_COMMENT.sub("", text).split("\n"))
    published = next((read_date(line) for line in lines[:_HEAD] if _PUBLISHED.search(line)), None)
    kept = [line for line in lines if not _FURNITURE.match(line)]
    head = [line.strip() for line in kept if line.strip()][:_HEAD]
    title = head[0].lstrip("# ").strip() if head else ""
    number, enacted = _number(head)
    return Header(
        text="\n".join(kept).strip(),
        title=title,
        number=number,
        issuer=_issuer(title, number, kept),
        published_on=published or enacted or _signed_on(kept),
        effective_on=next((read_date(line) for line in head if _IN_FORCE.search(line) and len(line) < 30), None),
    )


def _without_site(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or _SITE.search(lines[end - 1])):
        end -= 1
    return lines[:end]


def _number(head: list[str]) -> tuple[str, date | None]:
    """Return the number and, for a decree, the date it was issued; the last amendment counts."""
    for line in head:
        found = _NUMBER.match(line)
        if found:
            return re.sub(r"^(?:发文字号|文号)?[:：]?\s*", "", found[1]), None
    number, enacted = "", None
    for line in head[:6]:
        decree = _DECREE.search(line)
        if decree and (_ENACTED.search(line) or line.strip() == decree[0]):
            agency = decree[1].removeprefix("中华人民共和国")
            agency = "国令" if agency == "国务院令" else agency
            number, enacted = f"{agency}第{decree[2]}号", read_date(line)
    return number, enacted


def _issuer(title: str, number: str, lines: list[str]) -> str:
    named = _ISSUER.match(title)
    if named:
        return named[1]
    if number.startswith("国令"):
        return "国务院"
    foot = [line.strip() for line in lines if line.strip()][-_FOOT:]
    return next((line for line in foot if _SIGNED.match(line)), "")


def _signed_on(lines: list[str]) -> date | None:
    foot = [line.strip() for line in lines if line.strip()][-_FOOT:]
    return next((read_date(line) for line in reversed(foot) if len(line) < 20 and read_date(line)), None)
