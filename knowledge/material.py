"""Documents cut into passages and numbered terms: what an index is made of, kept for the next one."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

import numpy as np
from numba import njit

from knowledge import kernels, names, normalisation, numbering, numbers, passages, segmentation
from knowledge.bags import Bags
from knowledge.kernels import (
    BREAK_MARK,
    Keys,
    Places,
    Rows,
    Spans,
    code_points,
    hash_pairs,
    hash_spans,
    token_keys,
)
from knowledge.names import document_names
from knowledge.numbering import Numbering, find_used, pair_up, renumber
from knowledge.passages import cut
from knowledge.segmentation import cut_units
from knowledge.texts import Texts
from knowledge.tokens import Tokenizer
from knowledge.types import Document

BATCH = 1 << 17
"""Characters that are numbered at a time."""
_PAIRS = 1 << 18
_MAKERS = (kernels, names, normalisation, numbering, numbers, passages, segmentation)
"""What decides on passages, terms and names: material made by other versions of them is not taken over."""
_NO_KEYS: Keys = np.empty(0, np.uint64)
_NO_PLACES: Places = np.empty(0, np.int32)
_WRITTEN = ("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbered terms of some texts, one after another; the terms of text i are tokens[starts[i]:starts[i+1]].

    A negative number is a mark between terms. `keys` are those of the terms, sorted.
    """

    tokens: Places
    starts: Rows
    keys: Keys


@dataclass(frozen=True, slots=True)
class Material:
    """All documents, cut and numbered. Terms are those of every title, then of every passage."""

    first_passages: Rows
    passages: Sequence[bytes]
    """Heading path, line end, text."""
    texts: Sequence[Callable[[], list[bytes]]]
    """Of the documents, as they were written, some at a time."""
    names: Sequence[Keys]
    """Of each document; those that answered questions give it are not among them."""
    words: Terms
    units: Terms
    spellings: Sequence[str]
    """Of the units, in the order of their keys."""

    def over_passages(self, terms: Terms, times: int) -> Bags:
        """Return the terms of each passage, those of its document's title `times` over."""
        count = len(self.first_passages) - 1
        rows = count + np.arange(len(self.passages))
        owners = np.repeat(np.arange(count), np.diff(self.first_passages))
        return Bags(terms.keys, terms.tokens, terms.starts, owners, rows, rows + 1, times)

    def over_documents(self, terms: Terms, times: int) -> Bags:
        """Return the terms of each document, those of its title `times` over."""
        firsts = len(self.first_passages) - 1 + self.first_passages
        rows = np.arange(len(self.first_passages) - 1)
        return Bags(terms.keys, terms.tokens, terms.starts, rows, firsts[:-1], firsts[1:], times)

    def bigrams(self) -> Terms:
        """Return the pairs of neighbouring units."""
        numbering = Numbering()
        units = self.units.tokens
        tokens = [
            numbering(pair_up(units[at : at + _PAIRS + 1])[: min(_PAIRS, len(units) - at)])
            for at in range(0, len(units), _PAIRS)
        ]
        ends = np.array([0, *accumulate(map(len, self.spellings))])
        keys = hash_pairs(numbering.keys, code_points("".join(self.spellings)), ends)
        return _sorted(Terms(np.concatenate([_NO_PLACES, *tokens]), self.units.starts, keys), np.argsort(keys))


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


