"""An immutable BM25 index: rank_bm25's scores from flat, memory-mappable arrays."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Okapi

from knowledge.bags import Bags, count_terms, post_terms, saturate, weigh
from knowledge.kernels import Floats, Keys, Places, Rows, add_scores, fill_buckets, find_rows, row_weights, token_keys
from knowledge.leaders import Bounds, find_best

_T = TypeVar("_T")
_ARRAYS = ("vocabulary", "starts", "postings", "impacts", "idf", "doc_len")
_FIGURES = ("k1", "b", "epsilon", "corpus_size", "avgdl", "average_idf")


class BM25(BM25Okapi):
    """rank_bm25.BM25Okapi with postings in place of a dictionary per document.

    Same constructor, same methods, same scores to 1e-5, the floor under negative idf included; an empty corpus and
    empty documents work as well, and so do documents whose terms are numbered already. `idf` is an array beside
    `vocabulary` (sorted 64-bit keys of the terms) instead of a dictionary, `doc_freqs` stays empty. Arrays loaded from
    a folder are memory-mapped, read-only.
    """

    vocabulary: Keys
    starts: Rows
    postings: Places
    impacts: Floats

    def __init__(
        self,
        corpus: Iterable[Sequence[str]] | Bags,
        tokenizer: Callable[[str], Sequence[str]] | None = None,
        k1: float = 1.5,
        b: float = 0.75,
        epsilon: float = 0.25,
    ) -> None:
        super().__init__(corpus, tokenizer, k1=k1, b=b, epsilon=epsilon)
        self._prepare()

    def _initialize(self, corpus: Iterable[Sequence[str]] | Bags) -> npt.NDArray[np.int64]:
        bags = corpus if isinstance(corpus, Bags) else Bags.over(corpus)
        texts = (bags.tokens, bags.starts, bags.titles, bags.firsts, bags.lasts, bags.times)
        frequencies, self.doc_len = count_terms(len(bags.keys), *texts)
        self.corpus_size = len(self.doc_len)
        self.avgdl = float(self.doc_len.mean()) if self.corpus_size else 0.0
        places = np.cumsum(np.concatenate([[0], frequencies]))
        self.postings, self.impacts = post_terms(places, *texts)
        saturate(self.postings, self.impacts, self.doc_len, self.avgdl or 1.0, float(self.k1), float(self.b))
        known = frequencies > 0
        self.vocabulary = bags.keys[known]
        self.starts = np.concatenate([places[:-1][known], places[-1:]])
        return frequencies[known]

    def _calc_idf(self, nd: npt.NDArray[np.int64]) -> None:
        idf = self._idf(nd)
        self.average_idf = float(idf.mean()) if len(idf) else 0.0
        self.idf = np.where(idf < 0, self.epsilon * self.average_idf, idf)
        weigh(self.starts, self.impacts, self.idf)

    def _idf(self, nd: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the weights of terms by how many documents have them, before the floor."""
        idf: npt.NDArray[np.float64] = np.log(self.corpus_size - nd + 0.5) - np.log(nd + 0.5)
        return idf

    def _prepare(self) -> None:
        """Make what is not worth saving."""
        self._buckets = fill_buckets(self.vocabulary, max(len(self.vocabulary).bit_length(), 1))
        self._unknown = float(np.log(2 * self.corpus_size + 1))

    def rows(self, tokens: Sequence[str]) -> Rows:
        """Return each token's place in the vocabulary, -1 for a token that no document has."""
        return self.find(token_keys(tokens))

    def find(self, keys: Keys) -> Rows:
        """Return the place of each key in the vocabulary, -1 for one that no document has."""
        rows: Rows = find_rows(self.vocabulary, self._buckets, keys)
        return rows

    def add_scores(self, scores: Floats, rows: Rows, *, own: int, other_weight: float) -> None:
        """Add to each document's score what it has of the terms in these rows; the first `own` count whole."""
        add_scores(scores, rows, own, other_weight, self.starts, self.postings, self.impacts)

    def weights(self, rows: Rows) -> npt.NDArray[np.float64]:
        """Return the idf of each row; one that no document has weighs as the rarest term could."""
        weights: npt.NDArray[np.float64] = row_weights(self.idf, rows, self._unknown)
        return weights

    def get_scores(self, query: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the score of every document, a repeated query token counting as often as it is repeated."""
        scores = np.zeros(self.corpus_size)
        for row in self.rows(query):
            if row >= 0:
                span = slice(self.starts[row], self.starts[row + 1])
                scores[self.postings[span]] += self.impacts[span]
        return scores

    @cached_property
    def _bounds(self) -> Bounds:
        return Bounds.of(self.corpus_size, self.starts, self.postings, self.impacts)

    def top(self, tokens: Sequence[str], wanted: int) -> tuple[Rows, Floats]:
        """Return up to `wanted` documents with a score above zero, best first, and their scores.

        The best of `get_scores` in a fraction of the time; which of equal ones come out is left open.
        """
        wanted = min(wanted, self.corpus_size)
        if wanted < 1 or not self._bounds.hold:
            scores = self.get_scores(tokens)
            rows = np.argsort(-scores, kind="stable")[: max(wanted, 0)]
            rows = rows[scores[rows] > 0]
            return rows, scores[rows].astype(np.float32)
        best: tuple[Rows, Floats] = find_best(
            self.rows(tokens), self.corpus_size, wanted, self.starts, self.postings, self.impacts, *self._bounds.arrays
        )
        return best

    def get_top_n(self, query: Sequence[str], documents: Sequence[_T], n: int = 5) -> list[_T]:
        """Return the n best documents, best first; those without any term of the query come last."""
        assert self.corpus_size == len(documents), "The documents given don't match the index corpus!"  # noqa: S101
        if not self._bounds.hold:
            best: list[_T] = super().get_top_n(query, documents, n)
            return best
        rows = self.top(query, n)[0].tolist()
        known = set(rows)
        others = (row for row in reversed(range(self.corpus_size)) if row not in known)
        return [documents[row] for row in (*rows, *islice(others, n - len(rows)))]

    def get_batch_scores(self, query: Sequence[str], doc_ids: Sequence[int]) -> list[float]:
        """Return the scores of some documents, in the order asked for."""
        scores: list[float] = self.get_scores(query)[list(doc_ids)].tolist()
        return scores

    def save(self, folder: Path) -> None:
        """Write the arrays into a new folder."""
        folder.mkdir(parents=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "index.json").write_text(json.dumps({name: getattr(self, name) for name in _FIGURES}))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the index saved in a folder, memory-mapped; raises OSError or ValueError for a damaged one."""
        index = cls.__new__(cls)
        try:
            values = json.loads((folder / "index.json").read_text())
            for name in _FIGURES:
                setattr(index, name, values[name])
            for name in _ARRAYS:
                # a plain view: slicing np.memmap itself costs a microsecond each time
                setattr(index, name, np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray))
        except (EOFError, KeyError, TypeError) as error:
            raise ValueError(f"{folder} is damaged") from error
        if not _fits(index):
            raise ValueError(f"the files of {folder} do not belong together")
        index.tokenizer = None
        index.doc_freqs = []
        index._prepare()  # noqa: SLF001  # of the instance being made
        return index


def _fits(index: BM25) -> bool:
    """Return whether the arrays are of one index; those of several would be read beyond their ends."""
    terms, postings = len(index.vocabulary), len(index.postings)
    return (
        (len(index.starts), len(index.idf)) == (terms + 1, terms)
        and (index.starts[0], index.starts[-1], len(index.impacts)) == (0, postings, postings)
        and len(index.doc_len) == index.corpus_size
    )
