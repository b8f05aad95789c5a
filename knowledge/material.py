"""Documents cut into passages and numbered terms: what an index is made of."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numba import njit

from knowledge.bags import Bags
from knowledge.kernels import Keys, Places, Rows, Spans, code_points, hash_pairs, hash_spans, token_keys
from knowledge.names import document_names
from knowledge.numbering import Numbering, pair_up, renumber
from knowledge.passages import cut
from knowledge.segmentation import cut_units
from knowledge.tokens import Tokenizer
from knowledge.types import Document

BATCH = 1 << 17
"""Characters that are numbered at a time."""
_PAIRS = 1 << 18
_NO_KEYS: Keys = np.empty(0, np.uint64)
_NO_PLACES: Places = np.empty(0, np.int32)


class TermLists(NamedTuple):
    """The numbered terms of some texts, one after another; the terms of text i are tokens[starts[i]:starts[i+1]].

    A negative number is a mark between terms. `keys` are those of the terms, sorted.
    """

    tokens: Places
    starts: Rows
    keys: Keys


@dataclass(frozen=True, slots=True)
class Material:
    """Documents, cut and numbered. Terms are those of every title, then of every passage."""

    first_passages: Rows
    passages: Sequence[bytes]
    """Heading path, line end, text."""
    names: Keys
    """Those that answered questions give are not among them."""
    first_names: Rows
    words: TermLists
    units: TermLists
    spellings: Sequence[str]
    """Of the units, in the order of their keys."""

    def over_passages(self, terms: TermLists, times: int) -> Bags:
        """Return the terms of each passage, those of its document's title `times` over."""
        count = len(self.first_passages) - 1
        rows = count + np.arange(len(self.passages))
        owners = np.repeat(np.arange(count), np.diff(self.first_passages))
        return Bags(terms.keys, terms.tokens, terms.starts, owners, rows, rows + 1, times)

    def over_documents(self, terms: TermLists, times: int) -> Bags:
        """Return the terms of each document, those of its title `times` over."""
        firsts = len(self.first_passages) - 1 + self.first_passages
        rows = np.arange(len(self.first_passages) - 1)
        return Bags(terms.keys, terms.tokens, terms.starts, rows, firsts[:-1], firsts[1:], times)

    def bigrams(self) -> TermLists:
        """Return the pairs of neighbouring units."""
        numbering = Numbering()
        units = self.units.tokens
        tokens = [
            numbering(pair_up(units[at : at + _PAIRS + 1])[: min(_PAIRS, len(units) - at)])
            for at in range(0, len(units), _PAIRS)
        ]
        ends = np.array([0, *accumulate(map(len, self.spellings))])
        keys = hash_pairs(numbering.keys, code_points("".join(self.spellings)), ends)
        return _sorted(TermLists(np.concatenate([_NO_PLACES, *tokens]), self.units.starts, keys))


@njit(nogil=True)
def count_spans(spans: Spans, ends: Rows) -> Rows:
    """Return how many spans end within each text; the texts end at `ends`."""
    counts = np.zeros(ends.shape[0], np.int64)
    text = 0
    for index in range(spans.shape[0]):
        while spans[index, 1] > ends[text]:
            text += 1
        counts[text] += 1
    return counts


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The terms of some texts in the order of the texts, and how many each text has."""

    words: Places
    word_counts: Rows
    units: Places
    unit_counts: Rows


class _Maker:
    """Numbers the terms of texts; used by one thread at a time."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.words = Numbering()
        self.units = Numbering()
        self.spellings: list[str] = []

    def number(self, texts: Sequence[str]) -> _Numbered:
        """Return the terms of normalised texts."""
        # no term goes across a line end
        joined = "\n".join(texts)
        ends = np.cumsum([len(text) + 1 for text in texts]) - 1
        codes = code_points(joined)
        words = self._tokenizer.word_spans(codes)
        units = cut_units(codes)
        known = len(self.spellings)
        numbers = self.units(hash_spans(codes, units))
        fresh = np.flatnonzero(numbers >= known)
        first = np.unique(numbers[fresh], return_index=True)[1]
        self.spellings += [joined[start:end] for start, end in units[fresh[first]].tolist()]
        np.copyto(numbers, units[:, 0], where=units[:, 0] < 0)
        return _Numbered(
            self.words(hash_spans(codes, words)), count_spans(words, ends), numbers, count_spans(units, ends)
        )


@dataclass(slots=True)
class _Gathering:
    """The material so far, document by document."""

    maker: _Maker
    aside: Executor
    counts: list[int] = field(default_factory=list)
    passages: list[bytes] = field(default_factory=list)
    names: list[Keys] = field(default_factory=list)
    titles: list[Future[_Numbered]] = field(default_factory=list)
    bodies: list[Future[_Numbered]] = field(default_factory=list)

    def add(self, documents: Sequence[Document], normalise: Callable[[str], str]) -> None:
        """Cut documents and have their terms numbered aside."""
        bodies: list[str] = []
        for document in documents:
            pieces = cut(document.text)
            self.counts.append(len(pieces))
            self.passages += [
                f"{' / '.join(piece.heading)}\n{piece.text}".encode("utf-8", "surrogatepass") for piece in pieces
            ]
            self.names.append(token_keys(document_names(document, normalise)))
            bodies += [normalise(piece.text) for piece in pieces]
        titles = [normalise(document.title) for document in documents]
        self.titles.append(self.aside.submit(self.maker.number, titles))
        self.bodies.append(self.aside.submit(self.maker.number, bodies))

    def material(self) -> Material:
        """Return all of it."""
        parts = [part.result() for part in (*self.titles, *self.bodies)]
        words = _joined([part.words for part in parts], [part.word_counts for part in parts], self.maker.words)
        units = _joined([part.units for part in parts], [part.unit_counts for part in parts], self.maker.units)
        return Material(
            first_passages=np.array([0, *accumulate(self.counts)]),
            passages=self.passages,
            names=np.concatenate([_NO_KEYS, *self.names]),
            first_names=np.array([0, *accumulate(map(len, self.names))]),
            words=_sorted(words),
            units=_sorted(units),
            spellings=[self.maker.spellings[place] for place in np.argsort(units.keys).tolist()],
        )


def prepare(documents: Iterable[Document], tokenizer: Tokenizer) -> Material:
    """Return the material of the documents."""
    # cutting and normalising hold the interpreter; numbering, beside them, does not
    with ThreadPoolExecutor(1) as aside:
        gathering = _Gathering(_Maker(tokenizer), aside)
        for batch in _batches(documents):
            gathering.add(batch, tokenizer.normalise)
        return gathering.material()


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch, size = list[Document](), 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _joined(tokens: Sequence[Places], counts: Sequence[Rows], numbering: Numbering) -> TermLists:
    starts = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    return TermLists(np.concatenate([_NO_PLACES, *tokens]), starts, numbering.keys)


def _sorted(terms: TermLists) -> TermLists:
    """Return the terms, in place, numbered in the order of their keys."""
    by_key = np.argsort(terms.keys)
    ranks = np.empty(len(by_key), np.int32)
    ranks[by_key] = np.arange(len(by_key), dtype=np.int32)
    renumber(terms.tokens, ranks)
    return TermLists(terms.tokens, terms.starts, terms.keys[by_key])
