"""What the head and the end of an official text say about it: title, number, issuer, dates."""

import re
from dataclasses import dataclass
from datetime import date

from knowledge.dates import ANY_DATE, read_date
from knowledge.numbers import number_key
from knowledge.term import read_term
from knowledge.title import ORGAN, read_title

_HEAD = 12
"""Lines from the top in which a number or a date of issue is looked for."""
_FOOT = 8
_LONGEST_FURNITURE = 100
_PUBLISHED = re.compile(r"(?:发布|发文|发稿|更新|公开|发表)(?:时间|日期)\s*[:：]\s*")
_FURNITURE = re.compile(
    r"^\s*(?:(?:发布|更新|发稿)(?:时间|日期)|来源|信息来源|作者|浏览|点击|阅读|字号|字体|打印|【?(?:打印|关闭|收藏))"
    r"(?:本页|此页|次数|量|数)?\s*[:：】]"
)
_PAGE_LINE = re.compile(
    r"(?:听全文|分享到?|相关附件|相关文件(?:下载)?|附件下载|【?(?:关闭|打印)】?|点击查看政策解读.*"
    r"|(?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?(?:\s*(?:来源|作者|浏览)\s*[:：].*)?)[:：]?"
)
_SITE = re.compile(
    r"备案|公网安备|网站标识码|网站地图|主办单位|门户网站|版权所有|技术支持|E-?mail|^\s*地址[:：]|^\s*\[?(?:打印|关闭|返回顶部)",
    re.IGNORECASE,
)
_SITE_PROOF = re.compile(r"ICP备|公网安备|网站标识码|网站地图|版权所有|打印|返回顶部", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。；;！？]\s*$")
_LABELLED = re.compile(r"^(?:发文字号|文号)\s*[:：]\s*(\S.*)$")
_NUMBER = re.compile(
    r"^[*（(]*([\u4e00-\u9fff]{1,15}\s*[〔\[［﹝【(（]\s*(?:19|20)\d{2}\s*年?\s*[〕\]］﹞】)）]\s*第?\s*\d{1,5}\s*号)"
    r"(?=$|[\s*)）]|各)"
)
_DECREE = (
    r"(?:中华人民共和国)?([\u4e00-\u9fff]{1,20}?令)\s*[(（]?((?:19|20)\d{2}\s*年)?\s*第?\s*"
    r"(\d{1,5}|[一二三四五六七八九十百零〇]+)\s*号[)）]?"
)
_NUMBER_WITHIN = 400
"""Characters of a text in which its own number stands; further down it cites others."""
_ORGANS = r"[\u4e00-\u9fff]{2,12}(?:[ 、\u3000][\u4e00-\u9fff]{2,12}){0,3}"
_BETWEEN_BLANKS = re.compile(
    rf"(?<!\S)((?:{_ORGANS}公告\s?[（(]?(?:19|20)\d{{2}}年第\d{{1,4}}号[)）]?"
    r"|[\u4e00-\u9fff]{2,12}\s?[〔\[［﹝【(（](?:19|20)\d{2}[〕\]］﹞】)）]\s?\d{1,5}\s?号))(?!\S)"
)
_ENACTED = re.compile(rf"(?:({ANY_DATE})\s*)?{_DECREE}\s*(?:公布|修订|修改|发布|颁布)(?=$|[\s；;，,)）])")
_DECREE_LINE = re.compile(rf"^{_DECREE}$")
_IN_FORCE = re.compile(rf"(?:^|[，,；;\s（(])(?:自\s*)?({ANY_DATE})\s*起?(?:施行|实施|执行)\s*[)）]?$")
_ISSUED = re.compile(rf"({ANY_DATE})[\u4e00-\u9fff]{{2,20}}(?:公布|发布)(?=$|[\s；;，,)）])")
_ADOPTED = re.compile(rf"({ANY_DATE})[^。；;]{{2,60}}?(?:通过|修正|修订)")
_DATE_ALONE = re.compile(rf"[（(]?\s*({ANY_DATE})\s*[)）]?")
_PRINTED = re.compile(rf"({ANY_DATE})\s*印发$")
_CONGRESS = re.compile(
    r"日([\u4e00-\u9fff]{0,10}?)第[一二三四五六七八九十]{1,4}届((?:全国)?人民代表大会(?:常务委员会)?)第"
)
_ISSUER = re.compile(r"^([\u4e00-\u9fff、\s]{2,80}?)(?:关于|印发)")
_ORGAN_LINE = re.compile(rf"^(?:{ORGAN}|中共中央)$")
_SIGNED = re.compile(rf"(?:^|[。；;])[\s（(]*({ORGAN})?\s*({ANY_DATE})\s*(?:印发|发布)?\s*[)）]?$")


@dataclass(frozen=True, slots=True)
class Header:
    """What a text says about itself; empty or None where it does not. `text` is the text without page furniture."""

    text: str
    title: str = ""
    number: str = ""
    issuer: str = ""
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None


def read_number(text: str) -> str:
    """Return the number printed at the head of a text, on a line of its own or between blanks, or ""."""
    start = text[:_NUMBER_WITHIN]
    lines = [line.strip() for line in start.split("\n") if line.strip()][:_HEAD]
    number, _ = _number(lines)
    if number:
        return number
    alone = _BETWEEN_BLANKS.search(start)
    return alone[1] if alone else ""


