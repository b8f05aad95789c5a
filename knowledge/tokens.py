"""The tokens that questions and documents are matched by: words, characters and pairs of characters."""

import logging
import math
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Self

import jieba
import numpy as np
import numpy.typing as npt

from knowledge.kernels import BREAK_MARK, END_MARK, Codes, Keys, Spans, code_points, token_keys
from knowledge.normalisation import Normaliser
from knowledge.segmentation import compile_dictionary, cut_units, cut_words
from knowledge.synonyms import Synonym, Thesaurus
from knowledge.vocabulary import Lexicon

BREAK = " "
"""Stands in `Tokens.units` where two units are not neighbours."""
END = "\n"
"""Stands in `Tokens.units` at the end of a sentence."""
_REMEMBERED = 4096
"""Words of synonyms whose tokens are kept."""
_MARKS = {BREAK_MARK: BREAK, END_MARK: END}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text in the three fields of the index, repeated as often as they occur.

    `units` are the unigrams in order with BREAK and END between them: the text as it is matched word by word.
    """

    words: tuple[str, ...]
    unigrams: tuple[str, ...]
    bigrams: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """A word of a question, and another word looked for as well."""

    word: str
    other: str
    word_units: tuple[str, ...]
    tokens: Tokens
    """Those of the other word."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a question looks for: words, then unigrams, then bigrams; of each first its own, then those of synonyms.

    Those of field i end at ends[i], its own ones among them at owns[i].
    """

    tokens: tuple[str, ...]
    keys: Keys
    owns: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    @classmethod
    def of(cls, tokens: Tokens, others: Sequence[Tokens]) -> Self:
        """Return the terms of a question with these tokens, and of its synonyms."""
        listed: list[str] = []
        owns, ends = [], []
        for name in ("words", "unigrams", "bigrams"):
            own = getattr(tokens, name)
            listed += own
            owns.append(len(listed))
            if others:
                listed += sorted({token for other in others for token in getattr(other, name)}.difference(own))
            ends.append(len(listed))
        return cls(tuple(listed), token_keys(listed), np.array(owns), np.array(ends))

    def part(self, field: int) -> slice:
        """Return which terms are those of a field."""
        return slice(int(self.ends[field - 1]) if field else 0, int(self.ends[field]))


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready to be matched: its own tokens, and those of the synonyms it calls up."""

    normalised: str
    tokens: Tokens
    expansions: tuple[Expansion, ...]
    terms: Terms
    content: tuple[tuple[str, float], ...]
    """The words that carry meaning, with how rare each is in general Chinese text (0..1)."""


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
        phrases: Iterable[str] = (),
        synonyms: Iterable[Synonym] = (),
    ) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        logging.getLogger("jieba").setLevel(logging.WARNING)
        self._plain = jieba.Tokenizer()
        self._plain.tmp_dir = str(cache)
        self._plain.initialize()
        self.normalise = Normaliser()
        lexicon = Lexicon(tuple(words), tuple(stopwords), tuple(phrases), tuple(synonyms))
        self._segment(lexicon)
        self._learn(lexicon)

    def with_lexicon(self, lexicon: Lexicon) -> "Tokenizer":
        """Return a tokenizer with another vocabulary that shares what takes long to load."""
        if lexicon == self.lexicon:
            return self
        other = copy(self)
        if lexicon.words != self.lexicon.words:
            other._segment(lexicon)  # noqa: SLF001 - its own copy
        other._learn(lexicon)  # noqa: SLF001 - its own copy
        return other

    def _segment(self, lexicon: Lexicon) -> None:
        self._jieba = _jieba_with(self._plain, map(self.normalise, lexicon.words)) if lexicon.words else self._plain
        self._dictionary = compile_dictionary(self._jieba)

    def _learn(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        """The words and synonyms that this tokenizer works with."""
        self._stopwords = frozenset(map(self.normalise, lexicon.stopwords))
        asking = sorted(map(self.normalise, lexicon.phrases), key=len, reverse=True)
        self._phrases = re.compile("|".join(map(re.escape, asking)) or r"(?!)")
        self._thesaurus = Thesaurus(lexicon.synonyms, self.normalise)
        self._known = lru_cache(_REMEMBERED)(self.tokens)

    @classmethod
    def load(cls, *, dictionary: Path, stopwords: Path, synonyms: Path, cache: Path) -> "Tokenizer":
        """Return a tokenizer with the office's files, as `Lexicon.shipped` reads them."""
        shipped = Lexicon.shipped(dictionary=dictionary, stopwords=stopwords, synonyms=synonyms)
        return cls(
            cache=cache,
            words=shipped.words,
            stopwords=shipped.stopwords,
            phrases=shipped.phrases,
            synonyms=shipped.synonyms,
        )

    def word_spans(self, codes: Codes) -> Spans:
        """Return start and end of each word of a normalised text."""
        spans: Spans = cut_words(codes, self._dictionary)
        return spans

    def tokens(self, normalised: str) -> Tokens:
        """Return the tokens of a text that is already normalised."""
        codes = code_points(normalised)
        words = [normalised[start:end] for start, end in self.word_spans(codes).tolist()]
        spans = cut_units(codes).tolist()
        units = [_MARKS[start] if start < 0 else normalised[start:end] for start, end in spans]
        bigrams = [normalised[start:end] for (start, _), (after, end) in pairwise(spans) if start >= 0 <= after]
        unigrams = [normalised[start:end] for start, end in spans if start >= 0]
        return Tokens(tuple(words), tuple(unigrams), tuple(bigrams), tuple(units))

    def query(self, question: str) -> Query:
        """Return the question's tokens and its synonyms.

        Phrases of asking and stop words are left out, unless nothing else is left.
        """
        normalised = self.normalise(question)
        tokens = self._asked(normalised)
        expansions = tuple(
            Expansion(word, other, self._known(word).units, self._known(other))
            for word, other in self._thesaurus.expand(normalised)
        )
        content = dict.fromkeys(word for word in tokens.words if len(word) > 1) or dict.fromkeys(tokens.words)
        return Query(
            normalised=normalised,
            tokens=tokens,
            expansions=expansions,
            terms=Terms.of(tokens, [expansion.tokens for expansion in expansions]),
            content=tuple((word, self._rarity(word)) for word in content),
        )

    def _asked(self, normalised: str) -> Tokens:
        tokens = self.tokens(self._phrases.sub(" ", normalised))
        if not tokens.bigrams:
            tokens = self.tokens(normalised)
        words = tuple(word for word in tokens.words if word not in self._stopwords)
        return Tokens(words or tokens.words, tokens.unigrams, tokens.bigrams, tokens.units)

    def _rarity(self, word: str) -> float:
        """Return 0 for the commonest word of general text, 1 for a word that jieba does not know."""
        return 1 - math.log(self._jieba.FREQ.get(word, 0) or 1) / self._dictionary.total


def _jieba_with(plain: jieba.Tokenizer, words: Iterable[str]) -> jieba.Tokenizer:
    """Return jieba with more words, leaving the one given as it is."""
    made = jieba.Tokenizer()
    made.FREQ, made.total, made.initialized = dict(plain.FREQ), plain.total, True
    for word in words:
        made.add_word(word)
    return made