class _Earlier:
    """What an earlier generation has of documents that have not changed; nothing when it was made differently."""

    def __init__(self, folder: Path | None, recipe: str) -> None:
        self._rows: dict[int, int] = {}
        self.word_keys: Keys = np.empty(0, np.uint64)
        self.spellings: Sequence[str] = ()
        if folder is None or not _is_made_by(recipe, folder):
            return
        kept = folder / "material"
        self._first_passages: Rows = np.load(folder / "first_passages.npy")
        self._passages = Texts(folder, "passages")
        self._texts = Texts(folder, "texts")
        self._names: Keys = np.load(kept / "names.npy")
        self._first_names: Rows = np.load(kept / "first_names.npy")
        self._words = Terms(_mapped(kept / "words.npy"), np.load(kept / "word_starts.npy"), _NO_KEYS)
        self._units = Terms(_mapped(folder / "units.npy"), np.load(folder / "unit_starts.npy"), _NO_KEYS)
        self.word_keys = np.load(kept / "word_keys.npy")
        self.spellings = Texts(folder, "spellings").all()
        # the title of a document without passages may have units that no passage has
        self._rows = {
            mark: row
            for row, mark in enumerate(np.load(kept / "marks.npy").tolist())
            if self._first_passages[row] < self._first_passages[row + 1]
        }

    def row(self, mark: int) -> int:
        """Return the row of an unchanged document, -1 for another."""
        return self._rows.get(mark, -1)

    def counts(self, rows: range) -> list[int]:
        """Return how many passages each document of some neighbouring rows has."""
        counts: list[int] = np.diff(self._first_passages[rows.start : rows.stop + 1]).tolist()
        return counts

    def passages(self, rows: range) -> list[bytes]:
        """Return their passages."""
        return self._passages.raw(int(self._first_passages[rows.start]), int(self._first_passages[rows.stop]))

    def texts(self, rows: range) -> list[bytes]:
        """Return the texts of the documents."""
        return self._texts.raw(rows.start, rows.stop)

    def names(self, rows: range) -> list[Keys]:
        """Return the names of each."""
        ends = (self._first_names[rows.start + 1 : rows.stop] - self._first_names[rows.start]).tolist()
        return np.split(self._names[self._first_names[rows.start] : self._first_names[rows.stop]], ends)

    def titles(self, rows: range) -> _Numbered:
        """Return the terms of their titles."""
        return _Numbered(*_taken(self._words, rows), *_taken(self._units, rows))

    def bodies(self, rows: range) -> _Numbered:
        """Return the terms of their passages."""
        titles = len(self._first_passages) - 1
        texts = range(titles + int(self._first_passages[rows.start]), titles + int(self._first_passages[rows.stop]))
        return _Numbered(*_taken(self._words, texts), *_taken(self._units, texts))


class _Maker:
    """Numbers the terms of texts; used by one thread at a time."""

    def __init__(self, tokenizer: Tokenizer, earlier: _Earlier) -> None:
        self._tokenizer = tokenizer
        self.words = Numbering(earlier.word_keys)
        self.units = Numbering(token_keys(earlier.spellings))
        self.spellings = list(earlier.spellings)

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
    texts: list[Callable[[], list[bytes]]] = field(default_factory=list)
    names: list[Keys] = field(default_factory=list)
    titles: list[Callable[[], _Numbered]] = field(default_factory=list)
    bodies: list[Callable[[], _Numbered]] = field(default_factory=list)

    def take_over(self, earlier: _Earlier, rows: range) -> None:
        """Add unchanged documents."""
        self.counts += earlier.counts(rows)
        self.passages += earlier.passages(rows)
        self.texts.append(partial(earlier.texts, rows))
        self.names += earlier.names(rows)
        self.titles.append(partial(earlier.titles, rows))
        self.bodies.append(partial(earlier.bodies, rows))

    def add(self, documents: Sequence[Document], normalise: Callable[[str], str]) -> None:
        """Cut new documents and have their terms numbered aside."""
        self.texts.append(partial(_encoded, documents))
        bodies: list[str] = []
        for document in documents:
            pieces = cut(document.text)
            self.counts.append(len(pieces))
            self.passages += [f"{' / '.join(piece.heading)}\n{piece.text}".encode(*_WRITTEN) for piece in pieces]
            self.names.append(token_keys(document_names(document, normalise)))
            bodies += [normalise(piece.text) for piece in pieces]
        titles = [normalise(document.title) for document in documents]
        self.titles.append(self.aside.submit(self.maker.number, titles).result)
        self.bodies.append(self.aside.submit(self.maker.number, bodies).result)

    def material(self) -> Material:
        """Return all of it."""
        parts = [part() for part in (*self.titles, *self.bodies)]
        words = _joined([part.words for part in parts], [part.word_counts for part in parts], self.maker.words)
        units = _joined([part.units for part in parts], [part.unit_counts for part in parts], self.maker.units)
        by_key = _used_by_key(units)
        return Material(
            first_passages=np.array([0, *accumulate(self.counts)]),
            passages=self.passages,
            texts=self.texts,
            names=self.names,
            words=_sorted(words, _used_by_key(words)),
            units=_sorted(units, by_key),
            spellings=[self.maker.spellings[place] for place in by_key.tolist()],
        )


