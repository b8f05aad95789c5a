"""The three BM25 fields over one kind of text: passages, whole documents, answered questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.bags import Bags
from knowledge.index import BM25
from knowledge.kernels import Floats, Keys
from knowledge.tokens import Query, Tokens

K1 = 0.7
B = 0.75
EXPANSION_WEIGHT = 0.5
"""What a synonym counts beside the word that was asked."""


class Field(BM25):
    """BM25 with weights above zero: in an office's five documents most words stand in most documents."""

    def _idf(self, nd: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        idf: npt.NDArray[np.float64] = np.log1p((self.corpus_size - nd + 0.5) / (nd + 0.5))
        return idf


@dataclass(frozen=True, slots=True)
class Level:
    """BM25 over words, over characters and over pairs of characters, of the same texts."""

    words: Field
    unigrams: Field
    bigrams: Field

    @classmethod
    def over(cls, texts: Sequence[Tokens]) -> Self:
        """Return the fields over some texts."""
        return cls(
            words=Field([text.words for text in texts], k1=K1, b=B),
            unigrams=Field([text.unigrams for text in texts], k1=K1, b=B),
            bigrams=Field([text.bigrams for text in texts], k1=K1, b=B),
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the fields saved in a folder, memory-mapped."""
        return cls(*(Field.load(folder / name) for name in ("words", "unigrams", "bigrams")))

    def save(self, folder: Path) -> None:
        """Write the fields into a new folder."""
        self.words.save(folder / "words")
        self.unigrams.save(folder / "unigrams")
        self.bigrams.save(folder / "bigrams")

    @property
    def size(self) -> int:
        """How many texts there are."""
        return int(self.words.corpus_size)

    def score(self, query: Query) -> tuple[Floats, float]:
        """Return the sum of the three scores for each text, and the sum that no text can exceed."""
        scores = np.zeros(self.size, np.float32)
        ideal = 0.0
        for field, terms in zip((self.words, self.unigrams, self.bigrams), query.terms, strict=True):
            rows = field.find(terms.keys)
            field.add_scores(scores, rows, own=terms.own, other_weight=EXPANSION_WEIGHT)
            ideal += float(field.weights(rows[: terms.own]).sum()) * (field.k1 + 1)
        return scores, ideal


def write_field(folder: Path, bags: Bags) -> Keys:
    """Save the field over some documents into a new folder and return its vocabulary."""
    field = Field(bags, k1=K1, b=B)
    field.save(folder)
    return field.vocabulary
