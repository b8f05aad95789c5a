"""The best documents by all fields of passages and documents together, without adding up every posting: exact."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from knowledge.blocks import BLOCK, STEPS, Blocks, Crests
from knowledge.kernels import Floats, Rows
from knowledge.postings import Postings, add_term, impact_of

Marks = npt.NDArray[np.bool_]
_SURE = np.float32(0.9999)
"""A bound below this share of what is needed is below it whatever was lost in rounding."""


class Terms(NamedTuple):
    """The terms of a question at one level: their rows (-1: in no text), and what each counts."""

    rows: Rows
    weights: Floats


class Asked(NamedTuple):
    """The postings of one level, the crests of its frequent terms, and the terms looked for."""

    postings: Postings
    crests: Crests
    terms: Terms


class Side(NamedTuple):
    """The scores so far at one level, with its frequent terms, those that can add most first.

    A step of a term's crests adds `steps`; `rests` are what all of them together can add at most in each block.
    """

    scores: Floats
    postings: Postings
    crests: Crests
    terms: Terms
    steps: Floats
    rests: Floats


class Best(NamedTuple):
    """The best documents, best first, with their best passages and the sum of both scores."""

    documents: Rows
    passages: Rows
    totals: Floats


@njit(nogil=True)
def _merge(terms: Terms) -> int:
    """Put equal terms together and the unknown away; return how many are left."""
    count = 0
    for index in range(terms.rows.shape[0]):
        row, weight = terms.rows[index], terms.weights[index]
        if row < 0:
            continue
        place = 0
        while place < count and terms.rows[place] != row:
            place += 1
        if place == count:
            terms.rows[count], terms.weights[count] = row, np.float32(0)
            count += 1
        terms.weights[place] += weight
    return count


@njit(nogil=True)
def _begin(scores: Floats, postings: Postings, terms: Terms) -> Terms:
    """Add the postings of rare terms to the scores; return the frequent ones, those that can add most first."""
    rows, weights = terms.rows, terms.weights
    most = np.zeros(rows.shape[0], np.float32)
    left = 0
    for index in range(_merge(terms)):
        row, weight = rows[index], weights[index]
        if postings.places[row] < 0:
            add_term(scores, postings, row, weight)
            continue
        bound, place = weight * postings.peaks[row], left
        while place > 0 and most[place - 1] < bound:
            most[place], rows[place], weights[place] = most[place - 1], rows[place - 1], weights[place - 1]
            place -= 1
        most[place], rows[place], weights[place] = bound, row, weight
        left += 1
    return Terms(rows[:left], weights[:left])


@njit(nogil=True)
def _side(scores: Floats, asked: Asked, freely: int) -> Side:
    """Return a level with the postings of its rare terms, and some more, added to the scores."""
    postings, crests = asked.postings, asked.crests
    rows, weights = _begin(scores, postings, asked.terms)
    added = first = 0
    while first < rows.shape[0] and added < freely:
        add_term(scores, postings, rows[first], weights[first])
        added += postings.starts[rows[first] + 1] - postings.starts[rows[first]]
        first += 1
    rows, weights = rows[first:], weights[first:]
    steps = weights * postings.peaks[rows] / np.float32(STEPS)
    rests = np.zeros(crests.shape[1], np.float32)
    for index in range(rows.shape[0]):
        _add_crests(rests, crests[postings.places[rows[index]]], steps[index])
    return Side(scores, postings, crests, Terms(rows, weights), steps, rests)


@njit(nogil=True)
def _add_crests(rests: Floats, crests: Crests, step: np.float32) -> None:
    for block in range(rests.shape[0]):
        rests[block] += step * crests[block]


@njit(nogil=True)
def _looked_up(side: Side, text: int, block: int, needed: np.float32) -> np.float32:
    """Return the whole score of a text, or something smaller as soon as it is certain to be below `needed`."""
    score: np.float32 = side.scores[text]
    rest = side.rests[block]
    for index in range(side.terms.rows.shape[0]):
        if score + rest < needed:
            return score
        row = side.terms.rows[index]
        crest = side.crests[side.postings.places[row], block]
        if crest:
            score += side.terms.weights[index] * impact_of(side.postings, row, text)
            rest -= side.steps[index] * crest
    return score


@njit(nogil=True)
def _evaluated(
    document: int, blocks: Blocks, passages: Side, documents: Side, least: np.float32
) -> tuple[int, np.float32]:
    """Return a document's best passage and the sum of both scores, or a sum below `least` where that is certain."""
    begin = blocks.begins[document]
    needed = least * _SURE
    most = np.float32(0)
    for passage in range(blocks.passages[document], blocks.passages[document + 1]):
        most = max(most, passages.scores[passage] + passages.rests[passage // BLOCK])
    if most + documents.scores[document] + documents.rests[begin] < needed:
        return -1, np.float32(0)
    own = _looked_up(documents, document, begin, needed - most)
    best, highest = -1, np.float32(-1)
    for passage in range(blocks.passages[document], blocks.passages[document + 1]):
        enough = max(needed - own, highest * _SURE)
        if passages.scores[passage] + passages.rests[passage // BLOCK] >= enough:
            score = _looked_up(passages, passage, passage // BLOCK, enough)
            if score > highest:
                best, highest = passage, score
    return best, np.float32(highest + own)


@njit(nogil=True)
def _put(best: Best, count: int, document: int, passage: int, total: np.float32) -> int:
    """Put a document among the best, and return how many there are."""
    room: int = best.totals.shape[0]
    place = min(count, room)
    while place > 0 and (best.totals[place - 1], -best.documents[place - 1]) < (total, -document):
        if place < room:
            best.documents[place] = best.documents[place - 1]
            best.passages[place] = best.passages[place - 1]
            best.totals[place] = best.totals[place - 1]
        place -= 1
    if place < room:
        best.documents[place], best.passages[place], best.totals[place] = document, passage, total
    return min(count + 1, room)


@njit(nogil=True)
def _none(room: int) -> Best:
    return Best(np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room, np.float32))


@njit(nogil=True)
def _maxima(passages: Floats, documents: Floats, blocks: Blocks) -> Floats:
    """Return what no document of each block exceeds by its scores so far."""
    # bit patterns: their order is that of numbers not negative, and they compare faster
    patterns, own = passages.view(np.int32).reshape(-1, BLOCK), documents.view(np.int32)
    maxima = np.empty(patterns.shape[0], np.int32)
    for block in range(maxima.shape[0]):
        greatest = np.int32(0)
        for index in range(BLOCK):
            greatest = max(greatest, patterns[block, index])
        maxima[block] = greatest
    gains = np.empty(patterns.shape[0], np.int32)
    firsts, lasts = blocks.firsts, blocks.lasts
    for block in range(gains.shape[0]):
        greatest = np.int32(0)
        for document in range(firsts[block], lasts[block]):
            greatest = max(greatest, own[np.uint32(document)])
        gains[block] = greatest
    sums: Floats = maxima.view(np.float32) + gains.view(np.float32)
    return sums


@njit(nogil=True)
def _leading(  # noqa: PLR0917  # numba knows no keyword-only arguments
    blocks: Blocks, shown: Marks, passages: Floats, documents: Floats, maxima: Floats, wanted: int
) -> Rows:
    """Return the documents that are best by their scores so far."""
    best = _none(wanted)
    count, following = 0, 0
    least = np.float32(0)
    for block in range(maxima.shape[0]):
        if maxima[block] <= least:
            continue
        for document in range(max(following, blocks.firsts[block]), blocks.lasts[block]):
            following = document + 1
            if not shown[document]:
                continue
            total = np.float32(0)
            for passage in range(blocks.passages[document], blocks.passages[document + 1]):
                total = max(total, passages[passage])
            total += documents[document]
            if total > least:
                count = _put(best, count, document, -1, total)
                if count == wanted:
                    least = best.totals[count - 1]
    return best.documents[:count]


@njit(nogil=True)
def _smallest(leading: Rows, blocks: Blocks, passages: Side, documents: Side) -> np.float32:
    """Return the smallest total of some documents."""
    least = np.float32(np.inf)
    for document in leading:
        least = min(least, _evaluated(document, blocks, passages, documents, np.float32(0))[1])
    return least


@njit(nogil=True)
def _chosen(  # noqa: PLR0917  # numba knows no keyword-only arguments
    blocks: Blocks, shown: Marks, passages: Side, documents: Side, bounds: Floats, wanted: int, least: np.float32
) -> Best:
    """Return the best documents among those of the blocks that can have one with a total of `least`."""
    best = _none(wanted)
    count = 0
    seen = np.zeros(shown.shape[0], np.bool_)
    possible = np.flatnonzero(bounds >= least * _SURE)
    for block in possible[np.argsort(-bounds[possible])]:
        if bounds[block] < least * _SURE:
            break
        for document in range(blocks.firsts[block], blocks.lasts[block]):
            if seen[document] or not shown[document]:
                continue
            seen[document] = True
            passage, total = _evaluated(document, blocks, passages, documents, least)
            if total > 0 and total >= least:
                count = _put(best, count, document, passage, total)
                if count == wanted:
                    least = max(least, best.totals[wanted - 1])
    return Best(best.documents[:count], best.passages[:count], best.totals[:count])


@njit(nogil=True)
def find_documents(  # noqa: PLR0917  # numba knows no keyword-only arguments
    passages: Asked, documents: Asked, gains: Floats, blocks: Blocks, shown: Marks, wanted: int, freely: int
) -> Best:
    """Return the `wanted` best of the documents that are shown, all with passages and with totals above zero.

    `gains` is what each document has beforehand. It is overwritten, and so are the terms. Equal totals keep the order
    of the documents. No impact may be negative.

    The postings of rare terms are added up, and of the frequent ones about `freely`. The whole totals of the documents
    that are best by these tell what is needed at least. Only in blocks whose greatest scores and crests reach that are
    documents looked at one by one, the most promising first.
    """
    room = blocks.firsts.shape[0] * BLOCK
    above = _side(gains, documents, freely)
    below = _side(np.zeros(room, np.float32), passages, freely)
    maxima = _maxima(below.scores, above.scores, blocks)
    leading = _leading(blocks, shown, below.scores, above.scores, maxima, wanted)
    least = _smallest(leading, blocks, below, above) if leading.shape[0] == wanted else np.float32(0)
    return _chosen(blocks, shown, below, above, maxima + below.rests + above.rests, wanted, least)
