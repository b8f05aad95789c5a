"""What the texts of one level have of a question so far: some postings added up, a stretch at a time, others left."""

from typing import NamedTuple

import numpy as np
from numba import njit

from knowledge.blocks import STEPS, Crests
from knowledge.kernels import Floats, Rows
from knowledge.postings import Postings, add_term, add_until, impact_of


class WeightedTerms(NamedTuple):
    """The terms of a question at one level: their rows (-1: in no text), and what each counts."""

    rows: Rows
    weights: Floats


class Asked(NamedTuple):
    """The postings of one level, the crests of its frequent terms, and the terms looked for."""

    postings: Postings
    crests: Crests
    terms: WeightedTerms


class Sums(NamedTuple):
    """The scores of the texts of one level, of the terms that are added up; the others are `left`.

    The postings of the terms added up are so from `following` on. A step of the crests of a term that is left counts
    `steps`; `rests` are what all that are left can add at most in each block.
    """

    scores: Floats
    postings: Postings
    crests: Crests
    added: WeightedTerms
    following: Rows
    left: WeightedTerms
    steps: Floats
    rests: Floats


@njit(nogil=True)
def _merge(terms: WeightedTerms) -> int:
    """Put equal terms together and the unknown away; return how many there are."""
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
def _in_order(terms: WeightedTerms, count: int, postings: Postings) -> int:
    """Sort the terms: the rare ones, then those that can add most first; return how many are rare."""
    rows, weights = terms.rows, terms.weights
    most = np.empty(count, np.float32)
    rare = 0
    for index in range(count):
        row, weight = rows[index], weights[index]
        bound, place = weight * postings.peaks[row], index
        if postings.places[row] < 0:
            bound = np.float32(np.inf)
            rare += 1
        while place > 0 and most[place - 1] < bound:
            most[place], rows[place], weights[place] = most[place - 1], rows[place - 1], weights[place - 1]
            place -= 1
        most[place], rows[place], weights[place] = bound, row, weight
    return rare


@njit(nogil=True)
def begin(scores: Floats, asked: Asked, freely: int) -> Sums:
    """Return the sums before any postings are added; the terms are overwritten.

    Those of rare terms will be added up, and of the frequent ones that can add most about `freely`.
    """
    postings, crests = asked.postings, asked.crests
    count = _merge(asked.terms)
    first, more = _in_order(asked.terms, count, postings), 0
    rows, weights = asked.terms.rows[:count], asked.terms.weights[:count]
    while first < count and more < freely:
        more += postings.starts[rows[first] + 1] - postings.starts[rows[first]]
        first += 1
    return Sums(
        scores,
        postings,
        crests,
        WeightedTerms(rows[:first], weights[:first]),
        postings.starts[rows[:first]],
        WeightedTerms(rows[first:], weights[first:]),
        weights[first:] * postings.peaks[rows[first:]] / np.float32(STEPS),
        np.zeros(crests.shape[1], np.float32),
    )


@njit(nogil=True)
def add_up(sums: Sums, until: int) -> None:
    """Add the postings of the next texts, up to one of them, to the scores."""
    rows, weights = sums.added
    for index in range(rows.shape[0]):
        end = sums.postings.starts[rows[index] + 1]
        sums.following[index] = add_until(sums.scores, sums.postings, sums.following[index], end, until, weights[index])


@njit(nogil=True)
def add_rests(sums: Sums, first: int, last: int) -> None:
    """Fill in what the terms that are left can add at most in the blocks from one to another."""
    rests = sums.rests[first:last]
    for index in range(sums.left.rows.shape[0]):
        crests = sums.crests[sums.postings.places[sums.left.rows[index]], first:last]
        step = sums.steps[index]
        for block in range(rests.shape[0]):
            rests[block] += step * crests[block]


@njit(nogil=True)
def looked_up(sums: Sums, text: int, block: int, needed: np.float32) -> np.float32:
    """Return the whole score of a text, or something smaller as soon as it is certain to be below `needed`."""
    score: np.float32 = sums.scores[text]
    rest = sums.rests[block]
    for index in range(sums.left.rows.shape[0]):
        if score + rest < needed:
            return score
        row = sums.left.rows[index]
        crest = sums.crests[sums.postings.places[row], block]
        if crest:
            score += sums.left.weights[index] * impact_of(sums.postings, row, text)
            rest -= sums.steps[index] * crest
    return score


@njit(nogil=True)
def score_all(scores: Floats, postings: Postings, terms: WeightedTerms) -> None:
    """Add all that the terms count to the scores of all texts."""
    for index in range(terms.rows.shape[0]):
        if terms.rows[index] >= 0:
            add_term(scores, postings, terms.rows[index], terms.weights[index])


@njit(nogil=True)
def best_texts(firsts: Rows, lasts: Rows, postings: Postings, terms: WeightedTerms) -> tuple[Rows, Floats]:
    """Return the best text from each first to each last one, the first of equal ones, and its score."""
    best = np.empty(firsts.shape[0], np.int64)
    most = np.empty(firsts.shape[0], np.float32)
    for place in range(firsts.shape[0]):
        first, last = firsts[place], lasts[place]
        scores = np.zeros(last - first, np.float32)
        for index in range(terms.rows.shape[0]):
            row = terms.rows[index]
            if row < 0:
                continue
            end = postings.starts[row + 1]
            at = postings.starts[row] + np.searchsorted(postings.documents[postings.starts[row] : end], first)
            while at < end and postings.documents[at] < last:
                scores[postings.documents[at] - first] += terms.weights[index] * postings.impacts[at]
                at += 1
        best[place] = first + scores.argmax()
        most[place] = scores.max()
    return best, most
