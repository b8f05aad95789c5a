"""The scan for what must not be published unseen: personal data and secrecy marks."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from knowledge.types import Concern, ConcernKind, Document

Finders = tuple[tuple[ConcernKind, Callable[[str], Iterator[tuple[int, int]]]], ...]
# full-width digits and letters as ASCII, one character for one: positions stay
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
_INVISIBLE = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF))
_GAP = r"\s{0,2}+"
# the digits of the date first: a text of nothing but digits must not be looked through digit by digit
_BIRTH = rf"(?:1{_GAP}9|2{_GAP}0)(?:{_GAP}[0-9]){{2}}{_GAP}(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}[0-3]{_GAP}[0-9]"
_IDENTITY = re.compile(
    rf"(?<![0-9])(?=([1-9](?:{_GAP}[0-9]){{5}}{_GAP}{_BIRTH}(?:{_GAP}[0-9]){{3}}{_GAP}[0-9Xx]))[1-9]"
)
_OLD_IDENTITY = re.compile(
    r"(?:身份证|公民身份)(?:件)?(?:号码?)?[^0-9\n]{0,6}(?<![0-9])([1-9][0-9]{14})(?![0-9A-Za-z])"
)
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z_=])(?<![0-9][.-])(?:\+?86[ -]?)?(1[3-9][0-9](?:[ -]?[0-9]{4}){2})(?![0-9A-Za-z_])(?![.-][0-9])"
)
_CARD = re.compile(
    r"(?<![0-9A-Za-z_=])(?<![0-9][.-])(?=62|60|9558|4|5[1-5])"
    r"([0-9]{4}(?:[0-9]{12,15}|(?: [0-9]{4}){3}(?: [0-9]{1,3})?))(?![0-9A-Za-z_])(?![.-][0-9])"
)
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•・ ]?"
    r"(?:[DF][0-9A-HJ-NP-Z][0-9]{4}|[0-9]{5}[DF]|(?=(?:[A-Z]?[0-9]){3})[0-9A-HJ-NP-Z]{5}|[0-9A-HJ-NP-Z]{4}[挂学港澳]))"
    r"(?![0-9A-Za-z-])"
)
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})")
_OFFICE_MAIL = re.compile(r"[@.]gov\.cn$", re.IGNORECASE)
_LABELLED = re.compile(r"(?:信箱|邮箱|邮件|e-?mail)(?:地址|账号)?[^0-9A-Za-z]{0,4}$", re.IGNORECASE)
_SOMEBODY = re.compile(r"联系人|姓名|先生|女士|老师|同志")
_NUMBERED = re.compile(r"[0-9]+@")
_NEAR = 60
"""Characters before an address in which a person is named."""

_DEGREE = r"(?:绝\s?密|机\s?密|秘\s?密)"
_TERM = r"(?:长\s?期|[0-9]{1,3}\s?(?:年|个月|月|天|日)|解密前|启用前)"
_SECRECY = re.compile(
    rf"({_DEGREE}\s?[★☆*](?:\s?{_TERM})?"
    rf"|密\s?级\s?[:|][\s|]{{0,3}}{_DEGREE}"
    rf"|^[# 【\[(〔]{{0,6}}{_DEGREE}[】\])〕 ]{{0,6}}(?:[(]?{_TERM}[)]?)? *$)",
    re.MULTILINE,
)
_BEWARE = r"(?:注意保存|妥善保管|请勿外传|不得外传|严禁外传|不得翻印|仅供内部)"
_INTERNAL = re.compile(
    rf"(内部(?:资料|文件|材料|刊物|使用)[,、;:\s·]{{0,3}}{_BEWARE}"
    rf"|^[# 【\[(〔]{{0,6}}(?:内部(?:资料|文件|材料|刊物|使用|参考)|工作秘密|不予公开|{_BEWARE})[】\])〕!。 ]{{0,6}}$"
    r"|工作秘密\s?[★☆*]"
    r"|此件(?:不予?公开|不宜公开|依申请公开)"
    r"|公开(?:属性|方式|类别|选项|形式)\s?[:|][\s|]{0,3}(?:不予?公开|依申请公开))",
    re.MULTILINE,
)
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_CENTURIES = ("19", "20")
_BEFORE = 10
"""Characters shown before a place, and after it."""


def scan(document: Document, dropped: str = "") -> tuple[Concern, ...]:
    """Return what a person must look at in what is shown of a document, in its order; excerpts are masked.

    `dropped` is what stood in the file outside the main text: only the marks of secrecy in it count.
    """
    fields = (
        *(document.title, document.issuer, document.number, document.topic, document.department),
        *(document.url, document.disclosure_reason),
    )
    text = _visible(document.text)
    breaks = [found.start() for found in re.finditer("\n", text)]
    places = [
        *((kind, shown, 0, False) for each in fields for _, kind, shown in _places(_visible(each), _FINDERS)),
        *((kind, shown, bisect_right(breaks, start) + 1, False) for start, kind, shown in _places(text, _FINDERS)),
        *((kind, shown, 0, True) for _, kind, shown in _places(_visible(dropped), _MARKS)),
    ]
    return tuple(Concern(number, *place) for number, place in enumerate(places, start=1))


def again(document: Document, before: Sequence[Concern]) -> tuple[Concern, ...]:
    """Return the concerns of a text that was changed: those from outside the main text stay, whatever it says now."""
    inside = scan(document)
    outside = (concern for concern in before if concern.outside)
    return (*inside, *(replace(each, number=number) for number, each in enumerate(outside, len(inside) + 1)))


def is_identity_number(number: str) -> bool:
    """Return whether 18 characters are a 公民身份号码 (GB 11643-1999): region, date of birth and check character.

    Also of the permanent residence cards of foreigners, which begin with 9 before the province.
    """
    if len(number) != len(_WEIGHTS) + 1 or not number[:-1].isdecimal():
        return False
    province = number[1:3] if number[0] == "9" else number[:2]
    if province not in _PROVINCES or not _is_date(number[6:14]):
        return False
    remainder = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:-1], strict=True)) % 11
    return number[-1].upper() == _CHECK_CHARACTERS[remainder]


def passes_luhn(number: str) -> bool:
    """Return whether the last digit is the check digit of those before it (ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2])  # noqa: PLR2004  # two figures
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _visible(text: str) -> str:
    """Return a text without the characters that nobody sees; its lines stay."""
    return text.translate(_INVISIBLE)


