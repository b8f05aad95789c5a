"""The ranked documents of one generation for one question."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.generation import Generation
from knowledge.kernels import Floats, Rows, fill_gains
from knowledge.level import counted, ideal_score
from knowledge.pattern import Match, Pattern
from knowledge.shortlist import find_documents
from knowledge.sums import Asked
from knowledge.tokens import Query

DOCUMENT_WEIGHT = 0.8
"""What a document's own score counts beside its best passage's."""
LINK_WEIGHT = 1.0
"""What the score of an answered question counts for the documents that answer it."""
FREELY = 1 << 15
"""Postings of frequent terms that are added up in any case: of a small collection nearly all."""
RERANKED = 30
BRIEF = 8.0
"""Units of a question at which what counts for brief ones has fallen to 1/e."""
BRIEFEST = 3
SENTENCE_LENGTH = 8
OWN_PLACE = 0.5
"""What a text of the office's own place has ahead of the others, in units of the order: it decides between equals."""

# Fitted by `python benchmarks/calibration.py` on the development half, cross-validated.
WEIGHTS = (27.45, -30.13, 4.19, 16.82)
_WEIGHTS = np.array(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best documents, best first: their rows, their best passages, the BM25 scores.

    `orders` are the values that the first are ordered by, made from their `signals`: the score, corrected by where
    the question's words stand. `title` and `text` are what the title and the passage of the first one have, in one row,
    or none where nothing was found. `ideal` is the best possible score.
    """

    documents: Rows
    passages: Rows
    scores: Floats
    orders: npt.NDArray[np.float64]
    signals: npt.NDArray[np.float64]
    ideal: float
    pattern: Pattern
    title: Match
    text: Match


class Search:
    """Ranks the documents of one generation that are in force."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._shown = generation.shown & generation.filled

    def rank(self, query: Query, *, wanted: int = RERANKED) -> Ranking:
        """Return up to `wanted` documents with their best passages.

        The scores of all fields, of passage and document, and of answered questions are summed; the first 30 are
        then ordered anew.
        """
        generation = self._generation
        below, above = generation.passages_level, generation.documents_level
        found = below.find(query)
        weights = below.weigh(query, found)
        # the terms are overwritten, and the rows are needed again
        passages = counted(query, found.copy())
        documents = counted(query, above.find(query), DOCUMENT_WEIGHT)
        best = find_documents(
            Asked(below.postings, generation.passage_crests, passages),
            Asked(above.postings, generation.document_crests, documents),
            self._gains(query),
            generation.blocks,
            self._shown,
            wanted,
            FREELY,
        )
        return self._reordered(Pattern(generation, query, found, weights), *best, ideal_score(query, weights))

    def _gains(self, query: Query) -> Floats:
        """Return what each document gains from the answered questions linked to it."""
        generation = self._generation
        gains = np.zeros(generation.documents, np.float32)
        if generation.questions_level.size:
            scores = generation.questions_level.score(query)
            fill_gains(gains, scores, generation.first_links, generation.links, LINK_WEIGHT)
        return gains

    def best_passages(self, documents: Sequence[int], query: Query) -> list[int]:
        """Return the best passage of each document, best first; its first where none has any of the query."""
        firsts, rows = self._generation.first_passages, np.array(documents, np.int64)
        passages, scores = self._generation.passages_level.best(query, firsts[rows], firsts[rows + 1])
        best: list[int] = passages[np.argsort(-scores, kind="stable")].tolist()
        return best

    def _reordered(self, pattern: Pattern, documents: Rows, passages: Rows, scores: Floats, ideal: float) -> Ranking:
        first = slice(0, RERANKED)
        titles, texts = pattern.match(documents[first], passages[first])
        signals = _signals(pattern, scores[first] / (ideal or 1.0), titles, texts)
        orders = signals @ _WEIGHTS + OWN_PLACE * self._generation.own[documents[first]]
        order = whole = np.argsort(-orders, kind="stable")
        if len(order) < len(documents):
            whole = np.concatenate([order, np.arange(len(order), len(documents))])
        best = slice(order[0], order[0] + 1) if len(order) else first
        return Ranking(
            documents=documents[whole],
            passages=passages[whole],
            scores=scores[whole],
            orders=orders[order],
            signals=signals[order],
            ideal=ideal,
            pattern=pattern,
            title=titles.rows(best),
            text=texts.rows(best),
        )


def briefness(units: int) -> float:
    """Return how brief a question of so many units is, 0..1."""
    return math.exp(-max(units, BRIEFEST) / BRIEF)


def _signals(pattern: Pattern, shares: Floats, titles: Match, texts: Match) -> npt.NDArray[np.float64]:
    """Return what the first documents are ordered by, one row each.

    The score as a share of the best possible one, the same for brief questions, the question's weight in one sentence
    in relation to its length, and for brief questions the share of the question that the title has.
    """
    brief = briefness(pattern.size)
    signals = np.empty((len(shares), len(WEIGHTS)))
    signals[:, 0] = shares
    signals[:, 1] = shares * brief
    signals[:, 2] = texts.best / np.log(texts.lengths + SENTENCE_LENGTH) / 20
    signals[:, 3] = pattern.coverage(titles.units) / (pattern.total or 1.0) * brief
    return signals
