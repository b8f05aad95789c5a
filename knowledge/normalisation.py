"""The one written form that questions and documents are compared in."""

import re
import unicodedata

from opencc import OpenCC

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERALS = "零〇○一二两三四五六七八九十百千"
_LONGEST = 16
"""Characters a Chinese numeral may have."""
_ORDINAL = re.compile(rf"第([{_NUMERALS}]{{1,{_LONGEST}}})(?=[编章节条款项号批期届次])")
_YEAR = re.compile(r"(?:一九|二[零〇○])[零〇○一二三四五六七八九]{2}(?=年)")
_HAN = (0x3400, 0xA000)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SEPARATE = r"\x00-\x7f\u3000-\u3003\u3008-\u3011\u3014-\u301b\u4e00-\u9fff\uff01-\uff5e“”‘’—…·"
"""Characters that never join with the one before: nearly all that official texts are made of."""
_CHANGING = re.compile(rf"(?s:.)?[^{_SEPARATE}]+|[\u3000\uff01-\uff5e…]")
"""All others with what they may join with, and those that NFKC changes one by one."""
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ud800-\udfff\ufeff]")


def arabic(numeral: str) -> int:
    """Return the value of a Chinese numeral below ten thousand or of plain digits (二〇二四); -1 for other text."""
    if not 0 < len(numeral) <= _LONGEST or any(character not in _NUMERALS for character in numeral):
        return -1
    if not any(character in _UNITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total = 0
    digit = 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def clean(text: str) -> str:
    """Return the text with plain line ends, without control and invisible characters and halves of surrogate pairs."""
    return _INVISIBLE.sub("", _LINE_END.sub("\n", text))


def compatible(text: str) -> str:
    """Return the text in NFKC; faster than unicodedata where it is Chinese."""
    return _CHANGING.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


class Normaliser:
    """Brings a text to the form compared: NFKC, simplified characters, lower case, Arabic ordinals and years."""

    def __init__(self) -> None:
        traditional = [chr(code) for code in range(*_HAN)]
        simplified = OpenCC("t2s").convert("\n".join(traditional)).split("\n")
        # character by character: lengths stay, and a phrase table would cost more than it finds
        self._simplified = {old: new for old, new in zip(traditional, simplified, strict=True) if old != new}
        # searched for first: most texts have none, and str.translate looks every character up
        self._traditional = re.compile(f"[{''.join(self._simplified)}]")

    def __call__(self, text: str) -> str:
        """Return the normalised text; lengths may change, so positions do not carry over."""
        text = self._traditional.sub(lambda found: self._simplified[found[0]], compatible(clean(text))).lower()
        text = _ORDINAL.sub(lambda found: f"第{arabic(found[1])}", text)
        return _YEAR.sub(lambda found: str(arabic(found[0])), text)
