"""Document numbers (文号) in every way people write them, brought to one key."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.normalisation import arabic

_OPEN = r"[\[(【〔〖「『《〈{]"
_CLOSE = r"[\])】〕〗」』》〉}]"
_LETTER = r"[\u4e00-\u9fffa-z]"
_AGENCY = rf"(?P<agency>{_LETTER}[\u4e00-\u9fffa-z、\s]{{0,30}}?)"
_YEAR = r"(?P<year>(?:19|20)\s*\d\s*\d)"
_ARABIC = r"(?P<serial>\d{1,5})(?!\d)"
_ANY = r"\d{1,4}|[零〇○一二两三四五六七八九十百千]{1,16}"
_SERIAL = rf"(?P<serial>{_ANY})"
_BRACKETED_YEAR = rf"{_OPEN}\s*{_YEAR}\s*年?\s*{_CLOSE}\s*第?\s*{_ARABIC}"
# what makes the figures after a year a date, an amount or a telephone number
_COUNTED = r"(?!\s*[\d\-./:年月日时点分个人名户家件元万亿岁次周天届期%])"
_NAMED = r"(?<!电话)(?<!热线)(?<!手机)(?<!传真)(?<!号码)(?<!时间)(?<!日期)"
_FULL = (
    re.compile(rf"{_AGENCY}\s*{_BRACKETED_YEAR}\s*号?"),
    re.compile(rf"{_AGENCY}(?<=令|告|报)\s*[\[(【〔]?\s*{_YEAR}\s*[\])】〕]?\s*年?\s*第?\s*{_SERIAL}\s*号"),
    re.compile(rf"{_AGENCY}(?<=令|告)\s*[\[(【〔]?\s*第?\s*{_SERIAL}\s*号"),
    re.compile(
        rf"{_AGENCY}(?<=[院部委局署会府厅席])\s*(?:{_YEAR}\s*年\s*)?第?\s*{_SERIAL}\s*号\s*(?P<kind>令|公告|通告)"
    ),
    re.compile(rf"(?P<agency>{_LETTER}{{2,20}})[\s\-—_]*{_YEAR}(?:[\s\-—_年]+第?|第)\s*{_ARABIC}\s*号"),
    re.compile(rf"(?P<agency>{_LETTER}{{2,20}}){_NAMED}[\s\-—_]*{_YEAR}[\s\-—_]+{_ARABIC}{_COUNTED}"),
)
_BARE = (
    re.compile(rf"{_BRACKETED_YEAR}\s*号"),
    re.compile(
        rf"(?:第\s*|(?<![0-9a-z\u4e00-\u9fff])){_SERIAL}\s*号\s*(?:文|令|公告|通告|通知|决定|意见)"
        rf"|^\W*第\s*(?P<alone>{_ANY})\s*号\W*(?:$|讲|说|是什么|规定|内容|有没有|在哪)"
    ),
)
# every form has figures or the word: most questions have neither, and need not be searched for all forms
_SOME_SIGN = re.compile(r"\d|号")
_LABEL = re.compile(r"^(?:发文字号|发文号|文号|文件编号|字号|编号)[:\s]*")
_COUNTRY = "中华人民共和国"
_SPACE = re.compile(r"[\s、]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A document number taken apart; `agency` may carry words in front of it when taken from running text."""

    agency: str
    year: str
    serial: str

    @property
    def key(self) -> str:
        """`{机关代字}|{年}|{序号}`, the year empty for decrees that have none."""
        return f"{self.agency}|{self.year}|{self.serial}"

    def keys(self) -> Iterator[str]:
        """Yield the keys this may stand for, longest agency first: 请问豫政办〔2014〕59号 asks for 豫政办|2014|59."""
        for start in range(max(1, len(self.agency))):
            yield f"{_agency(self.agency[start:])}|{self.year}|{self.serial}"

    def short_keys(self) -> tuple[str, ...]:
        """Return the keys of this number as written without its agency, or without agency and year."""
        return tuple(dict.fromkeys((f"|{self.year}|{self.serial}", f"||{self.serial}")))


def find_numbers(text: str) -> tuple[Number, ...]:
    """Return the document numbers in a text, in order, each once; those without agency (第59号令) come last."""
    text = _fold(text)
    if not _SOME_SIGN.search(text):
        return ()
    found: dict[Number, int] = {}
    for pattern in (*_FULL, *_BARE):
        for match in pattern.finditer(text):
            found.setdefault(_number(match), match.start() + (len(text) if pattern in _BARE else 0))
        text = pattern.sub(lambda match: "#" * len(match[0]), text)
    return tuple(sorted(found, key=found.__getitem__))


def without_numbers(text: str) -> str:
    """Return a normalised text with each number, and what stands directly before it, blanked out."""
    for pattern in (*_FULL, *_BARE):
        text = pattern.sub(" ", text)
    return text


def own_number(written: str) -> Number | None:
    """Return a document's own number as written in its metadata, or None when there is none with an agency."""
    numbers = find_numbers(_LABEL.sub("", _fold(written)))
    return numbers[0] if numbers and numbers[0].agency else None


def number_key(written: str) -> str:
    """Return the key of a document's own number as written in its metadata, or "" when it is none."""
    number = own_number(written)
    return number.key if number else ""


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def _number(match: re.Match[str]) -> Number:
    parts = {name: value for name, value in match.groupdict().items() if value}
    serial = parts.get("serial") or parts["alone"]
    value = int(serial) if serial.isdecimal() else arabic(serial)
    agency = _agency(_SPACE.sub("", parts.get("agency", "")) + parts.get("kind", ""))
    return Number(agency, _SPACE.sub("", parts.get("year", "")), str(value))


def _agency(written: str) -> str:
    plain = written.removeprefix(_COUNTRY).replace("人民政府令", "政府令")
    return "国令" if plain == "国务院令" else plain
