"""Typed synonyms: other words for what a citizen asks, added to the question only."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from knowledge.errors import UnreadableDocument


class Direction(StrEnum):
    """Which way a synonym holds."""

    TWO_WAY = "two_way"
    ONE_WAY = "one_way"
    """Asking with the first word also looks for the others, not the reverse."""
    HISTORIC = "historic"
    """The first word is an old name of the others."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """One entry: `word` and the `others` it stands for, why, and a question that must profit from it."""

    word: str
    others: tuple[str, ...]
    direction: Direction
    note: str = ""
    test: str = ""


def load_synonyms(path: Path) -> tuple[Synonym, ...]:
    """Return the entries of a TOML file of [[synonym]] tables; raise UnreadableDocument with the reason in Chinese."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("synonym", [])
        return tuple(
            Synonym(
                word=table["word"],
                others=tuple(table["others"]),
                direction=Direction(table["direction"]),
                note=table.get("note", ""),
                test=table.get("test", ""),
            )
            for table in tables
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableDocument(f"同义词文件写法有误：{error}") from error


class Thesaurus:
    """Finds the words of a normalised question that have synonyms."""

    def __init__(self, synonyms: Iterable[Synonym], normalise: Callable[[str], str]) -> None:
        self._others = _directed(synonyms, normalise)
        words = sorted(self._others, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, words))) if words else None

    def expand(self, normalised: str) -> tuple[tuple[str, str], ...]:
        """Return (word found, other word to look for too) pairs, without words that the question already has."""
        if self._pattern is None:
            return ()
        found = dict.fromkeys(self._pattern.findall(normalised))
        return tuple((word, other) for word in found for other in self._others[word] if other not in normalised)


def _directed(synonyms: Iterable[Synonym], normalise: Callable[[str], str]) -> Mapping[str, tuple[str, ...]]:
    others: dict[str, dict[str, None]] = {}
    for synonym in synonyms:
        word = normalise(synonym.word)
        targets = [normalise(other) for other in synonym.others]
        others.setdefault(word, {}).update(dict.fromkeys(targets))
        if synonym.direction is Direction.TWO_WAY:
            for target in targets:
                others.setdefault(target, {})[word] = None
    return {word: tuple(targets) for word, targets in others.items()}