def prepare(documents: Sequence[Document], tokenizer: Tokenizer, earlier: Path | None = None) -> Material:
    """Return the material of the documents; that of unchanged ones is taken from an earlier generation's folder.

    Raises OSError or ValueError for an earlier generation that is damaged.
    """
    known = _Earlier(earlier, _recipe(tokenizer))
    # cutting and normalising hold the interpreter; numbering, beside them, does not
    with ThreadPoolExecutor(1) as aside:
        gathering = _Gathering(_Maker(tokenizer, known), aside)
        rows = map(known.row, _marks(documents).tolist())
        for row, run in _runs(documents, rows):
            if row >= 0:
                gathering.take_over(known, range(row, row + len(run)))
            else:
                gathering.add(run, tokenizer.normalise)
        return gathering.material()


def _encoded(documents: Sequence[Document]) -> list[bytes]:
    return [document.text.encode(*_WRITTEN) for document in documents]


def _runs(documents: Iterable[Document], rows: Iterable[int]) -> Iterator[tuple[int, list[Document]]]:
    """Yield the first row of neighbours in an earlier generation with them, or -1 with some new documents."""
    first, run, size = -1, list[Document](), 0
    for document, row in zip(documents, rows, strict=True):
        if run and (row != first + len(run) if first >= 0 else row >= 0 or size >= BATCH):
            yield first, run
            run, size = [], 0
        if not run:
            first = row
        run.append(document)
        size += len(document.text)
    if run:
        yield first, run


def keep(folder: Path, material: Material, documents: Sequence[Document], tokenizer: Tokenizer) -> None:
    """Save beside the index what the next one can take over."""
    kept = folder / "material"
    kept.mkdir()
    np.save(kept / "marks.npy", _marks(documents))
    np.save(kept / "names.npy", np.concatenate([_NO_KEYS, *material.names]))
    np.save(kept / "first_names.npy", np.array([0, *accumulate(map(len, material.names))]))
    np.save(kept / "words.npy", material.words.tokens)
    np.save(kept / "word_starts.npy", material.words.starts)
    np.save(kept / "word_keys.npy", material.words.keys)
    (kept / "recipe.txt").write_text(_recipe(tokenizer))


def write_units(folder: Path, material: Material, vocabulary: Keys) -> None:
    """Save the units as places in the vocabulary of the passages; one that only titles have counts as a mark."""
    places = np.searchsorted(material.units.keys, vocabulary)
    ranks = np.full(len(material.units.keys), BREAK_MARK, np.int32)
    ranks[places] = np.arange(len(vocabulary))
    tokens = material.units.tokens.copy()
    renumber(tokens, ranks)
    np.save(folder / "units.npy", tokens)
    np.save(folder / "unit_starts.npy", material.units.starts)
    Texts.write(folder, "spellings", [material.spellings[place] for place in places.tolist()])


def _marks(documents: Sequence[Document]) -> Keys:
    return token_keys([f"{document.id} {document.digest}" for document in documents])


def _recipe(tokenizer: Tokenizer) -> str:
    """Return what the material depends on beside the documents, in short."""
    parts = [Path(str(maker.__file__)).read_bytes() for maker in _MAKERS]
    parts += [version(name).encode() for name in ("jieba", "opencc")]
    parts += [unicodedata.unidata_version.encode(), "\n".join(tokenizer.lexicon.words).encode(*_WRITTEN)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _is_made_by(recipe: str, folder: Path) -> bool:
    written = folder / "material" / "recipe.txt"
    return written.is_file() and written.read_text() == recipe


def _mapped(path: Path) -> Places:
    array: Places = np.load(path, mmap_mode="r").view(np.ndarray)
    return array


def _taken(terms: Terms, texts: range) -> tuple[Places, Rows]:
    starts = terms.starts[texts.start : texts.stop + 1]
    return terms.tokens[starts[0] : starts[-1]], np.diff(starts)


def _joined(tokens: Sequence[Places], counts: Sequence[Rows], numbering: Numbering) -> Terms:
    starts = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    return Terms(np.concatenate([_NO_PLACES, *tokens]), starts, numbering.keys)


def _used_by_key(terms: Terms) -> Rows:
    """Return the numbers that come up, in the order of their keys."""
    by_key = np.argsort(terms.keys)
    return by_key[find_used(terms.tokens, len(terms.keys))[by_key]]


def _sorted(terms: Terms, by_key: Rows) -> Terms:
    """Return the terms, in place, numbered in the order of their keys."""
    ranks = np.empty(len(terms.keys), np.int32)
    ranks[by_key] = np.arange(len(by_key), dtype=np.int32)
    renumber(terms.tokens, ranks)
    return Terms(terms.tokens, terms.starts, terms.keys[by_key])
