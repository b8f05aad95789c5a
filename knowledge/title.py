"""The title of a text: what its first lines say, or what its file is called."""

import re
from collections.abc import Iterable, Iterator, Sequence

LONGEST = 100
"""Characters a title found in a text may have."""
ORGAN = r"[\u4e00-\u9fff]{1,30}?(?:政府|办公厅|办公室|委员会|国务院|联合会|中心|总队|部|厅|局|委|署|院|会|办)"
"""A pattern for the name of one organ."""
_LOOKED_AT = 4
"""Lines from the top in which a title begins."""
_MOST_LINES = 5
_LONGEST_LINE = 45
"""Characters of a line that continues a title."""
_SEARCHED = 3000
"""Lines of a text in which the name of its file is looked for."""
_SHORTEST_NAME = 5
_WORD = re.compile(r"\w")
_NO_WORD = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BLANKS = re.compile(r"\s+")
_LETTERHEAD = re.compile(r"^[\u4e00-\u9fff]{2,20}文件$")
_NOT_TITLE = re.compile(r"[。：:；;，,]\s*$|^(?:发文字号|文号|索引号)")
_NUMBER = re.compile(
    r"^[*（(]*[\u4e00-\u9fff]{1,15}\s*[〔\[［﹝【(（]\s*(?:19|20)\d{2}\s*年?\s*[〕\]］﹞】)）]\s*第?\s*\d{1,5}\s*号"
)
_DATE_LINE = re.compile(r"^[（(]?\s*(?:(?:19|20)\d{2}\s*[年\-/.]|[一二][〇○零一二三四五六七八九]{3}年)[^。]{3,30}$")
_ORGANS = re.compile(rf"^(?!关于)(?:{ORGAN}|中共中央)(?:[、\s]+(?:{ORGAN}|中共中央))*$")
_BODY = re.compile(
    r"^(?:第[一二三四五六七八九十]{1,4}[编章节条][\s\u3000]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])"
)
_COMPLETE = re.compile(
    r"(?:通知|决定|决议|意见|规定|办法|解释|批复|条例|规则|细则|方案|公告|通告|公报|函|报告|答复|安排|法|典|修正案|规划|纲要|计划|"
    r"指南|指引|标准|目录|清单|令|章程|制度|措施|要点|规程|准则|说明|须知|流程|手册|解读|预案|通报|纪要)"
    r"(?:\s*[（(][^（）()]{1,12}[）)])*$"
)
_ANNOUNCEMENT = frozenset({"公告", "通告", "令"})
_DECREE = re.compile(r"(?:令|公告)\s*[（(]?[^（()）]{1,15}号[)）]?\s*$")
_NAME_PARTS = re.compile(r"[_|]+|\s{2,}|\u3000+|\s[-–—]\s|\+")


def read_title(head: Sequence[str]) -> str:
    """Return the title that the first lines say, the issuer's line before it and broken lines joined, or ""."""
    start = _after_announcement(head)
    behind = _title(head[start:]) if start else ""
    return behind if _COMPLETE.search(behind) else _title(head)


def named_title(lines: Iterable[str], name: str) -> str:
    """Return the line, or lines joined, that say what a file or its metadata is called; "" where none do.

    What stands behind "_" in a name (a site, a column, a date) need not be said; signs and blanks do not count.
    """
    parts = (part for part in (name, *_NAME_PARTS.split(name)) if _HAN.search(part) and not _DECREE.search(part))
    wanted = {key for key in map(_key, parts) if len(key) >= _SHORTEST_NAME}
    plain = [_plain(line) for _, line in zip(range(_SEARCHED), lines, strict=False)]
    keys = [_key(line) if len(line) <= 2 * LONGEST else "" for line in plain]
    found = ["", *(title for start in range(len(keys)) for title in _from(start, plain, keys, wanted))]
    return max(found, key=len)


def _from(start: int, plain: Sequence[str], keys: Sequence[str], wanted: set[str]) -> Iterator[str]:
    key = ""
    for end in range(start, min(start + _MOST_LINES, len(keys))):
        key += keys[end]
        if not keys[end] or not any(each.startswith(key) for each in wanted):
            return
        if key in wanted:
            yield _joined(plain[start : end + 1])


def _title(head: Sequence[str]) -> str:
    parts: list[str] = []
    for index, line in enumerate(head[:_LOOKED_AT]):
        plain = _plain(line)
        if not _WORD.search(plain) or _NUMBER.match(plain) or _LETTERHEAD.match(plain):
            continue
        broken = _NOT_TITLE.search(plain) and not _continues(plain, head, index)
        if broken or len(_joined([*parts, plain])) > LONGEST:
            return _joined(parts)
        parts.append(plain)
        if not _ORGANS.match(plain):
            return _joined([*parts[:-1], *_completed(plain, head[index + 1 :])])
    return _joined(parts)


def _continues(plain: str, head: Sequence[str], index: int) -> bool:
    """Tell whether a line that ends with a comma is only broken there: the title goes on and ends below."""
    return plain.endswith(("、", "，")) and len(_completed(plain, head[index + 1 :])) > 1


def _completed(first: str, rest: Sequence[str]) -> list[str]:
    """Return the lines of a title that begins with `first`: as many as make it end like one, else itself."""
    lines = [first]
    if _COMPLETE.search(first) and not _is_open(first):
        return lines
    for line in rest[: _MOST_LINES - 1]:
        plain = _plain(line)
        if len(plain) > _LONGEST_LINE or _stops(plain, within=_is_open(_joined(lines))):
            break
        lines.append(plain)
        title = _joined(lines)
        if len(title) > LONGEST:
            break
        if _COMPLETE.search(title) and not _is_open(title):
            return lines
    return [first]


def _stops(plain: str, *, within: bool) -> bool:
    if _NUMBER.match(plain) or _DATE_LINE.match(plain) or _BODY.match(plain) or plain.startswith(("|", "#")):
        return True
    return not within and (bool(_NOT_TITLE.search(plain)) or plain.startswith(("（", "(")))


def _is_open(text: str) -> bool:
    return text.count("《") > text.count("》") or text.endswith("关于")


def _after_announcement(head: Sequence[str]) -> int:
    """Return how many lines an announcement in front of the text itself takes: organs, 公告, its words, its date."""
    for index, line in enumerate(head[:4]):
        if _NO_WORD.sub("", line) in _ANNOUNCEMENT:
            dates = (at for at, below in enumerate(head[index : index + 6], index) if _DATE_LINE.match(below.strip()))
            return next(dates, -1) + 1
        if not _ORGANS.match(_plain(line)):
            return 0
    return 0


def _joined(parts: Sequence[str]) -> str:
    text = ""
    for part in parts:
        between = " " if text and _ORGANS.match(text) and _ORGANS.match(part) else ""
        text += between + part
    return text


def _plain(line: str) -> str:
    return _BLANKS.sub(" ", line.strip().lstrip("# ").strip("* ")).strip()


def _key(text: str) -> str:
    return _NO_WORD.sub("", text)