def read_header(text: str) -> Header:
    """Return what the first and last lines of a text tell, and the text without what belongs to the page around it."""
    lines = _without_site(_without_comments(text).split("\n"))
    kept = _without_furniture(lines)
    worded = [line.strip() for line in kept if line.strip()]
    head, foot = worded[:_HEAD], worded[-_FOOT:]
    title = read_title(head)
    number, enacted = _number(head)
    signer, signed = _signature(foot)
    published = _published(_first(lines)) or enacted or _issued(head) or signed
    plain = "\n".join(kept).strip()
    term = read_term(plain, issued_on=_printed(foot) or signed or published)
    return Header(
        text=plain,
        title=title,
        number=number,
        issuer=_issuer(title, number, head) or signer,
        published_on=published or _adopted(head),
        effective_on=term.effective_on or _effective(head),
        expires_on=term.expires_on,
    )


def _without_comments(text: str) -> str:
    parts = text.split("<!--")
    ends = [part.partition("-->") for part in parts[1:]]
    return parts[0] + "".join(rest if mark else f"<!--{inside}" for inside, mark, rest in ends)


def _first(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()][:_HEAD]


def _without_site(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or _is_site(lines[end - 1])):
        end -= 1
    return lines[:end] if any(map(_SITE_PROOF.search, lines[end:])) else lines


def _is_site(line: str) -> bool:
    return bool(_SITE.search(line)) and not _SENTENCE_END.search(line)


def _without_furniture(lines: list[str]) -> list[str]:
    worded = [index for index, line in enumerate(lines) if line.strip()]
    edges = {*worded[:_HEAD], *worded[-_FOOT:]}
    return [line for index, line in enumerate(lines) if index not in edges or not _is_furniture(line)]


def _is_furniture(line: str) -> bool:
    if len(line) > _LONGEST_FURNITURE or _SENTENCE_END.search(line):
        return False
    return bool(_FURNITURE.match(line) or _PAGE_LINE.fullmatch(line.strip()))


def _published(lines: list[str]) -> date | None:
    """Return the day that the page around the text was published."""
    told = (line for line in lines if _PUBLISHED.search(line) or _PAGE_LINE.fullmatch(line.strip()))
    return next((day for day in map(read_date, told) if day), None)


def _issued(head: list[str]) -> date | None:
    """Return the day that the first lines name as that of issue, or that stands there alone."""
    short = [line for line in head if len(line) <= _LONGEST_FURNITURE]
    found = [*map(_ISSUED.search, short), *map(_DATE_ALONE.fullmatch, short)]
    return next((read_date(each[1]) for each in found if each), None)


def _printed(foot: list[str]) -> date | None:
    return next((read_date(found[1]) for found in map(_PRINTED.search, foot) if found), None)


def _adopted(head: list[str]) -> date | None:
    """Return the day the text was adopted, or last amended."""
    found = _ADOPTED.findall(" ".join(line for line in head[:6] if len(line) <= 3 * _LONGEST_FURNITURE))
    return read_date(found[-1]) if found else None


def _number(head: list[str]) -> tuple[str, date | None]:
    """Return the number and, for a decree, the date it was issued; the last amendment counts."""
    for line in head:
        labelled = _LABELLED.match(line)
        if labelled and number_key(labelled[1]):
            return labelled[1], None
        found = _NUMBER.match(line)
        if found:
            return found[1], None
    number, enacted = "", None
    for line in head[:6]:
        if len(line) > _LONGEST_FURNITURE:
            continue
        alone = _DECREE_LINE.match(line)
        if alone:
            number = _decree(alone)
        for issue in _ENACTED.finditer(line):
            number, enacted = _decree(issue, after=1), read_date(issue[1] or "")
    return number, enacted


def _decree(found: re.Match[str], *, after: int = 0) -> str:
    """Return the number of a decree from the three groups of `_DECREE`, which begin after so many others."""
    agency, year, serial = found[after + 1], found[after + 2] or "", found[after + 3]
    return f"{'国令' if agency == '国务院令' else agency}{year}第{serial}号"


def _issuer(title: str, number: str, head: list[str]) -> str:
    named = _ISSUER.match(title)
    organs = re.split(r"[、\s]+", named[1].strip()) if named else []
    if organs and all(map(_ORGAN_LINE.match, organs)):
        return "、".join(organs)
    agency, decree, _ = number.partition("令")
    if decree and _ORGAN_LINE.match(agency):
        return agency
    if number.startswith("国令"):
        return "国务院"
    congress = _CONGRESS.search(" ".join(line for line in head[:4] if len(line) <= _LONGEST_FURNITURE))
    if congress:
        return f"{congress[1]}{congress[2]}"
    return next((line for line in head[:3] if _ORGAN_LINE.match(line)), "")


def _signature(foot: list[str]) -> tuple[str, date | None]:
    """Return the organ and the date at the end of a text."""
    for index in reversed(range(len(foot))):
        signed = _SIGNED.search(foot[index][-_LONGEST_FURNITURE:])
        if signed:
            above = foot[index - 1] if index else ""
            return signed[1] or (above if _ORGAN_LINE.match(above) else ""), read_date(signed[2])
    return next((line for line in foot if _ORGAN_LINE.match(line)), ""), None


def _effective(head: list[str]) -> date | None:
    short = (line for line in head if len(line) <= _LONGEST_FURNITURE)
    found = map(_IN_FORCE.search, short)
    return next((read_date(each[1]) for each in found if each), None)
