"""A question laid over texts: which of its units and pairs of units a text has."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from knowledge.generation import Generation
from knowledge.kernels import LEAST_WEIGHT, Doubles, Floats, Mask, Rows, chain_units, match_candidates, title_precision
from knowledge.tokens import BREAK, END, Query

_UNIGRAMS, _BIGRAMS = 1, 2
_MARKS = frozenset({BREAK, END})
_NOTHING = np.zeros(1, np.float32)
"""The weight of a pair that is none."""


@dataclass(frozen=True, slots=True)
class Match:
    """What some texts have of a question, one row each: marks per place of the question, and the best sentence."""

    units: Mask
    pairs: Mask
    best: Floats
    """Weight of the question's units and pairs in the sentence that has most."""
    lengths: Floats
    """Units in that sentence."""

    def rows(self, rows: slice) -> "Match":
        """Return some of the rows."""
        return Match(self.units[rows], self.pairs[rows], self.best[rows], self.lengths[rows])


@dataclass(frozen=True, slots=True)
class _Synonym:
    """Where a synonym's places stand, and the places of the word it stands for."""

    own: slice
    word: slice


class Pattern:
    """The places of a question, its own units first, then those of each synonym, with their weights.

    A pair is a unit with the next one. A synonym weighs together what the word weighs that it stands for, and
    finding all of it counts as finding that word. `found` is where the question's terms stand among the passages, and
    `weights` their idf.
    """

    def __init__(self, generation: Generation, query: Query, found: Rows, weights: Doubles) -> None:
        self._generation = generation
        own, asked = query.tokens, query.terms
        self.units = own.unigrams
        self.size = len(self.units)
        level = generation.passages_level
        units_asked, pairs_asked = asked.part(_UNIGRAMS), asked.part(_BIGRAMS)
        heavy = np.maximum(weights, LEAST_WEIGHT).astype(np.float32)
        # a question's own terms stand in their order
        places, pairs = list(range(units_asked.start, units_asked.start + self.size)), _pairs(own.units)
        pairs = [pairs_asked.start + pair if pair >= 0 else len(heavy) for pair in pairs]
        self._synonyms: list[_Synonym] = []
        if query.expansions:
            unit_at = _numbered(asked.tokens, units_asked)
            pair_at = _numbered(asked.tokens, pairs_asked)
        for expansion in query.expansions:
            other = expansion.tokens
            word = _find(self.units, tuple(unit for unit in expansion.word_units if unit not in _MARKS))
            self._synonyms.append(_Synonym(slice(len(places), len(places) + len(other.unigrams)), word))
            places += [unit_at[unit] for unit in other.unigrams]
            pairs += [pair_at[other.bigrams[pair]] if pair >= 0 else len(heavy) for pair in _pairs(other.units)]
        self.unit_weights = heavy[places]
        self.pair_weights = np.append(heavy, _NOTHING)[pairs]
        self.total = self._mass(slice(0, self.size))
        for synonym in self._synonyms:
            self._rescale(synonym)
        rows = found[places] - len(level.words.vocabulary)
        self._slots, self._earlier = chain_units(rows, len(level.unigrams.vocabulary))

    def match(self, documents: Rows, passages: Rows) -> tuple[Match, Match]:
        """Return what the titles of the documents in these rows, and the passages in those, have of the question."""
        both = self._match(np.concatenate([documents, passages + self._generation.documents]))
        return both.rows(slice(0, len(documents))), both.rows(slice(len(documents), None))

    def title_precision(self, documents: Rows) -> Floats:
        """Return how much of each document's title, by weight, is in the question."""
        generation = self._generation
        idf = generation.passages_level.unigrams.idf
        shares: Floats = title_precision(documents, generation.units, generation.unit_starts, self._slots, idf)
        return shares

    def coverage(self, units: Mask) -> Floats:
        """Return, per row of marks, the weight of the question's own units that are marked."""
        shares: Floats = units[:, : self.size] @ self.unit_weights[: self.size]
        return shares

    def content(self, words: Sequence[tuple[str, float]], units: Mask, pairs: Mask) -> float:
        """Return the weighted share of the words that one row of marks has."""
        found, whole = 0.0, 0.0
        # quicker than an array where there are so few
        has_unit, has_pair = units.tolist(), pairs.tolist()
        text, starts = "".join(self.units), list(accumulate(map(len, self.units), initial=0))
        for word, weight in words:
            start = text.find(word)
            first, last = bisect_left(starts, start), bisect_left(starts, start + len(word))
            whole += weight
            if start >= 0 and all(has_unit[first:last]) and all(has_pair[first : last - 1]):
                found += weight
        return found / whole if whole else 0.0

    def _match(self, rows: Rows) -> Match:
        generation = self._generation
        units, pairs, best, lengths = match_candidates(
            rows,
            generation.units,
            generation.unit_starts,
            self._slots,
            self._earlier,
            self.unit_weights,
            self.pair_weights,
        )
        for synonym in self._synonyms:
            joins = slice(synonym.own.start, synonym.own.stop - 1)
            whole = units[:, synonym.own].all(axis=1) & pairs[:, joins].all(axis=1)
            units[whole, synonym.word] = True
            pairs[whole, synonym.word.start : synonym.word.stop - 1] = True
        return Match(units, pairs, np.minimum(best, self.total), lengths)

    def _mass(self, places: slice) -> float:
        joins = slice(places.start, places.stop - 1)
        return float(self.unit_weights[places].sum() + self.pair_weights[joins].sum())

    def _rescale(self, synonym: _Synonym) -> None:
        mass = self._mass(synonym.own)
        factor = self._mass(synonym.word) / mass if mass else 0.0
        self.unit_weights[synonym.own] *= factor
        self.pair_weights[synonym.own] *= factor


def _pairs(units: Sequence[str]) -> list[int]:
    """Return, for each unit that is no mark, which pair it is the left one of, -1 where none follows directly."""
    pairs: list[int] = []
    count = 0
    for unit, after in pairwise(units):
        if unit in _MARKS:
            continue
        joined = after not in _MARKS
        pairs.append(count if joined else -1)
        count += joined
    return pairs


def _find(units: Sequence[str], part: Sequence[str]) -> slice:
    for start in range(len(units) - len(part) + 1):
        if units[start : start + len(part)] == part:
            return slice(start, start + len(part))
    return slice(0, 0)


def _numbered(tokens: Sequence[str], part: slice) -> dict[str, int]:
    """Return where each of the tokens of a part stands."""
    return dict(zip(tokens[part], range(part.start, part.stop), strict=True))
