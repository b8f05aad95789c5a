"""Texts as numbered terms, and how often each stands in the documents that consist of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit

from knowledge.kernels import Floats, Keys, Places, Rows, token_keys
from knowledge.tally import Tally


@dataclass(frozen=True, slots=True)
class Bags:
    """What the documents of an index consist of: numbered terms in texts, and texts in documents.

    `tokens` are places in `keys` (sorted), negative for what is no term; text i is tokens[starts[i]:starts[i+1]].
    Document d is the text titles[d], counted `times` times, and the texts firsts[d] to lasts[d].
    """

    keys: Keys
    tokens: Places
    starts: Rows
    titles: Rows
    firsts: Rows
    lasts: Rows
    times: int = 0

    @classmethod
    def over(cls, corpus: Iterable[Sequence[str]]) -> Self:
        """Return the bags of documents given as tokens."""
        keys = [token_keys(document) for document in corpus]
        starts = np.cumsum([0, *map(len, keys)])
        vocabulary, places = np.unique(np.concatenate([np.empty(0, np.uint64), *keys]), return_inverse=True)
        rows = np.arange(len(keys))
        return cls(vocabulary, places.astype(np.int32), starts, rows, rows, rows + 1)

    def tally(self) -> Tally:
        """Count the terms."""
        texts = (self.tokens, self.starts, self.titles, self.firsts, self.lasts, self.times)
        frequencies, lengths = count_terms(len(self.keys), *texts)
        places = np.cumsum(np.concatenate([[0], frequencies]))
        documents, counts = post_terms(places, *texts)
        known = frequencies > 0
        starts = np.concatenate([places[:-1][known], places[-1:]])
        return Tally(self.keys[known], starts, documents, counts, lengths)


@njit(nogil=True)
def count_terms(  # noqa: PLR0917  # numba knows no keyword-only arguments
    terms: int, tokens: Places, starts: Rows, titles: Rows, firsts: Rows, lasts: Rows, times: int
) -> tuple[Rows, Rows]:
    """Return how many documents have each term, and the length of each document."""
    frequencies = np.zeros(terms, np.int64)
    lengths = np.zeros(titles.shape[0], np.int64)
    seen_in = np.full(terms, -1, np.int32)
    for document in range(titles.shape[0]):
        for text in range(firsts[document] - 1, lasts[document]):
            is_title = text < firsts[document]
            if is_title and not times:
                continue
            count = times if is_title else 1
            row = titles[document] if is_title else text
            for at in range(starts[row], starts[row + 1]):
                term = tokens[at]
                if term < 0:
                    continue
                lengths[document] += count
                if seen_in[term] != document:
                    seen_in[term] = document
                    frequencies[term] += 1
    return frequencies, lengths


@njit(nogil=True)
def post_terms(  # noqa: PLR0917  # numba knows no keyword-only arguments
    places: Rows, tokens: Places, starts: Rows, titles: Rows, firsts: Rows, lasts: Rows, times: int
) -> tuple[Places, Floats]:
    """Return the postings, term by term, and how often the term stands in the document; term i begins at places[i]."""
    postings = np.empty(places[-1], np.int32)
    counts = np.empty(places[-1], np.float32)
    following = places[:-1].copy()
    for document in range(titles.shape[0]):
        for text in range(firsts[document] - 1, lasts[document]):
            is_title = text < firsts[document]
            if is_title and not times:
                continue
            count = np.float32(times if is_title else 1)
            row = titles[document] if is_title else text
            for at in range(starts[row], starts[row + 1]):
                term = tokens[at]
                if term < 0:
                    continue
                place = following[term]
                if place > places[term] and postings[place - 1] == document:
                    counts[place - 1] += count
                else:
                    postings[place] = document
                    counts[place] = count
                    following[term] = place + 1
    return postings, counts
