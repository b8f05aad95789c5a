"""The three BM25 fields over one kind of text: passages, whole documents, answered questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.index import BM25
from knowledge.kernels import Floats
from knowledge.postings import Postings, mapped
from knowledge.sums import Terms
from knowledge.tally import Tally
from knowledge.tokens import Query

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
        return cls(words, unigrams, bigrams, postings)

    @property
    def size(self) -> int:
        """How many texts there are."""
        return int(self.words.corpus_size)

    @property
    def fields(self) -> tuple[Field, Field, Field]:
        """The fields, in the order of a question's terms."""
        return self.words, self.unigrams, self.bigrams

    def score(self, query: Query) -> Floats:
        """Return the sum of the three scores for each text."""
        scores = np.zeros(self.size, np.float32)
        for field, terms in zip(self.fields, query.terms, strict=True):
            field.add_scores(scores, field.find(terms.keys), own=terms.own, other_weight=EXPANSION_WEIGHT)
        return scores

    def terms(self, query: Query, *, weight: float) -> tuple[Terms, float]:
        """Return the terms of a question, and the score that no text can exceed; both times a weight."""
        rows, weights = [], []
        first, ideal = 0, 0.0
        for field, terms in zip(self.fields, query.terms, strict=True):
            found = field.find(terms.keys)
            counted = np.full(len(found), weight, np.float32)
            counted[terms.own :] *= EXPANSION_WEIGHT
            rows.append(np.where(found < 0, found, found + first))
            weights.append(counted)
            first += len(field.vocabulary)
            ideal += float(field.weights(found[: terms.own]).sum()) * (field.k1 + 1)
        return Terms(np.concatenate(rows), np.concatenate(weights)), ideal * weight


def write_level(folder: Path, fields: Sequence[Field]) -> None:
    """Save the fields over the same texts: words, unigrams, bigrams."""
    for name, field in zip(FIELDS, fields, strict=True):
        field.save(folder / name)
    Postings.write(folder, [field.postings for field in fields])
