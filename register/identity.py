"""Numbers that name a person or an organisation, and how to reach them: one Chinese sentence for what is wrong."""

import re
import unicodedata
from datetime import date

_REGIONS = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
"""The first two digits of a resident's number: GB/T 2260; 81 to 83 on the residence permits of 港澳台 residents."""
_ID_LENGTH = 18
_OLD_LENGTH = 15
_ID = re.compile(r"[0-9]{17}[0-9X]")
_ID_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_ID_CHECKS = "10X98765432"
_OLDEST = 1900
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE = re.compile(rf"[159ANY2-8][{_CODE_SIGNS}][0-9]{{6}}[{_CODE_SIGNS}]{{10}}")
_CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:(?:10|2[0-9])-?[1-9][0-9]{7}|[3-9][0-9]{2}-?[1-9][0-9]{6,7})(?:[-#][0-9]{1,6})?")
_WITHOUT_AREA = re.compile(r"[1-9][0-9]{6,7}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_PERMIT = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?|[0-9]{8}(?:[0-9]{2}(?:\([A-Z]\))?)?")


def normalised(number: str) -> str:
    """Return a number as it is compared and indexed: half-width, upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def resident_id_fault(number: str, *, today: date) -> str:
    """Return what is wrong with the number of a 居民身份证 (GB 11643-1999), or nothing; the number is not repeated."""
    given = normalised(number)
    misshapen = _misshapen(given)
    if misshapen:
        return misshapen
    born = _born(given)
    if born is None or born > today:
        return "身份证号码里的出生日期不存在，请核对第 7 到 14 位。"
    if given[-1] != _id_check(given):
        return "身份证号码校验不通过，可能写错了一位或者写反了两位，请核对。"
    return ""


def born_on(number: str) -> date | None:
    """Return the date of birth in the number of a 居民身份证; None where it is no such number."""
    return None if resident_id_fault(number, today=date.max) else _born(normalised(number))


def credit_code_fault(code: str) -> str:
    """Return what is wrong with a 统一社会信用代码 (GB 32100-2015), or nothing."""
    given = normalised(code)
    if not given:
        return "请填写统一社会信用代码。"
    if len(given) != _ID_LENGTH:
        old = "旧的注册号、组织机构代码已经停止使用，" if len(given) in {9, 13, 15} else ""
        return f"{old}统一社会信用代码应为 18 位，现在是 {len(given)} 位，请核对。"
    if not _CODE.fullmatch(given):
        return "统一社会信用代码写法不对：不含字母 I、O、S、V、Z，第 3 到 8 位是数字，请核对。"
    if given[-1] != _code_check(given):
        return "统一社会信用代码校验不通过，可能写错了一位，请核对。"
    return ""


def phone_fault(number: str) -> str:
    """Return what is wrong with a mobile number or a landline number with its area code, or nothing."""
    given = re.sub("[—–]", "-", re.sub("转|分机|,", "#", normalised(number))).replace("(", "").replace(")", "-")
    if not given:
        return "请填写联系电话。"
    if _LANDLINE.fullmatch(given) or _MOBILE.fullmatch(given.replace("-", "")):
        return ""
    if _WITHOUT_AREA.fullmatch(given):
        return "固定电话请加区号，例如 0371-65900000。"
    return "联系电话不正确，请填写 11 位手机号码，或者带区号的固定电话。"


def passport_fault(number: str) -> str:
    """Return what is wrong with the number of a passport of any country, or nothing."""
    if _PASSPORT.fullmatch(normalised(number)):
        return ""
    return "护照号码应为 5 到 17 位字母或者数字，请核对。"


def permit_fault(number: str, *, today: date) -> str:
    """Return what is wrong with the number of a permit of a resident of 港澳台, or nothing.

    It is the 来往内地通行证 (H or M and 8 or 10 digits), the 来往大陆通行证 (8 or 10 digits) or, with 18 digits like a
    resident's, the 居住证.
    """
    given = normalised(number)
    if len(given) == _ID_LENGTH:
        return resident_id_fault(given, today=today)
    if _PERMIT.fullmatch(given):
        return ""
    return "通行证号码应为 H 或者 M 加 8 到 10 位数字，或者 8 到 10 位数字；居住证号码为 18 位。请核对。"


def _misshapen(given: str) -> str:
    if not given:
        return "请填写身份证号码。"
    if len(given) == _OLD_LENGTH and given.isdecimal():
        return "15 位的旧身份证号码已经停止使用，请填写 18 位的号码。"
    if len(given) != _ID_LENGTH:
        return f"身份证号码应为 18 位，现在是 {len(given)} 位，请核对。"
    if not _ID.fullmatch(given):
        return "身份证号码的前 17 位应为数字，最后一位应为数字或者 X，请核对。"
    if int(given[:2]) not in _REGIONS:
        return "身份证号码的前两位不是省级行政区的代码，请核对。"
    return ""


def _born(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= _OLDEST else None


def _id_check(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number[:-1], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def _code_check(code: str) -> str:
    total = sum(_CODE_SIGNS.index(sign) * weight for sign, weight in zip(code[:-1], _CODE_WEIGHTS, strict=True))
    return _CODE_SIGNS[-total % 31]
