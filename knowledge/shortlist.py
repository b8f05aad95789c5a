"""The best documents by all fields of passages and documents together, without adding up every posting: exact."""

from typing import NamedTuple

import numpy as np
from numba import njit

from knowledge.blocks import BLOCK, Blocks
from knowledge.kernels import Floats, Mask, Places, Rows
from knowledge.sums import Asked, Sums, add_rests, add_up, begin, looked_up

_SURE = np.float32(0.9999)
"""A bound below this share of what is needed is below it whatever was lost in rounding."""
_STRETCH = 1024
"""Blocks whose scores are added up at a time: so many stay in the processor's cache."""


class Best(NamedTuple):
    """The best documents, best first, with their best passages and the sum of both scores."""

    documents: Rows
    passages: Rows
    totals: Floats


@njit(nogil=True)
def _evaluated(
    document: int, blocks: Blocks, passages: Sums, documents: Sums, least: np.float32
) -> tuple[int, np.float32]:
    """Return a document's best passage and the sum of both scores, or a sum below `least` where that is certain."""
    begin, first = blocks.begins[document], blocks.passages[document]
    needed = least * _SURE
    most, likeliest = np.float32(0), first
    for passage in range(first, blocks.passages[document + 1]):
        bound = passages.scores[passage] + passages.rests[passage // BLOCK]
        if bound > most:
            most, likeliest = bound, passage
    if most + documents.scores[document] + documents.rests[begin] < needed:
        return -1, np.float32(0)
    own = looked_up(documents, document, begin, needed - most)
    # the likeliest first: few of the others can then be better
    best, highest = likeliest, looked_up(passages, likeliest, likeliest // BLOCK, needed - own)
    for passage in range(first, blocks.passages[document + 1]):
        enough = max(needed - own, highest * _SURE)
        if passage != likeliest and passages.scores[passage] + passages.rests[passage // BLOCK] >= enough:
            score = looked_up(passages, passage, passage // BLOCK, enough)
            if score > highest or (score == highest and passage < best):
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
def _halve(numbers: Places, greater: Places) -> None:
    """Fill in the greater of each two neighbours; plain enough for many at a time."""
    for index in range(greater.shape[0]):
        greater[index] = max(numbers[2 * index], numbers[2 * index + 1])


@njit(nogil=True)
def _fill_maxima(passages: Places, documents: Places, blocks: Blocks, first: int, maxima: Floats) -> None:
    """Fill in what no document of each block exceeds; scores are bit patterns, the blocks those from the first on."""
    count = maxima.shape[0]
    halves, quarters = np.empty(count * 8, np.int32), np.empty(count * 4, np.int32)
    eighths, greatest = np.empty(count * 2, np.int32), np.empty(count, np.int32)
    _halve(passages, halves)
    _halve(halves, quarters)
    _halve(quarters, eighths)
    _halve(eighths, greatest)
    gains = np.empty(count, np.int32)
    for block in range(count):
        gain = np.int32(0)
        for document in range(blocks.firsts[first + block], blocks.lasts[first + block]):
            gain = max(gain, documents[np.uint32(document)])
        gains[block] = gain
    maxima[:] = greatest.view(np.float32) + gains.view(np.float32)


@njit(nogil=True)
def _add_all(passages: Sums, documents: Sums, blocks: Blocks) -> Floats:
    """Add up both levels, and return what no document of each block exceeds by its scores so far."""
    maxima = np.empty(blocks.firsts.shape[0], np.float32)
    # their order is that of numbers not negative, and they compare faster
    patterns, own = passages.scores.view(np.int32), documents.scores.view(np.int32)
    for first in range(0, maxima.shape[0], _STRETCH):
        last = min(first + _STRETCH, maxima.shape[0])
        passages.scores[first * BLOCK : last * BLOCK] = 0
        add_up(passages, last * BLOCK)
        add_up(documents, blocks.lasts[last - 1])
        add_rests(passages, first, last)
        add_rests(documents, first, last)
        _fill_maxima(patterns[first * BLOCK : last * BLOCK], own, blocks, first, maxima[first:last])
    return maxima


@njit(nogil=True)
def _leading(  # noqa: PLR0917  # numba knows no keyword-only arguments
    blocks: Blocks, shown: Mask, passages: Floats, documents: Floats, maxima: Floats, wanted: int
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
def _chosen(  # noqa: PLR0917  # numba knows no keyword-only arguments
    blocks: Blocks, shown: Mask, passages: Sums, documents: Sums, bounds: Floats, leading: Rows, wanted: int
) -> Best:
    """Return the best documents: among the leading ones, and those of the blocks that can have a better one."""
    best = _none(wanted)
    count = 0
    least = np.float32(0)
    seen = np.zeros(shown.shape[0], np.bool_)
    for document in leading:
        seen[document] = True
        passage, total = _evaluated(document, blocks, passages, documents, least)
        count = _put(best, count, document, passage, total)
    if count == wanted:
        least = best.totals[wanted - 1]
    # where no block has anything of the question, none is looked at
    possible = np.flatnonzero((bounds > 0) & (bounds >= least * _SURE))
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
                    least = best.totals[wanted - 1]
    return Best(best.documents[:count], best.passages[:count], best.totals[:count])


@njit(nogil=True)
def find_documents(  # noqa: PLR0917  # numba knows no keyword-only arguments
    passages: Asked, documents: Asked, gains: Floats, blocks: Blocks, shown: Mask, wanted: int, freely: int
) -> Best:
    """Return the `wanted` best of the documents that are shown, all with passages and with totals above zero.

    `gains` is what each document has beforehand. It is overwritten, and so are the terms. Equal totals keep the order
    of the documents. No impact may be negative.

    The postings of rare terms are added up, and of the frequent ones about `freely`. The whole totals of the documents
    that are best by these tell what is needed at least. Only in blocks whose greatest scores and crests reach that are
    documents looked at one by one, the most promising first.
    """
    above = begin(gains, documents, freely)
    below = begin(np.empty(blocks.firsts.shape[0] * BLOCK, np.float32), passages, freely)
    maxima = _add_all(below, above, blocks)
    leading = _leading(blocks, shown, below.scores, above.scores, maxima, wanted)
    return _chosen(blocks, shown, below, above, maxima + below.rests + above.rests, leading, wanted)
