"""The three BM25 fields over one kind of text: passages, whole documents, answered questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.index import BM25
from knowledge.kernels import Doubles, Floats, Rows
from knowledge.postings import Postings, mapped
from knowledge.sums import WeightedTerms, best_texts, score_all
from knowledge.tally import Tally
from knowledge.tokens import Query
from knowledge.wordlist import Fields, find_terms, weigh_terms

K1 = 0.7
B = 0.75
EXPANSION_WEIGHT = 0.5
"""What a synonym counts beside the word that was asked."""
FIELDS = ("words", "unigrams", "bigrams")


class Field(BM25):
    """BM25 with weights above zero: in an office's five documents most words stand in most documents."""

    @classmethod
    def over(cls, corpus: Iterable[Sequence[str]] | Tally) -> Self:
        """Return the field over some documents."""
        return cls(corpus, k1=K1, b=B)

    def _idf(self, nd: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        idf: npt.NDArray[np.float64] = np.log1p((self.corpus_size - nd + 0.5) / (nd + 0.5))
        return idf


@dataclass(frozen=True, slots=True)
class Level:
    """BM25 over words, over characters and over pairs of characters, of the same texts."""

    words: Field
    unigrams: Field
    bigrams: Field
    postings: Postings
    """Those of the fields, one after another."""
    wordlists: Fields

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the fields saved in a folder, memory-mapped; raises OSError or ValueError for damaged ones."""
        postings = Postings.load(folder)
        ends = np.cumsum([0, *(len(mapped(folder / name / "vocabulary.npy")) for name in FIELDS)]).tolist()
        fields = [
            Field.load(folder / name, postings.part(first, last))
            for name, (first, last) in zip(FIELDS, pairwise(ends), strict=True)
        ]
        if not postings.fit(ends[-1], fields[0].corpus_size):
            raise ValueError(f"the files of {folder} do not belong together")
        words, unigrams, bigrams = fields
        return cls(words, unigrams, bigrams, postings, (words.wordlist, unigrams.wordlist, bigrams.wordlist))

    @property
    def size(self) -> int:
        """How many texts there are."""
        return int(self.words.corpus_size)

    @property
    def fields(self) -> tuple[Field, Field, Field]:
        """The fields, in the order of a question's terms."""
        return self.words, self.unigrams, self.bigrams

    def find(self, query: Query) -> Rows:
        """Return where each term of a question stands in the postings, -1 for one that no text has."""
        rows: Rows = find_terms(self.wordlists, query.terms.keys, query.terms.ends)
        return rows

    def weigh(self, query: Query, rows: Rows) -> Doubles:
        """Return the idf of each term; one that no text has weighs as the rarest could."""
        weights: Doubles = weigh_terms(self.wordlists, rows, query.terms.ends)
        return weights

    def score(self, query: Query) -> Floats:
        """Return the sum of the three scores for each text."""
        scores = np.zeros(self.size, np.float32)
        score_all(scores, self.postings, counted(query, self.find(query)))
        return scores

    def best(self, query: Query, firsts: Rows, lasts: Rows) -> tuple[Rows, Floats]:
        """Return the best text from each first to each last one, the first where none has any term, and its score."""
        best: tuple[Rows, Floats] = best_texts(firsts, lasts, self.postings, counted(query, self.find(query)))
        return best


def counted(query: Query, rows: Rows, weight: float = 1.0) -> WeightedTerms:
    """Return the terms of a question, in these rows, with what each counts: times a weight, synonyms less."""
    weights = np.full(len(rows), weight, np.float32)
    if query.expansions:
        for own, end in zip(query.terms.owns.tolist(), query.terms.ends.tolist(), strict=True):
            weights[own:end] *= EXPANSION_WEIGHT
    return WeightedTerms(rows, weights)


def ideal_score(query: Query, weights: Doubles) -> float:
    """Return the score that no text can exceed, given the idf of each term."""
    owns = zip((0, *query.terms.ends.tolist()), query.terms.owns.tolist(), strict=False)
    return (K1 + 1) * sum(float(weights[first:last].sum()) for first, last in owns)


def write_level(folder: Path, fields: Sequence[Field]) -> None:
    """Save the fields over the same texts: words, unigrams, bigrams."""
    for name, field in zip(FIELDS, fields, strict=True):
        field.save(folder / name)
    Postings.write(folder, [field.postings for field in fields])
