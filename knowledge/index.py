"""An immutable BM25 index: rank_bm25's scores from flat, memory-mappable arrays."""

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Okapi

from knowledge.bags import Bags
from knowledge.kernels import Floats, Keys, Rows, token_keys
from knowledge.leaders import find_best
from knowledge.postings import Postings, mapped
from knowledge.splice import Splice
from knowledge.tally import Tally, Weighed, renewed, weigh
from knowledge.wordlist import WordList, find_rows

_T = TypeVar("_T")
_ARRAYS = ("vocabulary", "idf", "doc_len")
_FIGURES = ("k1", "b", "epsilon", "corpus_size", "avgdl", "average_idf")


class BM25(BM25Okapi):
    """rank_bm25.BM25Okapi with postings in place of a dictionary per document.

    Same constructor, same methods, same scores to 1e-5, the floor under negative idf included; an empty corpus and
    empty documents work as well, and so do documents whose terms have been counted already. `idf` is an array beside
    `vocabulary` (sorted 64-bit keys of the terms) instead of a dictionary, `doc_freqs` stays empty. Arrays loaded from
    a folder are memory-mapped, read-only.
    """

    vocabulary: Keys
    postings: Postings

    def __init__(
        self,
        corpus: Iterable[Sequence[str]] | Tally,
        tokenizer: Callable[[str], Sequence[str]] | None = None,
        k1: float = 1.5,
        b: float = 0.75,
        epsilon: float = 0.25,
    ) -> None:
        super().__init__(corpus, tokenizer, k1=k1, b=b, epsilon=epsilon)
        self._prepare()

    def _initialize(self, corpus: Iterable[Sequence[str]] | Tally) -> npt.NDArray[np.int64]:
        self._tally = corpus if isinstance(corpus, Tally) else Bags.over(corpus).tally()
        self.vocabulary, self.doc_len = self._tally.vocabulary, self._tally.lengths
        self.corpus_size = len(self.doc_len)
        self.avgdl = float(self.doc_len.mean()) if self.corpus_size else 0.0
        return np.diff(self._tally.starts)

    def _calc_idf(self, nd: npt.NDArray[np.int64]) -> None:
        idf = self._idf(nd)
        self.average_idf = float(idf.mean()) if len(idf) else 0.0
        self.idf = np.where(idf < 0, self.epsilon * self.average_idf, idf)
        _, starts, documents, counts, _ = self._tally
        weigh(starts, documents, counts, *self._weighing())
        self.postings = Postings.of(self.corpus_size, starts, documents, counts)
        del self._tally

    def _weighing(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return what each term can count at most, and what each document's length takes from that."""
        return self.idf * (self.k1 + 1), self.k1 * (1 - self.b + self.b * self.doc_len / (self.avgdl or 1.0))

    def _idf(self, nd: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the weights of terms by how many documents have them, before the floor."""
        idf: npt.NDArray[np.float64] = np.log(self.corpus_size - nd + 0.5) - np.log(nd + 0.5)
        return idf

    def renewed(self, splice: Splice, fresh: Tally) -> Tally:
        """Return how often each term stands in the documents of a splice of these and of new ones.

        Raises ValueError where that cannot be told from what the terms count here.
        """
        starts, documents, impacts, *_ = self.postings
        weighed = Weighed(self.vocabulary, starts, documents, impacts, *self._weighing(), np.asarray(self.doc_len))
        return renewed(weighed, splice, fresh)

    def _prepare(self) -> None:
        """Make what is not worth saving."""
        self._bounded = bool((self.idf >= 0).all())
        # a term that no document has weighs as the rarest could
        self.wordlist = WordList.of(self.vocabulary, self.idf, float(np.log(2 * self.corpus_size + 1)))

    def rows(self, tokens: Sequence[str]) -> Rows:
        """Return each token's place in the vocabulary, -1 for a token that no document has."""
        rows: Rows = find_rows(self.wordlist, token_keys(tokens))
        return rows

    def get_scores(self, query: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the score of every document, a repeated query token counting as often as it is repeated."""
        scores = np.zeros(self.corpus_size)
        starts, documents, impacts, *_ = self.postings
        for row in self.rows(query):
            if row >= 0:
                span = slice(starts[row], starts[row + 1])
                scores[documents[span]] += impacts[span]
        return scores

    def top(self, tokens: Sequence[str], wanted: int) -> tuple[Rows, Floats]:
        """Return up to `wanted` documents with a score above zero, best first, and their scores.

        The best of `get_scores` in a fraction of the time; which of equal ones come out is left open.
        """
        wanted = min(wanted, self.corpus_size)
        if wanted < 1 or not self._bounded:
            scores = self.get_scores(tokens)
            rows = np.argsort(-scores, kind="stable")[: max(wanted, 0)]
            rows = rows[scores[rows] > 0]
            return rows, scores[rows].astype(np.float32)
        best: tuple[Rows, Floats] = find_best(self.rows(tokens), self.corpus_size, wanted, self.postings)
        return best

    def get_top_n(self, query: Sequence[str], documents: Sequence[_T], n: int = 5) -> list[_T]:
        """Return the n best documents, best first; those without any term of the query come last."""
        assert self.corpus_size == len(documents), "The documents given don't match the index corpus!"  # noqa: S101
        if not self._bounded:
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
        """Write all but the postings into a new folder."""
        folder.mkdir(parents=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "index.json").write_text(json.dumps({name: getattr(self, name) for name in _FIGURES}))

    @classmethod
    def load(cls, folder: Path, postings: Postings) -> Self:
        """Return the index saved in a folder, memory-mapped; raises OSError or ValueError for a damaged one."""
        index = cls.__new__(cls)
        try:
            values = json.loads((folder / "index.json").read_text())
            for name in _FIGURES:
                setattr(index, name, values[name])
            for name in _ARRAYS:
                setattr(index, name, mapped(folder / f"{name}.npy"))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{folder} is damaged") from error
        index.postings = postings
        if not _fits(index):
            raise ValueError(f"the files of {folder} do not belong together")
        index.tokenizer = None
        index.doc_freqs = []
        index._prepare()  # noqa: SLF001  # of the instance being made
        return index


def _fits(index: BM25) -> bool:
    """Return whether the arrays are of one index; those of several would be read beyond their ends."""
    terms = len(index.vocabulary)
    return (len(index.idf), len(index.postings.peaks), len(index.doc_len)) == (terms, terms, index.corpus_size)
