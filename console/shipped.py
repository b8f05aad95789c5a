"""The words that come with the software, as the page of words lists them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from knowledge.synonyms import Synonym
from knowledge.upkeep import ShippedList, Turn
from knowledge.vocabulary import Lexicon

MOST = 50
"""Entries of one list that are shown at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One shipped entry: a synonym, or a plain word; `off` is the turn that switched it off.

    `replaced`: the office has a synonym of its own for the word, which counts instead.
    """

    word: str
    synonym: Synonym | None
    off: Turn | None
    replaced: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One shipped list: the first entries that match, how many match, how many there are and how many are off."""

    kind: ShippedList
    entries: tuple[Entry, ...]
    found: int
    total: int
    off: int


def listings(
    shipped: Lexicon, off: Mapping[tuple[ShippedList, str], Turn], *, own: Collection[str], find: str
) -> Iterator[Listing]:
    """Yield the shipped lists that have entries; with `find` only entries that hold these characters."""
    for kind in ShippedList:
        entries = [
            Entry(word, synonym, off.get((kind, word)), replaced=synonym is not None and word in own)
            for word, synonym in _entries(shipped, kind).items()
        ]
        found = [entry for entry in entries if find in _text(entry)]
        if entries:
            yield Listing(
                kind, tuple(found[:MOST]), len(found), len(entries), sum(bool(entry.off) for entry in entries)
            )


def has(shipped: Lexicon, kind: ShippedList, word: str) -> bool:
    """Return whether a shipped list has an entry."""
    return word in _entries(shipped, kind)


def _entries(shipped: Lexicon, kind: ShippedList) -> Mapping[str, Synonym | None]:
    plain = {
        ShippedList.DICTIONARY: shipped.words,
        ShippedList.STOPWORDS: shipped.stopwords,
        ShippedList.PHRASES: shipped.phrases,
    }
    if kind is ShippedList.SYNONYMS:
        return {synonym.word: synonym for synonym in shipped.synonyms}
    return dict.fromkeys(plain[kind])


def _text(entry: Entry) -> str:
    others = entry.synonym.others if entry.synonym else ()
    return " ".join((entry.word, *others))
