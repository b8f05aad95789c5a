"""How long a text says it holds, and which texts it says it ends."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.dates import ANY_DATE, read_date
from knowledge.normalisation import arabic
from knowledge.numbers import number_key
from knowledge.types import Validity

_SENTENCE = re.compile(r"[^。；;\n]+")
_SIGN = re.compile(r"有效期|施行|实施|执行|试行|生效")
_SELF = r"本[\u4e00-\u9fff（）()]{1,12}?"
_RELATIVE = r"(?:发布|公布|颁布|印发|下发|发文|签发|通过|批准)之日|即日"
_AFTER = r"(?:起?(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})(?P<unit>个工作日|日|天|个月)后)?"
_START = re.compile(
    rf"(?:^|[（(，,：:\s]|{_SELF})(?:将)?[自从于]\s*(?:(?P<day>{ANY_DATE})|(?P<relative>{_RELATIVE}))\s*{_AFTER}起?\s*"
    r"(?:正式)?(?:施行|实施|执行|试行|生效)"
)
_NUMERAL = r"(\d{1,2}|[一二两三四五六七八九十]{1,3})"
_LENGTH = re.compile(
    rf"(?:有效期|试行期|施行期|实施期|执行期)限?(?:为|是|：|:)?\s*{_NUMERAL}\s*(年|个月)|试行{_NUMERAL}(年)"
)
_END = re.compile(
    rf"(?:有效期|试行期|施行期|实施期|执行期)限?(?:为|是|：|:)?(?:自?\s*{ANY_DATE}起?)?\s*(?:至|到|截至|截止到?)\s*({ANY_DATE})"
    rf"|(?:施行|实施|执行)\s*[，,]?\s*(?:至|到|有效期至)\s*({ANY_DATE})(?:止|废止|失效|终止)?"
)
_OWN_LENGTH = re.compile(rf"^\s*(?:第[一二三四五六七八九十百]{{1,5}}条\s*)?{_SELF}(?:的)?有效期|^\s*有效期")
_REPEAL = re.compile(r"(?:同时|即行|相应|一并|均?予以?|自行)\s*(?:废止|失效)|停止执行")
_IN_FORCE = re.compile(r"起?(?:施行|实施|执行|生效)")
_NAMED = re.compile(r"《((?:[^《》]|《[^《》]{1,80}》){2,120})》(?:\s*[（(]([^，。；]{3,40}?号)\s*[）)])?")
_MOST_REPEALS = 50


@dataclass(frozen=True, slots=True)
class Term:
    """From when and until when (the last day) a text holds; None where it does not say."""

    effective_on: date | None = None
    expires_on: date | None = None


def read_term(text: str, *, issued_on: date | None = None) -> Term:
    """Return what a text says of its own term; "自发布之日起" counts from `issued_on`.

    A text that names its term several times (a notice and the rules it brings) is held to the one with an end,
    else to the last.
    """
    found = Term()
    for sentence in _sentences(text):
        term = _term(sentence, found, issued_on)
        if term.expires_on or (term.effective_on and not found.expires_on):
            found = term
    return found


def judge(stated: Validity, *, effective_on: date | None, expires_on: date | None, today: date) -> Validity:
    """Return the validity on a day: what was stated, unless the term has not begun or is over.

    A draft stays one, and what was repealed is not revived by its dates.
    """
    if stated in {Validity.DRAFT, Validity.REPEALED, Validity.EXPIRED}:
        return stated
    if expires_on and expires_on < today:
        return Validity.EXPIRED
    if effective_on and effective_on > today:
        return Validity.NOT_YET_EFFECTIVE
    return Validity.IN_FORCE if stated is Validity.NOT_YET_EFFECTIVE and effective_on else stated


def read_repeals(text: str) -> tuple[str, ...]:
    """Return the numbers, else titles, of the documents that a text says end with it ("…同时废止")."""
    found: dict[str, None] = {}
    for sentence in _SENTENCE.findall(text):
        end = _REPEAL.search(sentence)
        if not end:
            continue
        starts = [start.end() for start in _IN_FORCE.finditer(sentence, 0, end.start())]
        for name in _NAMED.finditer(sentence, starts[-1] if starts else 0, end.start()):
            title, number = name.groups()
            found[number if number and number_key(number) else title] = None
    return tuple(found)[:_MOST_REPEALS]


def _sentences(text: str) -> Iterator[str]:
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        if len(sentence) <= 500 and _SIGN.search(sentence):  # noqa: PLR2004  longer ones are no sentences
            yield sentence.strip()


def _term(sentence: str, before: Term, issued_on: date | None) -> Term:
    """Return the term that one sentence tells; one of the length alone goes on from the start told before."""
    start = _START.search(sentence)
    begins = _begins(start, issued_on) if start else None
    own_length = _OWN_LENGTH.search(sentence)
    if not start and not own_length:
        return Term()
    if begins is None and own_length:
        begins = before.effective_on or issued_on
    return Term(begins, _ends(sentence, begins))


def _begins(start: re.Match[str], issued_on: date | None) -> date | None:
    begins = read_date(start["day"]) if start["day"] else issued_on
    if begins is None or not start["count"] or start["unit"] == "个工作日":
        return begins
    count = _count(start["count"])
    return _months_after(begins, count) if start["unit"] == "个月" else begins + timedelta(days=count)


def _ends(sentence: str, begins: date | None) -> date | None:
    named = _END.search(sentence)
    if named:
        return read_date(named[1] or named[2])
    length = _LENGTH.search(sentence)
    if not length or not begins:
        return None
    count, unit = _count(length[1] or length[3]), length[2] or length[4]
    return _months_after(begins, count * 12 if unit == "年" else count) - timedelta(days=1)


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else arabic(written)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
