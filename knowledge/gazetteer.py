"""The gazetteer: the places of the country and their short names, and which of them a text names."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

Place = tuple[str, ...]
"""A place with those it lies in, from the highest down: ("河南省", "鹤壁市", "浚县"); () is the whole country."""
Mention = frozenset[Place]
"""The places that one name may mean: there are four 鼓楼区."""

_INDENT = 2
_SHORTEST = 2
_LONGEST = 16
"""Characters of a name that are looked at."""
_LONG_ENOUGH = 3
"""Characters that a name must have to be known without its 市, 县 or 区 too."""
_SUFFIX = re.compile(r"(?:省|市|县|区|旗|州|盟|地区)$")
_ON_THE_WAY = re.compile(r"[从由自到去往赴离回]$")
"""Before a place: it is where somebody comes from or goes to, not whose rules are asked for."""
_NOT_THE_PLACE = re.compile(
    r"[东西南北中]?[路街]|大街|大道|大学|银行|时间|户?籍|户口|回来|返回|返|回|来的|转|人(?![才民社力大工事口防员均])"
)
"""After a place's name: a street, a school, or a person who comes from there."""


class Gazetteer:
    """Finds places by name; `own` is the office's, and is known with all it lies in even if no list has it."""

    def __init__(self, places: Iterable[tuple[Place, Sequence[str]]] = (), *, own: Place = ()) -> None:
        self._places: dict[str, Mention] = {}
        self._within: dict[Place, dict[str, Place]] = {}
        for place, names in places:
            self._add(place, names)
        self.own = own
        for depth in range(1, len(own) + 1):
            self._add(own[:depth], (own[depth - 1], short_name(own[depth - 1])))
        self._longest = self._lengths()

    @classmethod
    def load(cls, file: Path) -> Self:
        """Return the gazetteer of a file: a place a line with its short names, deeper ones indented by two blanks."""
        return cls(_read(file.read_text(encoding="utf-8")))

    def of_office(self, own: Place) -> "Gazetteer":
        """Return the gazetteer of an office there; what the list knows of its place is believed."""
        known = self.at_start("".join(own))
        full = next(iter(known)) if len(known) == 1 else ()
        return self._with([], own=full if full[-1:] == own[-1:] else own)

    def knowing(self, places: Iterable[Place]) -> "Gazetteer":
        """Return a gazetteer that finds these places too, by their full names."""
        return self._with(places, own=self.own)

    def _with(self, places: Iterable[Place], *, own: Place) -> "Gazetteer":
        more = Gazetteer(((place, place[-1:]) for place in places if place), own=own)
        more._places |= {name: known | more._places.get(name, Mention()) for name, known in self._places.items()}
        more._within |= {above: {**known, **more._within.get(above, {})} for above, known in self._within.items()}
        more._longest = more._lengths()
        return more

    def _lengths(self) -> dict[str, int]:
        """Return how long the longest name is that begins with two characters: few texts have any of them."""
        lengths: dict[str, int] = {}
        for name in chain(self._places, *self._within.values()):
            lengths[name[:_SHORTEST]] = max(lengths.get(name[:_SHORTEST], 0), len(name))
        return lengths

    def fingerprint(self) -> bytes:
        """Return what it knows, in short: equal ones find the same places in every text."""
        names = sorted((name, sorted(known)) for name, known in self._places.items())
        within = sorted((place, sorted(known.items())) for place, known in self._within.items())
        return hashlib.sha256(repr((names, within, self.own)).encode()).digest()

    def at_start(self, text: str) -> Mention:
        """Return the place that a text begins with, as closely as it says; empty where it begins with none."""
        mention, end = self._mention(text, 0, frozenset())
        while mention:
            closer, end = self._mention(text, end, mention)
            if not closer or not _is_closer(closer, mention):
                break
            mention = closer
        return self._nearest(mention)

    def named(self, text: str) -> tuple[Mention, ...]:
        """Return the places that a text names, each as closely as it says."""
        return self._closest(mention for _, _, mention in self._mentions(text))

    def asked(self, question: str) -> tuple[Mention, ...]:
        """Return the places whose rules a normalised question asks for, each as closely as it says."""
        return self._closest(
            mention
            for start, end, mention in self._mentions(question)
            if not _ON_THE_WAY.search(question[:start]) and not _NOT_THE_PLACE.match(question, end)
        )

    def _closest(self, mentions: Iterable[Mention]) -> tuple[Mention, ...]:
        found: list[Mention] = []
        for mention in mentions:
            named = frozenset(place for place in mention if any(is_within(place, each) for each in _all(found)))
            closest = self._nearest(named or mention)
            found = [*(each for each in found if not _is_closer(closest, each)), closest]
        return tuple(dict.fromkeys(found))

    def _add(self, place: Place, names: Sequence[str]) -> None:
        for name in names:
            if len(name) >= _SHORTEST:
                self._places[name] = self._places.get(name, Mention()) | {place}
        within = self._within.setdefault(place[:-1], {})
        above = [name for name in (place[-2], short_name(place[-2])) if name] if len(place) > 1 else []
        for name in (*names, *filter(None, map(short_name, names))):
            within[name] = place
            for prefix in above:
                if name.startswith(prefix) and len(name) >= len(prefix) + _SHORTEST:
                    within.setdefault(name.removeprefix(prefix), place)

    def _mentions(self, text: str) -> Iterator[tuple[int, int, Mention]]:
        before, following = Mention(), 0
        # few places of a text begin as any name does
        for start in [start for start in range(len(text)) if text[start : start + _SHORTEST] in self._longest]:
            if start < following:
                continue
            mention, end = self._mention(text, start, before if start == following else Mention())
            if mention:
                yield start, end, mention
                before, following = mention, end

    def _mention(self, text: str, start: int, before: Mention) -> tuple[Mention, int]:
        """Return the longest name that begins here and its end; after a place, those in it have short names."""
        longest = self._longest.get(text[start : start + _SHORTEST], 0)
        for end in range(min(start + min(longest, _LONGEST), len(text)), start + 1, -1):
            name = text[start:end]
            within = [self._within[place][name] for place in before if name in self._within.get(place, ())]
            known = frozenset(within) or self._places.get(name)
            if known:
                return known, end
        return Mention(), start

    def _nearest(self, mention: Mention) -> Mention:
        """Return of the places of one name those on the office's own line, else the province, else all."""
        own = frozenset(place for place in mention if self.own and is_related(place, self.own))
        return own or frozenset(place for place in mention if len(place) == 1) or mention


def short_name(name: str) -> str:
    """Return a name without its 市, 县, 区…; "" where too little would be left of it."""
    return _SUFFIX.sub("", name) if len(name) >= _LONG_ENOUGH else ""


def is_within(place: Place, other: Place) -> bool:
    """Return whether a place is another one, or lies in it."""
    return place[: len(other)] == other


def is_related(place: Place, other: Place) -> bool:
    """Return whether one of two places lies in the other, or they are one."""
    return is_within(place, other) or is_within(other, place)


def _is_closer(mention: Mention, other: Mention) -> bool:
    """Return whether one says more closely where the other is."""
    return all(any(place != each and is_within(place, each) for each in other) for place in mention)


def _all(mentions: Iterable[Mention]) -> Iterator[Place]:
    return (place for mention in mentions for place in mention)


def _read(text: str) -> Iterator[tuple[Place, Sequence[str]]]:
    above: list[str] = []
    for line in text.splitlines():
        names = line.split()
        if not names or line.startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip())) // _INDENT
        above[depth:] = [names[0]]
        yield tuple(above), names
