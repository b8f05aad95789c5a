"""A question laid over texts: which of its units and pairs of units a text has."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from knowledge.generation import Generation
from knowledge.index import BM25
from knowledge.kernels import LEAST_WEIGHT, Floats, Rows, match_candidates, title_precision
from knowledge.tokens import BREAK, END, Query

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Match:
    """What some texts have of a question, one row each: marks per place of the question, and the best sentence."""

    units: Marks
    pairs: Marks
    best: Floats
    """Weight of the question's units and pairs in the sentence that has most."""
    lengths: Floats
    """Units in that sentence."""

    def reordered(self, order: Rows) -> "Match":
        """Return the rows in another order."""
        return Match(self.units[order], self.pairs[order], self.best[order], self.lengths[order])


@dataclass(frozen=True, slots=True)
class _Synonym:
    """Where a synonym's places stand, and the places of the word it stands for."""

    own: slice
    word: slice


class Pattern:
    """The places of a question, its own units first, then those of each synonym, with their weights.

    A pair is a unit with the next one. A synonym weighs together what the word weighs that it stands for, and
    finding all of it counts as finding that word.
    """

    def __init__(self, generation: Generation, query: Query) -> None:
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
        level = generation.passages_level
        rows = level.unigrams.rows(all_units)
        self.unit_weights = _weights(level.unigrams, rows)
        self.pair_weights = _weights(level.bigrams, level.bigrams.rows(pairs))
        self.pair_weights[[not pair for pair in pairs]] = 0
        self.total = self._mass(slice(0, self.size))
        for synonym in self._synonyms:
            self._rescale(synonym)
        self._slots, self._earlier = _chains(rows, len(level.unigrams.vocabulary))

    def match_passages(self, passages: Rows) -> Match:
        """Return what the passages in these rows have of the question."""
        return self._match(passages + self._generation.documents)

    def match_titles(self, documents: Rows) -> Match:
        """Return what the titles of the documents in these rows have of the question."""
        return self._match(documents)

    def title_precision(self, documents: Rows) -> Floats:
        """Return how much of each document's title, by weight, is in the question."""
        generation = self._generation
        idf = generation.passages_level.unigrams.idf
        shares: Floats = title_precision(documents, generation.units, generation.unit_starts, self._slots, idf)
        return shares

    def coverage(self, units: Marks, pairs: Marks) -> tuple[Floats, Floats]:
        """Return, per row of marks, the weight of the question's own units and of its own pairs that are marked."""
        size = self.size
        return (
            (units[:, :size] * self.unit_weights[:size]).sum(axis=1),
            (pairs[:, :size] * self.pair_weights[:size]).sum(axis=1),
        )

    def content(self, words: Sequence[tuple[str, float]], units: Marks, pairs: Marks) -> float:
        """Return the weighted share of the words that one row of marks has."""
        found, whole = 0.0, 0.0
        text, starts = "".join(self.units), list(accumulate(map(len, self.units), initial=0))
        for word, weight in words:
            start = text.find(word)
            first, last = bisect_left(starts, start), bisect_left(starts, start + len(word))
            whole += weight
            if start >= 0 and units[first:last].all() and pairs[first : last - 1].all():
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


def _weights(index: BM25, rows: Rows) -> Floats:
    weights: Floats = np.maximum(index.weights(rows), LEAST_WEIGHT).astype(np.float32)
    return weights


def _chains(rows: Rows, vocabulary: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    slots = np.full(vocabulary, -1, np.int32)
    earlier = np.full(len(rows), -1, np.int32)
    for place, row in enumerate(rows):
        if row >= 0:
            earlier[place] = slots[row]
            slots[row] = place
    return slots, earlier
