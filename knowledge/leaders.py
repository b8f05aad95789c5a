"""The best documents of an index without adding up every posting: exact, by bounds (MaxScore)."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from numba import njit

from knowledge.kernels import Floats, Places, Rows

Words = npt.NDArray[np.uint64]
FREQUENT = 16
"""A term is frequent that stands in more than one of so many documents."""
_WORD = 64
_ROWS = 16
"""Documents whose scores have one maximum: those of one column when the scores are laid out in so many rows."""
_ROUNDING = np.float32(1.0001)
_DEAR = 3
"""How many postings may be added in the time that one document is looked up for one term."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of each term's postings beforehand.

    `peaks` are the greatest impacts. A frequent term has a row (`places`, -1 for the others) of `bits`, one for each
    document, and of `ranks`, the postings before each 64 documents: so a document's posting is found at once.
    """

    peaks: Floats
    places: Places
    bits: Words
    ranks: Places
    hold: bool
    """Whether no impact is below zero, as the bounds assume."""

    @classmethod
    def of(cls, documents: int, starts: Rows, postings: Places, impacts: Floats) -> Self:
        """Return the bounds of an index."""
        frequent = np.diff(starts) > documents / FREQUENT
        places = np.where(frequent, np.cumsum(frequent) - 1, -1).astype(np.int32)
        blocks = documents // _WORD + 1
        bits = np.zeros((int(frequent.sum()), blocks), np.uint64)
        ranks = np.zeros((int(frequent.sum()), blocks), np.int32)
        peaks = mark_postings(starts, postings, impacts, places, bits, ranks)
        return cls(peaks, places, bits, ranks, hold=not len(impacts) or bool(impacts.min() >= 0))

    @property
    def arrays(self) -> tuple[Floats, Places, Words, Places]:
        """What `find_best` takes last."""
        return self.peaks, self.places, self.bits, self.ranks


@njit(nogil=True)
def mark_postings(  # noqa: PLR0917  # numba knows no keyword-only arguments
    starts: Rows, postings: Places, impacts: Floats, places: Places, bits: Words, ranks: Places
) -> Floats:
    """Fill bits and ranks of the frequent terms in, and return the greatest impact of each term."""
    peaks = np.zeros(places.shape[0], np.float32)
    for term in range(places.shape[0]):
        for at in range(starts[term], starts[term + 1]):
            peaks[term] = max(peaks[term], impacts[at])
        if places[term] < 0:
            continue
        row = places[term]
        for at in range(starts[term], starts[term + 1]):
            bits[row, postings[at] >> 6] |= np.uint64(1) << np.uint64(postings[at] & 63)
            ranks[row, postings[at] >> 6] += 1
        count = 0
        for block in range(ranks.shape[1]):
            count, ranks[row, block] = count + ranks[row, block], count
    return peaks


@njit(nogil=True)
def _ones(word: np.uint64) -> np.int64:
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(nogil=True)
def _add(scores: Floats, first: int, last: int, postings: Places, impacts: Floats) -> None:
    for at in range(first, last):
        scores[np.uint32(postings[at])] += impacts[at]


@njit(nogil=True)
def _fill_maxima(patterns: npt.NDArray[np.int32], maxima: Places) -> None:
    """Fill in the greatest score of each column, as bit patterns: their order is that of numbers not negative."""
    maxima[:] = 0
    for row in range(patterns.shape[0]):
        scores = patterns[row]
        # plain enough for eight at a time
        for column in range(scores.shape[0]):
            maxima[column] = max(maxima[column], scores[column])


@njit(nogil=True)
def _put(documents: Rows, totals: Floats, count: int, document: int, total: np.float32) -> int:
    """Put a document among the best, and return how many there are."""
    room: int = totals.shape[0]
    place = min(count, room - 1)
    while place > 0 and totals[place - 1] < total:
        totals[place], documents[place] = totals[place - 1], documents[place - 1]
        place -= 1
    totals[place], documents[place] = total, document
    return min(count + 1, room)


@njit(nogil=True)
def _best_so_far(scores: Floats, maxima: Floats, documents: Rows, totals: Floats) -> int:
    """Fill in the documents with the greatest scores, and return how many there are."""
    count = 0
    least = np.float32(0)
    for column in range(maxima.shape[0]):
        if maxima[column] <= least:
            continue
        for document in range(column, scores.shape[0], maxima.shape[0]):
            if scores[document] > least:
                count = _put(documents, totals, count, document, scores[document])
                if count == totals.shape[0]:
                    least = totals[count - 1]
    return count


@njit(nogil=True)
def _count_above(maxima: Floats, least: np.float32) -> int:
    """Return how many columns have a document with at least this score."""
    count = 0
    for column in range(maxima.shape[0]):
        if maxima[column] >= least:
            count += 1
    return count


@njit(nogil=True)
def _in_order(rows: Rows, bounds: Floats) -> None:
    """Sort a question's frequent terms by what they can add, most first."""
    for index in range(1, rows.shape[0]):
        row, bound, place = rows[index], bounds[index], index
        while place > 0 and bounds[place - 1] < bound:
            rows[place], bounds[place] = rows[place - 1], bounds[place - 1]
            place -= 1
        rows[place], bounds[place] = row, bound


