"""What names a person in free text: numbers, telephones, addresses of e-mail, which come there by mistake."""

import re
import unicodedata

MASK = "＊＊＊"
_BETWEEN = r" \-\u00a0\u3000－–—·"
"""What people put between the digits of a long number."""
_RUN = rf"\d(?:[{_BETWEEN}]*+\d)*+(?:[{_BETWEEN}]*+[XxＸｘ])?"
"""A number to its end; what was taken is not given back, so that a long text is gone through once."""
_LONG = rf"(?<!\d)(?=\d[\d{_BETWEEN}]{{9,}}?[\dXxＸｘ])(?P<long>{_RUN})"
"""Eleven signs and more: mobile, identity and bank card numbers, telephones with their area. No 文号 is as long."""
_EMAIL = r"[A-Za-z0-9._%+-]{1,64}+[@＠][A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++"
_TELEPHONE = rf"(?P<telephone>(?:电话|手机|座机|联系方式)[^\d\n＊]{{0,6}})(?=\d[\d{_BETWEEN}]{{5,}}?\d){_RUN}"
_DOCUMENT = r"(?P<document>(?:护照|通行证|证件)[^\dA-Za-z\n＊]{0,8})(?:[A-Za-z]{1,2}\d{7,9}|[HMhm]\d{10})(?!\d)"
"""Short numbers are told by the word before them; others of their form are numbers of files."""
_CASE = r"(?P<case>(?<=＊|[^\W\d_]) ?[-－–—] ?20\d{2} ?[-－–—] ?\d{6}(?!\d))"
"""What the office itself gave out: 云岭-2026-000123."""
_PARTICULARS = re.compile(f"{_TELEPHONE}|{_DOCUMENT}|{_CASE}|{_LONG}|{_EMAIL}")
_AND = rf"[{_BETWEEN}]{{1,3}}"
_MONTH, _DAY, _HOUR = r"(?:0?[1-9]|1[0-2])(?!\d)", r"(?:0?[1-9]|[12]\d|3[01])(?!\d)", r"(?:[01]?\d|2[0-3])(?!\d)"
_DATE = rf"(?:19|20)\d\d(?:{_AND}{_MONTH}(?:{_AND}{_DAY}(?:{_AND}{_HOUR})?)?)?"
"""A year, a month, a day, or the hour of a day. Neither an identity number nor a mobile number is made of them."""
_DATES = re.compile(rf"{_DATE}(?:{_AND}{_DATE})*+")


def without_particulars(text: str) -> str:
    """Return a text as it may be kept in clear and searched: MASK for each number that names a person."""
    return _PARTICULARS.sub(_masked, text)


def only_dates(run: str) -> bool:
    """Whether digits with what stands between them are nothing but years, dates and times: 2021-2025 2026-2030."""
    return _DATES.fullmatch(unicodedata.normalize("NFKC", run)) is not None


def _masked(found: re.Match[str]) -> str:
    if found["case"] or (found["long"] and only_dates(found["long"])):
        return found.group()
    return f"{found['telephone'] or found['document'] or ''}{MASK}"