def _places(text: str, finders: Finders) -> list[tuple[int, ConcernKind, str]]:
    """Return start, kind and masked excerpt of every place; of two that overlap the first kind of the list stays."""
    narrow = text.translate(_NARROW)
    taken: list[tuple[int, int, ConcernKind]] = []
    covered = bytearray(len(narrow))
    for kind, find in finders:
        for start, end in find(narrow):
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                taken.append((start, end, kind))
    return [(start, kind, _excerpt(text, start, end, kind)) for start, end, kind in sorted(taken)]


def _identity_numbers(text: str) -> Iterator[tuple[int, int]]:
    for found in _IDENTITY.finditer(text):
        if is_identity_number(_plain(found[1])):
            yield found.span(1)
    for found in _OLD_IDENTITY.finditer(text):
        if found[1][:2] in _PROVINCES and _is_date(f"19{found[1][6:12]}"):
            yield found.span(1)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for found in _CARD.finditer(text):
        number = _plain(found[1])
        international = number[0] in "45"
        if passes_luhn(number) and (not international or len(number) == 16):  # noqa: PLR2004  # of Visa and Mastercard
            yield found.span(1)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for found in _EMAIL.finditer(text):
        before = text[max(found.start() - _NEAR, 0) : found.start()]
        office = _LABELLED.search(before) and not _SOMEBODY.search(before) and not _NUMBERED.match(found[1])
        if not office and not _OFFICE_MAIL.search(found[1]):
            yield found.span(1)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (found.span(1) for found in pattern.finditer(text))


_MARKS: Finders = (
    (ConcernKind.SECRECY_MARK, _matches(_SECRECY)),
    (ConcernKind.INTERNAL_MARK, _matches(_INTERNAL)),
)
_FINDERS: Finders = (
    *_MARKS,
    (ConcernKind.IDENTITY_NUMBER, _identity_numbers),
    (ConcernKind.BANK_CARD, _cards),
    (ConcernKind.MOBILE, _matches(_MOBILE)),
    (ConcernKind.PLATE, _matches(_PLATE)),
    (ConcernKind.EMAIL, _emails),
)


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return digits[:2] in _CENTURIES


def _plain(number: str) -> str:
    return re.sub(r"[^0-9Xx]", "", number)


def _excerpt(text: str, start: int, end: int, kind: ConcernKind) -> str:
    """Return the place with a little around it on the same line, everything that could identify anybody as stars."""
    before = text[max(start - _BEFORE, 0) : start].rpartition("\n")[2]
    after = text[end : end + _BEFORE].partition("\n")[0]
    found = " ".join(text[start:end].split())
    if kind not in {ConcernKind.SECRECY_MARK, ConcernKind.INTERNAL_MARK}:
        found = f"{found[:3]}{'*' * max(len(found) - 5, 3)}{found[-2:]}"
    return f"{_masked(before)}{found}{_masked(after)}".strip()


def _masked(text: str) -> str:
    return re.sub(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]", "*", text)
