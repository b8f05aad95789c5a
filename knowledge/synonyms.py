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
    """Return the entries of a TOML file, a list `synonym` of tables; raise UnreadableDocument with the reason."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("synonym", [])
    except (OSError, ValueError) as error:
        raise UnreadableDocument(f"同义词文件无法读取：{error}") from error
    if not isinstance(tables, list):
        raise UnreadableDocument("同义词文件写法有误：synonym 应当是列表")
    return tuple(_synonym(table, number) for number, table in enumerate(tables, 1))


def _synonym(table: object, number: int) -> Synonym:
    entry = table if isinstance(table, dict) else {}
    word, others = entry.get("word"), entry.get("others")
    direction, note, test = entry.get("direction"), entry.get("note", ""), entry.get("test", "")
    if not _is_word(word) or not isinstance(others, list) or not others or not all(map(_is_word, others)):
        raise UnreadableDocument(f"同义词文件第 {number} 条写法有误：word 应当是词，others 应当是词的列表")
    if direction not in list(Direction):
        raise UnreadableDocument(f"同义词文件第 {number} 条写法有误：direction 应当是 {'、'.join(Direction)} 之一")
    if not isinstance(note, str) or not isinstance(test, str):
        raise UnreadableDocument(f"同义词文件第 {number} 条写法有误：note 和 test 应当是文字")
    return Synonym(str(word), tuple(others), Direction(str(direction)), note, test)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


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
    return {word: tuple(filter(None, targets)) for word, targets in others.items() if word}
