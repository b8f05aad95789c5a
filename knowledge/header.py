"""What the head and the end of an official text say about it: title, number, issuer, dates."""

import re
from dataclasses import dataclass
from datetime import date

from knowledge.normalisation import arabic
from knowledge.numbers import number_key

_HEAD = 12
"""Lines from the top in which a number or a date of issue is looked for."""
_FOOT = 8
_LONGEST_TITLE = 100
_LONGEST_FURNITURE = 100
_DATE = re.compile(r"((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_CHINESE_DATE = re.compile(
    r"([一二][〇○零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_ANY_DATE = (
    r"(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|[一二][^\s年]{3}年[^\s月]{1,3}月[^\s日]{1,3}日)"
)
_ORGAN = r"[\u4e00-\u9fff]{1,30}?(?:政府|办公厅|办公室|委员会|国务院|部|厅|局|委|署|院|会)"
_PUBLISHED = re.compile(r"(?:发布|发文|发稿|更新|公开|发表)(?:时间|日期)\s*[:：]\s*")
_FURNITURE = re.compile(
    r"^\s*(?:(?:发布|更新|发稿)(?:时间|日期)|来源|信息来源|作者|浏览|点击|阅读|字号|字体|打印|【?(?:打印|关闭|收藏))"
    r"(?:本页|此页|次数|量|数)?\s*[:：】]"
)
_SITE = re.compile(
    r"备案|公网安备|网站标识码|网站地图|主办单位|门户网站|版权所有|技术支持|E-?mail|^\s*地址[:：]|^\s*\[?(?:打印|关闭|返回顶部)",
    re.IGNORECASE,
)
_SITE_PROOF = re.compile(r"ICP备|公网安备|网站标识码|网站地图|版权所有|打印|返回顶部", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。；;！？]\s*$")
_NOT_TITLE = re.compile(r"[。：:；;，,]\s*$|^(?:发文字号|文号|索引号)")
_WORD = re.compile(r"\w")
_LETTERHEAD = re.compile(r"^[\u4e00-\u9fff]{2,20}文件$")
_LABELLED = re.compile(r"^(?:发文字号|文号)\s*[:：]\s*(\S.*)$")
_NUMBER = re.compile(
    r"^[*（(]*([\u4e00-\u9fff]{1,15}\s*[〔\[［﹝【(（]\s*(?:19|20)\d{2}\s*年?\s*[〕\]］﹞】)）]\s*第?\s*\d{1,5}\s*号)"
    r"(?=$|[\s*)）]|各)"
)
_DECREE = (
    r"(?:中华人民共和国)?([\u4e00-\u9fff]{1,20}?令)\s*[(（]?第?\s*(\d{1,5}|[一二三四五六七八九十百零〇]+)\s*号[)）]?"
)
_NUMBER_WITHIN = 400
"""Characters of a text in which its own number stands; further down it cites others."""
_ORGANS = r"[\u4e00-\u9fff]{2,12}(?:[ 、\u3000][\u4e00-\u9fff]{2,12}){0,3}"
_BETWEEN_BLANKS = re.compile(
    rf"(?<!\S)((?:{_ORGANS}公告\s?[（(]?(?:19|20)\d{{2}}年第\d{{1,4}}号[)）]?"
    r"|[\u4e00-\u9fff]{2,12}\s?[〔\[［﹝【(（](?:19|20)\d{2}[〕\]］﹞】)）]\s?\d{1,5}\s?号))(?!\S)"
)
_ENACTED = re.compile(rf"(?:({_ANY_DATE})\s*)?{_DECREE}\s*(?:公布|修订|修改|发布|颁布)(?=$|[\s；;，,)）])")
_DECREE_LINE = re.compile(rf"^{_DECREE}$")
_IN_FORCE = re.compile(rf"(?:^|[，,；;\s（(])(?:自\s*)?({_ANY_DATE})\s*起?(?:施行|实施|执行)\s*[)）]?$")
_OWN_START = re.compile(rf"本[\u4e00-\u9fff]{{2,8}}自\s*({_ANY_DATE})\s*起(?:施行|实施|执行)")
_ISSUER = re.compile(r"^([\u4e00-\u9fff、\s]{2,80}?)关于")
_ORGAN_LINE = re.compile(rf"^{_ORGAN}$")
_SIGNED = re.compile(rf"(?:^|[。；;])[\s（(]*({_ORGAN})?\s*({_ANY_DATE})\s*(?:印发|发布)?\s*[)）]?$")


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
        parts = [arabic(part) for part in chinese.groups()]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


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
    published = next((read_date(line) for line in _first(lines) if _PUBLISHED.search(line)), None)
    title = _title(head)
    number, enacted = _number(head)
    signer, signed = _signature(foot)
    return Header(
        text="\n".join(kept).strip(),
        title=title,
        number=number,
        issuer=_issuer(title, number) or signer,
        published_on=published or enacted or signed,
        effective_on=_effective(head, foot),
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
    return len(line) <= _LONGEST_FURNITURE and bool(_FURNITURE.match(line)) and not _SENTENCE_END.search(line)


def _title(head: list[str]) -> str:
    """Return the first line that reads like a title, joined with the line of its issuer before it."""
    issuer = ""
    for line in head[:4]:
        plain = line.lstrip("# ").strip("* ")
        if not _WORD.search(plain) or _NUMBER.match(plain) or _LETTERHEAD.match(plain):
            continue
        if len(issuer + plain) > _LONGEST_TITLE or _NOT_TITLE.search(plain):
            return issuer
        if not _ORGAN_LINE.match(plain):
            return issuer + plain
        issuer += plain
    return issuer


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
            number = _decree(alone[1], alone[2])
        for issue in _ENACTED.finditer(line):
            number, enacted = _decree(issue[2], issue[3]), read_date(issue[1] or "")
    return number, enacted


def _decree(agency: str, serial: str) -> str:
    return f"{'国令' if agency == '国务院令' else agency}第{serial}号"


def _issuer(title: str, number: str) -> str:
    named = _ISSUER.match(title)
    if named and all(map(_ORGAN_LINE.match, re.split(r"[、\s]+", named[1].strip()))):
        return named[1].strip()
    return "国务院" if number.startswith("国令") else ""


def _signature(foot: list[str]) -> tuple[str, date | None]:
    """Return the organ and the date at the end of a text."""
    for index in reversed(range(len(foot))):
        signed = _SIGNED.search(foot[index][-_LONGEST_FURNITURE:])
        if signed:
            above = foot[index - 1] if index else ""
            return signed[1] or (above if _ORGAN_LINE.match(above) else ""), read_date(signed[2])
    return next((line for line in foot if _ORGAN_LINE.match(line)), ""), None


def _effective(head: list[str], foot: list[str]) -> date | None:
    short = (line for line in head if len(line) <= _LONGEST_FURNITURE)
    found = [*map(_IN_FORCE.search, short), *map(_OWN_START.search, foot)]
    return next((read_date(each[1]) for each in found if each), None)
