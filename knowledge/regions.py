"""Which place a text speaks for, read from who issued it."""

import re

_NATIONAL = re.compile(r"国务院|全国人|全国政协|最高人民|中共中央|中央|中华人民共和国|国家(?!税务总局.)")
_BRANCH = re.compile(r"^(?:国家税务总局(?=.)|中国共产党|中共)")
_PLACE = re.compile(
    r"^(?:(?![本全各我该外])[\u4e00-\u9fff]县|([\u4e00-\u9fff]{2,8}?)"
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|州|盟|地区|新区|县|区|旗))"
)


def place_of(issuer: str) -> str:
    """Return the first place in an agency's name, without 省, 市, 县…: 云岭 for 云岭县民政局; "" where it has none."""
    found = _PLACE.match(_BRANCH.sub("", issuer.strip()))
    return (found[1] or found[0]) if found else ""


def is_local(issuer: str, *, title: str, office: str) -> bool:
    """Return whether a text is of the office's own place, as far as its issuer and title tell; unknown counts as own.

    A national text, one of a higher level and one of another place are not local.
    """
    own = place_of(office)
    if not own or own in issuer or own in title:
        return True
    return not (place_of(issuer) or _NATIONAL.match(issuer.strip()))
