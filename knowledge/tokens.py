"""The tokens that questions and documents are matched by: words, characters and pairs of characters."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import jieba

from knowledge.normalisation import Normaliser
from knowledge.synonyms import Synonym, Thesaurus, load_synonyms

_RUN = re.compile(r"[0-9a-z\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_UNIT = re.compile(r"[0-9]+|[a-z]+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text in the three fields of the index, repeated as often as they occur."""

    words: tuple[str, ...]
    unigrams: tuple[str, ...]
    bigrams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready to be matched: its own tokens, and those of the synonyms it calls up."""

    normalised: str
    tokens: Tokens
    expansions: tuple[tuple[str, str], ...]
    """(word of the question, other word looked for too)."""
    expanded: Tokens


class Tokenizer:
    """Turns texts into tokens, the same way for questions and documents.

    Holds jieba's dictionary of some 350,000 words (about 0.5 s to load): make one per process. jieba's own
    cache file is kept in `cache`, never in the system's temporary folder, where anyone could plant one.
    """

    def __init__(
        self,
        *,
        cache: Path,
        words: Iterable[str] = (),
        stopwords: Iterable[str] = (),
        synonyms: Iterable[Synonym] = (),
    ) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        logging.getLogger("jieba").setLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        self._jieba.tmp_dir = str(cache)
        self._jieba.initialize()
        self.normalise = Normaliser()
        for word in words:
            self._jieba.add_word(self.normalise(word))
        self._stopwords = frozenset(self.normalise(word) for word in stopwords)
        self._thesaurus = Thesaurus(synonyms, self.normalise)

    @classmethod
    def load(cls, *, dictionary: Path, stopwords: Path, synonyms: Path, cache: Path) -> "Tokenizer":
        """Return a tokenizer with the office's files; a missing file counts as empty.

        `dictionary` and `stopwords` hold one word a line, "#" starts a comment. Raises UnreadableDocument for a
        synonym file that is not as it should be.
        """
        return cls(
            cache=cache,
            words=_lines(dictionary),
            stopwords=_lines(stopwords),
            synonyms=load_synonyms(synonyms) if synonyms.is_file() else (),
        )

    @property
    def frequencies(self) -> Mapping[str, int]:
        """How often each word of jieba's dictionary occurs in general Chinese text, and its prefixes with 0."""
        frequencies: Mapping[str, int] = self._jieba.FREQ
        return frequencies

    def tokens(self, normalised: str) -> Tokens:
        """Return the tokens of a text that is already normalised."""
        words = tuple(word for word in self._jieba.cut_for_search(normalised) if _RUN.match(word))
        unigrams: list[str] = []
        bigrams: list[str] = []
        for run in _RUN.findall(normalised):
            units = _UNIT.findall(run)
            unigrams += units
            bigrams += [left + right for left, right in pairwise(units)]
        return Tokens(words, tuple(unigrams), tuple(bigrams))

    def query(self, question: str) -> Query:
        """Return the question's tokens without stop words (unless nothing else is left) and its synonyms."""
        normalised = self.normalise(question)
        tokens = self.tokens(normalised)
        words = tuple(word for word in tokens.words if word not in self._stopwords)
        expansions = self._thesaurus.expand(normalised)
        return Query(
            normalised=normalised,
            tokens=Tokens(words or tokens.words, tokens.unigrams, tokens.bigrams),
            expansions=expansions,
            expanded=self.tokens(" ".join(other for _, other in expansions)),
        )


def _lines(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return tuple(line for line in lines if line)
