"""What names a person in free text: numbers, telephones, addresses of e-mail, which come there by mistake."""

import re

MASK = "＊＊＊"
_BETWEEN = r" \-\u00a0\u3000－–—·"
"""What people put between the digits of a long number."""
_LONG = rf"(?<!\d)\d[\d{_BETWEEN}]{{9,}}[\dXxＸｘ](?![\dXxＸｘ])"
"""Eleven signs and more: mobile, identity and bank card numbers, telephones with their area. No 文号 is as long."""
_EMAIL = r"[A-Za-z0-9._%+-]+[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_TELEPHONE = rf"(?P<telephone>(?:电话|手机|座机|联系方式)[^\d\n]{{0,6}})\d[\d{_BETWEEN}]{{5,}}\d"
_DOCUMENT = r"(?P<document>(?:护照|通行证|证件)[^\dA-Za-z\n]{0,8})[A-Za-z]{1,2}\d{7,9}(?!\d)"
"""Short numbers are told by the word before them; others of their form are numbers of files."""
_PARTICULARS = re.compile(f"{_TELEPHONE}|{_DOCUMENT}|{_LONG}|{_EMAIL}")


def without_particulars(text: str) -> str:
    """Return a text as it may be kept in clear and searched: MASK for each number that names a person."""
    return _PARTICULARS.sub(lambda found: f"{found['telephone'] or found['document'] or ''}{MASK}", text)
