"""The best documents of an index without adding up every posting: exact, by bounds (MaxScore)."""

import numpy as np
import numpy.typing as npt
from numba import njit

from knowledge.kernels import Floats, Places, Rows
from knowledge.postings import Postings, add_term, impact_of

_ONCE = np.float32(1)
_ROWS = 16
"""Documents whose scores have one maximum: those of one column when the scores are laid out in so many rows."""
_ROUNDING = np.float32(1.0001)
_DEAR = 3
"""How many postings may be added in the time that one document is looked up for one term."""


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
def find_best(rows: Rows, size: int, wanted: int, postings: Postings) -> tuple[Rows, Floats]:
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
        if row >= 0 and postings.places[row] < 0:
            add_term(scores, postings, row, _ONCE)
        elif row >= 0:
            frequent[left], bounds[left] = row, postings.peaks[row]
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
            if possible * (left - first) * _DEAR <= postings.starts[row + 1] - postings.starts[row]:
                break
        add_term(scores, postings, row, _ONCE)
        first += 1
    rest = (frequent[first:], bounds[first:])
    return _looked_up(scores, maxima, totals[wanted - 1], wanted, rest, postings)


@njit(nogil=True)
def _looked_up(  # noqa: PLR0917  # numba knows no keyword-only arguments
    scores: Floats,
    maxima: Floats,
    least: np.float32,
    wanted: int,
    frequent: tuple[Rows, Floats],
    postings: Postings,
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
                total += impact_of(postings, rows[index], document)
                more -= bounds[index]
                index += 1
            if index == rows.shape[0] and (count < wanted or total > totals[wanted - 1]):
                count = _put(documents, totals, count, document, total)
                if count == wanted:
                    least = max(least, totals[wanted - 1])
    return documents[:count], totals[:count]