@njit(nogil=True)
def find_best(  # noqa: PLR0917  # numba knows no keyword-only arguments
    rows: Rows,
    size: int,
    wanted: int,
    starts: Rows,
    postings: Places,
    impacts: Floats,
    peaks: Floats,
    places: Places,
    bits: Words,
    ranks: Places,
) -> tuple[Rows, Floats]:
    """Return the `wanted` best documents with a score above zero, best first, and their scores.

    The postings of rare terms are added up. Of frequent ones only as many as it takes until few documents can still
    be among the best; for those documents the others are looked up. No impact may be negative.
    """
    columns = (size + _ROWS - 1) // _ROWS
    scores = np.zeros(_ROWS * columns, np.float32)
    frequent = np.empty(rows.shape[0], np.int64)
    bounds = np.empty(rows.shape[0], np.float32)
    left = 0
    for row in rows:
        if row >= 0 and places[row] < 0:
            _add(scores, starts[row], starts[row + 1], postings, impacts)
        elif row >= 0:
            frequent[left], bounds[left] = row, peaks[row]
            left += 1
    frequent, bounds = frequent[:left], bounds[:left]
    _in_order(frequent, bounds)
    documents = np.zeros(wanted, np.int64)
    totals = np.zeros(wanted, np.float32)
    patterns = np.empty(columns, np.int32)
    maxima = patterns.view(np.float32)
    first = 0
    while True:
        _fill_maxima(scores.view(np.int32).reshape(_ROWS, columns), patterns)
        count = _best_so_far(scores, maxima, documents, totals)
        if first == left:
            return documents[:count], totals[:count]
        row = frequent[first]
        least = totals[wanted - 1] - bounds[first:].sum() * _ROUNDING
        if count == wanted and least > 0:
            possible = _count_above(maxima, least)
            if possible * (left - first) * _DEAR <= starts[row + 1] - starts[row]:
                break
        _add(scores, starts[row], starts[row + 1], postings, impacts)
        first += 1
    rest = (frequent[first:], bounds[first:])
    return _looked_up(scores, maxima, totals[wanted - 1], wanted, rest, starts, impacts, places, bits, ranks)


@njit(nogil=True)
def _looked_up(  # noqa: PLR0917  # numba knows no keyword-only arguments
    scores: Floats,
    maxima: Floats,
    least: np.float32,
    wanted: int,
    frequent: tuple[Rows, Floats],
    starts: Rows,
    impacts: Floats,
    places: Places,
    bits: Words,
    ranks: Places,
) -> tuple[Rows, Floats]:
    """Return the best documents once those that can still be among them have what the last terms add."""
    rows, bounds = frequent
    documents = np.zeros(wanted, np.int64)
    totals = np.zeros(wanted, np.float32)
    count = 0
    rest = bounds.sum() * _ROUNDING
    for column in range(maxima.shape[0]):
        if maxima[column] + rest < least:
            continue
        for document in range(column, scores.shape[0], maxima.shape[0]):
            total, more, index = scores[document], rest, 0
            while index < rows.shape[0] and total + more >= least:
                row, block, place = places[rows[index]], document >> 6, np.uint64(document & 63)
                word = bits[row, block]
                if word >> place & np.uint64(1):
                    before = ranks[row, block] + _ones(word & ((np.uint64(1) << place) - np.uint64(1)))
                    total += impacts[starts[rows[index]] + before]
                more -= bounds[index]
                index += 1
            if index == rows.shape[0] and (count < wanted or total > totals[wanted - 1]):
                count = _put(documents, totals, count, document, total)
                if count == wanted:
                    least = max(least, totals[wanted - 1])
    return documents[:count], totals[:count]
