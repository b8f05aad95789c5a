"""Document numbers (文号) in every way people write them, brought to one key."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.normalisation import arabic

_OPEN = r"[\[(【〔「『《〈{]"
_CLOSE = r"[\])】〕」』》〉}]"
_AGENCY = r"[\u4e00-\u9fffa-z]"
_NUMERAL = r"[零〇一二两三四五六七八九十百千]+"
_BRACKETED = re.compile(
    rf"({_AGENCY}[\u4e00-\u9fffa-z0-9、\s]{{0,30}}?)\s*{_OPEN}\s*((?:19|20)\s*\d\s*\d)\s*年?\s*{_CLOSE}\s*第?\s*(\d{{1,5}})\s*号?"
)
_SPACED = re.compile(rf"({_AGENCY}{{2,20}})[\s\-—_]*((?:19|20)\d\d)[\s\-—_年]+第?\s*(\d{{1,4}})\s*号?")
_YEARED = re.compile(
    rf"({_AGENCY}[\u4e00-\u9fffa-z、\s]{{0,30}}?(?:公告|通告|令|公报))\s*[\[(【〔]?\s*((?:19|20)\d\d)\s*[\])】〕]?\s*年?\s*第?\s*(\d{{1,4}})\s*号"
)
_DECREE = re.compile(
    rf"({_AGENCY}[\u4e00-\u9fffa-z、\s]{{0,30}}?(?:令|公告))\s*[\[(【〔]?\s*第?\s*(\d{{1,4}}|{_NUMERAL})\s*号"
)
_BARE = re.compile(rf"第\s*(\d{{1,4}}|{_NUMERAL})\s*号(?!\S{{0,2}}[楼院街路])")
_LABEL = re.compile(r"^(?:发文字号|发文号|文号|文件编号|字号|编号)[:\s]*")
_STATE_COUNCIL = re.compile(r"^(?:中华人民共和国)?国务院令$")
_SPACE = re.compile(r"\s+")


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


def find_numbers(text: str) -> tuple[Number, ...]:
    """Return the document numbers in a text, in order, each once; bare 第59号 comes last with an empty agency."""
    text = _fold(text)
    found: dict[Number, int] = {}
    taken: list[tuple[int, int]] = []
    for pattern in (_BRACKETED, _YEARED, _DECREE, _SPACED, _BARE):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            found.setdefault(_number(match), match.start() + (len(text) if pattern is _BARE else 0))
    return tuple(sorted(found, key=found.__getitem__))


def number_key(written: str) -> str:
    """Return the key of a document's own number as written in its metadata, or "" when it is none."""
    numbers = find_numbers(_LABEL.sub("", _fold(written)))
    return numbers[0].key if numbers else ""


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def _number(match: re.Match[str]) -> Number:
    groups = match.groups()
    serial = groups[-1]
    value = int(serial) if serial.isdigit() else arabic(serial)
    agency = _agency(_SPACE.sub("", groups[0])) if len(groups) > 1 else ""
    year = _SPACE.sub("", groups[1]) if len(groups) == 3 else ""  # noqa: PLR2004  # agency, year, serial
    return Number(agency, year, str(value))


def _agency(written: str) -> str:
    written = written.replace("、", "")
    return "国令" if _STATE_COUNCIL.match(written) else written
