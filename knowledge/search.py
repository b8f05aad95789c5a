"""The ranked passages of one generation for one question."""

from dataclasses import dataclass

import numpy as np

from knowledge.generation import FIELDS, Generation, Level
from knowledge.kernels import Floats, Rows, add_scores, best_documents
from knowledge.tokens import Query

DOCUMENT_WEIGHT = 0.5
EXPANSION_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best documents, best first: their rows, their best passages and the scores; `ideal` is the query's own score."""

    documents: Rows
    passages: Rows
    scores: Floats
    ideal: float


class Search:
    """Ranks the documents of one generation that are in force."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    def rank(self, query: Query, *, wanted: int = 100) -> Ranking:
        """Return up to `wanted` documents with their best passages; the scores of all fields and both levels summed."""
        generation = self._generation
        passage_scores, ideal = self._score(generation.passages_level, query)
        document_scores, _ = self._score(generation.documents_level, query)
        documents, passages, scores = best_documents(
            passage_scores, document_scores, DOCUMENT_WEIGHT, generation.first_passages, generation.shown, wanted
        )
        return Ranking(documents, passages, scores, ideal)

    def _score(self, level: Level, query: Query) -> tuple[Floats, float]:
        scores = np.zeros(level.words.corpus_size, np.float32)
        ideal = 0.0
        for name in FIELDS:
            index = getattr(level, name)
            own: tuple[str, ...] = getattr(query.tokens, name)
            other: tuple[str, ...] = getattr(query.expanded, name)
            rows = index.rows(own + other)
            weights = np.array([1.0] * len(own) + [EXPANSION_WEIGHT] * len(other), np.float32)
            add_scores(scores, rows, weights, index.starts, index.postings, index.impacts)
            unknown = np.log(2 * index.corpus_size + 1) if index.corpus_size else 0.0
            idf = np.append(index.idf, unknown)
            ideal += float(idf[rows[: len(own)]].sum()) * (index.k1 + 1)
        return scores, ideal
