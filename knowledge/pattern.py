"""A question laid over texts: which of its units and pairs of units a text has."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.generation import Generation
from knowledge.kernels import LEAST_WEIGHT, Floats, Marks, Rows, chain_units, match_candidates, title_precision
from knowledge.tokens import BREAK, END, Query

Seen = npt.NDArray[np.bool_]
_UNIGRAMS, _BIGRAMS = 1, 2


@dataclass(frozen=True, slots=True)
class Match:
    """What some texts have of a question, one row each: marks per place of the question, and the best sentence."""

    units: Seen
    pairs: Seen
    best: Floats
    """Weight of the question's units and pairs in the sentence that has most."""
    lengths: Floats
    """Units in that sentence."""

    def rows(self, rows: slice | Rows) -> "Match":
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

    def __init__(self, generation: Generation, query: Query, found: Rows, weights: Marks) -> None:
        self._generation = generation
        self.units, pairs = _places(query.tokens.units)
        self.size = len(self.units)
        self._synonyms: list[_Synonym] = []
        all_units = list(self.units)
        for expansion in query.expansions:
            units, joined = _places(expansion.tokens.units)
            word = _find(self.units, _places(expansion.word_units)[0])
            self._synonyms.append(_Synonym(slice(len(all_units), len(all_units) + len(units)), word))
            all_units += units
            pairs += joined
        units_asked, pairs_asked = query.terms.part(_UNIGRAMS), query.terms.part(_BIGRAMS)
        heavy = np.maximum(weights, LEAST_WEIGHT)
        self.unit_weights = _picked(query.terms.tokens[units_asked], heavy[units_asked], all_units).astype(np.float32)
        self.pair_weights = _picked(query.terms.tokens[pairs_asked], heavy[pairs_asked], pairs).astype(np.float32)
        self.total = self._mass(slice(0, self.size))
        for synonym in self._synonyms:
            self._rescale(synonym)
        level = generation.passages_level
        rows = _picked(query.terms.tokens[units_asked], found[units_asked] - len(level.words.vocabulary), all_units)
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

    def coverage(self, units: Seen) -> Floats:
        """Return, per row of marks, the weight of the question's own units that are marked."""
        shares: Floats = units[:, : self.size] @ self.unit_weights[: self.size]
        return shares

    def content(self, words: Sequence[tuple[str, float]], units: Seen, pairs: Seen) -> float:
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


def _places(units: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the units without marks, and each one's pair with the next, "" where none follows directly."""
    places: list[str] = []
    pairs: list[str] = []
    for unit, after in zip(units, (*units[1:], END), strict=True):
        if unit not in {BREAK, END}:
            places.append(unit)
            pairs.append("" if after in {BREAK, END} else unit + after)
    return places, pairs


def _find(units: Sequence[str], part: Sequence[str]) -> slice:
    for start in range(len(units) - len(part) + 1):
        if units[start : start + len(part)] == part:
            return slice(start, start + len(part))
    return slice(0, 0)


def _picked(tokens: Sequence[str], numbers: npt.NDArray[Any], wanted: Sequence[str]) -> npt.NDArray[Any]:
    """Return the number of each token wanted, 0 for ""."""
    number_of = dict(zip(tokens, numbers.tolist(), strict=True)) | {"": 0}
    return np.array([number_of[token] for token in wanted], numbers.dtype)
