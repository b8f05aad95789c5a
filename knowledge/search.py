"""The ranked documents of one generation for one question."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.generation import Generation
from knowledge.kernels import Floats, Rows, fill_gains
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


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best documents, best first: their rows, their best passages, the BM25 scores.

    `orders` are the values that the first are ordered by, made from their `signals`: the score, corrected by where
    the question's words stand. `titles`, `texts` and `precision` are theirs too. `ideal` is the best possible score.
    """

    documents: Rows
    passages: Rows
    scores: Floats
    orders: npt.NDArray[np.float64]
    signals: npt.NDArray[np.float64]
    ideal: float
    pattern: Pattern
    titles: Match
    texts: Match
    precision: Floats


class Search:
    """Ranks the documents of one generation that are in force."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._shown = generation.shown & (np.diff(generation.first_passages) > 0)

    def rank(self, query: Query, *, wanted: int = RERANKED) -> Ranking:
        """Return up to `wanted` documents with their best passages.

        The scores of all fields, of passage and document, and of answered questions are summed; the first 30 are
        then ordered anew.
        """
        generation = self._generation
        passages, documents = generation.passages_level, generation.documents_level
        passage_terms, ideal = passages.terms(query, weight=1.0)
        document_terms, _ = documents.terms(query, weight=DOCUMENT_WEIGHT)
        best = find_documents(
            Asked(passages.postings, generation.passage_crests, passage_terms),
            Asked(documents.postings, generation.document_crests, document_terms),
            self._gains(query),
            generation.blocks,
            self._shown,
            wanted,
            FREELY,
        )
        return self._reordered(query, *best, ideal)

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
        scores = self._generation.passages_level.score(query)
        firsts = self._generation.first_passages
        best = [int(firsts[row]) + int(scores[firsts[row] : firsts[row + 1]].argmax()) for row in documents]
        return sorted(best, key=lambda row: -scores[row])

    def _reordered(self, query: Query, documents: Rows, passages: Rows, scores: Floats, ideal: float) -> Ranking:
        first, rest = slice(0, RERANKED), slice(RERANKED, None)
        pattern = Pattern(self._generation, query)
        titles = pattern.match_titles(documents[first])
        texts = pattern.match_passages(passages[first])
        signals = _signals(pattern, scores[first] / (ideal or 1.0), titles, texts)
        orders = signals @ WEIGHTS + OWN_PLACE * self._generation.own[documents[first]]
        order = np.argsort(-orders, kind="stable")
        return Ranking(
            documents=np.concatenate([documents[first][order], documents[rest]]),
            passages=np.concatenate([passages[first][order], passages[rest]]),
            scores=np.concatenate([scores[first][order], scores[rest]]),
            orders=orders[order],
            signals=signals[order],
            ideal=ideal,
            pattern=pattern,
            titles=titles.reordered(order),
            texts=texts.reordered(order),
            precision=pattern.title_precision(documents[first])[order],
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
    in_title = pattern.coverage(titles.units, titles.pairs)[0] / (pattern.total or 1.0)
    sentence = texts.best / np.log(texts.lengths + SENTENCE_LENGTH) / 20
    return np.stack([shares, shares * brief, sentence, in_title * brief], axis=1).astype(np.float64)
