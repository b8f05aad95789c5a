"""The vocabulary of a generation: shipped words and synonyms with the office's own, and what may be entered."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from knowledge.errors import RefusedEntry
from knowledge.ports import Vocabulary
from knowledge.synonyms import Direction, Synonym, load_synonyms
from knowledge.upkeep import ShippedList, WordUse, switched_off

LONGEST_WORD = 30
MOST_OTHERS = 20
LONGEST_NOTE = 200
_FILE = "lexicon.json"
_STOPWORDS = "[停用词]"
_PHRASES = "[问法]"
_WORD = re.compile(r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff（）()·、\-]+")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that questions and documents are segmented and widened by."""

    words: tuple[str, ...] = ()
    stopwords: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    synonyms: tuple[Synonym, ...] = ()

    @classmethod
    def shipped(cls, *, dictionary: Path, stopwords: Path, synonyms: Path) -> Self:
        """Return the vocabulary of an office's files; a missing file counts as empty.

        `dictionary` and `stopwords` hold one word a line, "#" starts a comment; `stopwords` has the phrases of asking
        after the line [问法]. Raises UnreadableDocument for a synonym file that is not as it should be.
        """
        stops, _, phrases = "\n".join(_lines(stopwords)).partition(_PHRASES)
        return cls(
            words=_lines(dictionary),
            stopwords=tuple(stops.replace(_STOPWORDS, "").split()),
            phrases=tuple(phrases.split()),
            synonyms=load_synonyms(synonyms) if synonyms.is_file() else (),
        )

    def save(self, folder: Path) -> None:
        """Write the vocabulary into a generation's folder."""
        (folder / _FILE).write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Return the vocabulary of a generation, None where it has none; raises ValueError for a damaged file."""
        file = folder / _FILE
        if not file.is_file():
            return None
        try:
            return cls._read(json.loads(file.read_text(encoding="utf-8")))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{file.name} is damaged") from error

    @classmethod
    def _read(cls, saved: Mapping[str, list[str]]) -> Self:
        return cls(
            words=tuple(saved["words"]),
            stopwords=tuple(saved["stopwords"]),
            phrases=tuple(saved["phrases"]),
            synonyms=tuple(_synonym(entry) for entry in saved["synonyms"]),
        )


def _lines(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return tuple(line for line in lines if line)


def _synonym(saved: object) -> Synonym:
    if not isinstance(saved, dict):
        raise TypeError(saved)
    return Synonym(**{**saved, "others": tuple(saved["others"]), "direction": Direction(saved["direction"])})


async def merged(shipped: Lexicon, office: Vocabulary) -> Lexicon:
    """Return the shipped vocabulary without what the office has switched off, and with its own.

    An office's synonym replaces the shipped one of its word.
    """
    kept = [entry.synonym for entry in await office.synonyms()]
    own = {synonym.word for synonym in kept}
    words = await office.words()
    shipped = without(shipped, switched_off(await office.turns()))
    return Lexicon(
        words=_with(shipped.words, (word.word for word in words if word.use is WordUse.DICTIONARY)),
        stopwords=_with(shipped.stopwords, (word.word for word in words if word.use is WordUse.STOP)),
        phrases=shipped.phrases,
        synonyms=(*(synonym for synonym in shipped.synonyms if synonym.word not in own), *kept),
    )


def without(shipped: Lexicon, off: Collection[tuple[ShippedList, str]]) -> Lexicon:
    """Return a vocabulary without these entries of its lists."""
    return Lexicon(
        words=tuple(word for word in shipped.words if (ShippedList.DICTIONARY, word) not in off),
        stopwords=tuple(word for word in shipped.stopwords if (ShippedList.STOPWORDS, word) not in off),
        phrases=tuple(word for word in shipped.phrases if (ShippedList.PHRASES, word) not in off),
        synonyms=tuple(each for each in shipped.synonyms if (ShippedList.SYNONYMS, each.word) not in off),
    )


def _with(shipped: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*shipped, *own)))


def check_synonym(synonym: Synonym, *, normalise: Callable[[str], str] = str.strip) -> Synonym:
    """Return the entry with blanks and repetitions gone; raise RefusedEntry with the reason in Chinese.

    Words are compared in the form that `normalise` gives. Circles of entries do no harm: a word is widened once.
    """
    word = check_word(synonym.word)
    others = {normalise(other): check_word(other) for other in synonym.others if other.strip()}
    if not others:
        raise RefusedEntry("请至少填写一个同义的说法")
    if len(others) > MOST_OTHERS:
        raise RefusedEntry(f"同义的说法最多 {MOST_OTHERS} 个，现有 {len(others)} 个")
    if normalise(word) in others:
        raise RefusedEntry(f"“{word}”不能是自己的同义词")
    note, test = synonym.note.strip(), synonym.test.strip()
    if max(len(note), len(test)) > LONGEST_NOTE:
        raise RefusedEntry(f"说明和试问的问题最长 {LONGEST_NOTE} 字")
    if test and normalise(word) not in normalise(test):
        raise RefusedEntry(f"试问的问题里应当有“{word}”，否则看不出这一条是否起作用")
    return Synonym(word, tuple(others.values()), synonym.direction, note, test)


def check_word(word: str) -> str:
    """Return the word without blanks around it; raise RefusedEntry with the reason in Chinese."""
    word = word.strip()
    if not word:
        raise RefusedEntry("请填写词语")
    if len(word) > LONGEST_WORD:
        raise RefusedEntry(f"“{word[:LONGEST_WORD]}…”太长：词语最长 {LONGEST_WORD} 字")
    if not _WORD.fullmatch(word):
        raise RefusedEntry(f"“{word}”里有标点或空格，词语只能用汉字、字母和数字")
    return word


async def add_synonym(office: Vocabulary, synonym: Synonym, *, by: str, normalise: Callable[[str], str]) -> Synonym:
    """Keep a new entry and return it as kept; raise RefusedEntry where the word has one already."""
    checked = check_synonym(synonym, normalise=normalise)
    known = {normalise(entry.synonym.word) for entry in await office.synonyms()}
    if normalise(checked.word) in known:
        raise RefusedEntry(f"“{checked.word}”已有一条，请在原条目上修改")
    await office.put_synonym(checked, by=by)
    return checked


async def add_word(office: Vocabulary, word: str, use: WordUse, *, note: str = "", by: str) -> str:
    """Keep a new dictionary word or stop word and return it as kept; raise RefusedEntry with the reason in Chinese."""
    word = check_word(word)
    if use is WordUse.DICTIONARY and len(word) == 1:
        raise RefusedEntry("单个字不必加入词典")
    if len(note.strip()) > LONGEST_NOTE:
        raise RefusedEntry(f"说明最长 {LONGEST_NOTE} 字")
    if any(kept.word == word and kept.use is use for kept in await office.words()):
        raise RefusedEntry(f"“{word}”已在{use}里")
    await office.put_word(word, use, note=note.strip(), by=by)
    return word
