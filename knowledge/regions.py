"""Which place a text speaks for, and how that place stands to the office's own."""

import re
from collections.abc import Iterable
from enum import StrEnum

from knowledge.gazetteer import Gazetteer, Mention, Place, is_related, is_within, short_name
from knowledge.types import Document

_NATIONAL = re.compile(r"国务院|全国人|全国政协|最高人民|中共中央|中央|中华人民共和国|国家(?!税务总局.)")
_BRANCH = re.compile(r"^(?:国家税务总局(?=.)|中国共产党|中共)")
_PLACE = re.compile(
    r"^(?:(?![本全各我该外])[\u4e00-\u9fff]县|[\u4e00-\u9fff]{2,8}?"
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|州|盟|地区|新区|县|区|旗))"
)

Places = tuple[Place, ...]


class Standing(StrEnum):
    """How the place of a text stands to the office's own."""

    OWN = "own"
    """Its own, or as far as anybody can tell."""
    ABOVE = "above"
    """Of the whole country, or of a place that the office's own lies in."""
    ELSEWHERE = "elsewhere"


def place_of(issuer: str, gazetteer: Gazetteer) -> Place:
    """Return the place that an agency's name begins with; () where there is none or it means several."""
    agency = _BRANCH.sub("", issuer.strip())
    known = gazetteer.at_start(agency)
    if known:
        return next(iter(known)) if len(known) == 1 else ()
    spelled = _PLACE.match(agency)
    return (spelled[0],) if spelled else ()


def places_of(document: Document, gazetteer: Gazetteer) -> Places:
    """Return the places whose rules a document states; empty for a text of the whole country, or of no known place.

    The first is that of its issuer, the others are those its title names. A title alone says too little.
    """
    first = () if _NATIONAL.match(document.issuer.strip()) else place_of(document.issuer, gazetteer)
    named = (place for mention in gazetteer.named(document.title) for place in mention)
    return tuple(dict.fromkeys((first, *named))) if first else ()


def standing(document: Document, gazetteer: Gazetteer) -> Standing:
    """Return how the place of a document stands to the office's own; unknown counts as own."""
    own = gazetteer.own
    short = own and (short_name(own[-1]) or own[-1])
    if not short or short in document.issuer or short in document.title:
        return Standing.OWN
    if _NATIONAL.match(document.issuer.strip()):
        return Standing.ABOVE
    place = next(iter(places_of(document, gazetteer)), own)
    if is_within(place, own):
        return Standing.OWN
    return Standing.ABOVE if is_within(own, place) else Standing.ELSEWHERE


def applies(places: Places, asked: Iterable[Mention]) -> bool:
    """Return whether a text of these places may answer a question about others.

    It may if one of its places is one asked for, lies in one or above one; also if it is of none.
    """
    wanted = [place for mention in asked for place in mention]
    return not places or any(is_related(place, each) for place in places for each in wanted)
