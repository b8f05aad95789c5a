"""The postings of an index, and what is known of each term's beforehand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from numba import njit

from knowledge.kernels import Floats, Places, Rows

Words = npt.NDArray[np.uint64]
FREQUENT = 16
"""A term is frequent that stands in more than one of so many documents."""
_WORD = 32


class Postings(NamedTuple):
    """Where each term stands and what it counts there; those of term i are starts[i] to starts[i+1].

    `peaks` are the greatest impacts. A frequent term has a row (`places`, -1 for the others) of `bits`: the lower half
    of a word says which of 32 documents have the term, the upper half how many documents before them have it. So a
    document's posting is found with one look.
    """

    starts: Rows
    documents: Places
    impacts: Floats
    peaks: Floats
    places: Places
    bits: Words

    @classmethod
    def of(cls, size: int, starts: Rows, documents: Places, impacts: Floats) -> Self:
        """Return the postings of an index of so many documents."""
        frequent = np.diff(starts) > size / FREQUENT
        places = np.where(frequent, np.cumsum(frequent) - 1, -1).astype(np.int32)
        bits = np.zeros((int(frequent.sum()), size // _WORD + 1), np.uint64)
        peaks = mark_postings(starts, documents, impacts, places, bits)
        return cls(starts, documents, impacts, peaks, places, bits)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return those saved in a folder, memory-mapped."""
        return cls(*(mapped(folder / f"{name}.npy") for name in cls._fields))

    @staticmethod
    def write(folder: Path, parts: Sequence["Postings"]) -> None:
        """Save the postings of some indexes over the same documents one after another."""
        counts = np.cumsum([0, *(len(part.documents) for part in parts)])
        frequent = np.cumsum([0, *(len(part.bits) for part in parts)])
        starts = [part.starts[:-1] + count for part, count in zip(parts, counts, strict=False)]
        places = [
            np.where(part.places < 0, -1, part.places + count) for part, count in zip(parts, frequent, strict=False)
        ]
        joined = {"starts": [*starts, counts[-1:]], "places": places}
        for name in Postings._fields:
            _save_joined(folder / f"{name}.npy", joined.get(name) or [getattr(part, name) for part in parts])

    def part(self, first: int, last: int) -> "Postings":
        """Return the postings of the terms from one to another."""
        return self._replace(
            starts=self.starts[first : last + 1], peaks=self.peaks[first:last], places=self.places[first:last]
        )

    def fit(self, terms: int, size: int) -> bool:
        """Return whether the arrays are of one index; those of several would be read beyond their ends."""
        frequent, count = int(self.places.max(initial=-1)) + 1, len(self.documents)
        return (
            (len(self.starts), len(self.peaks), len(self.places)) == (terms + 1, terms, terms)
            and (self.starts[0], self.starts[-1], len(self.impacts)) == (0, count, count)
            and self.bits.shape == (frequent, size // _WORD + 1)
        )


def mapped(path: Path) -> npt.NDArray[Any]:
    """Return a saved array, memory-mapped; raises OSError or ValueError for a damaged file."""
    try:
        # a plain view: slicing np.memmap itself costs a microsecond each time
        array: npt.NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    except EOFError as error:
        raise ValueError(f"{path} is empty") from error
    return array


def _save_joined(path: Path, parts: Sequence[npt.NDArray[Any]]) -> None:
    """Save arrays as one without putting them together in memory."""
    shape = (sum(map(len, parts)), *parts[0].shape[1:])
    descr = np.lib.format.dtype_to_descr(parts[0].dtype)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
        for part in parts:
            part.tofile(file)


@njit(nogil=True)
def mark_postings(starts: Rows, documents: Places, impacts: Floats, places: Places, bits: Words) -> Floats:
    """Fill in the bits of the frequent terms, and return the greatest impact of each term."""
    peaks = np.zeros(places.shape[0], np.float32)
    for term in range(places.shape[0]):
        for at in range(starts[term], starts[term + 1]):
            peaks[term] = max(peaks[term], impacts[at])
        if places[term] < 0:
            continue
        words = bits[places[term]]
        for at in range(starts[term], starts[term + 1]):
            words[documents[at] >> 5] |= np.uint64(1) << np.uint64(documents[at] & 31)
        before = np.uint64(0)
        for word in range(words.shape[0]):
            more = np.uint64(_ones(words[word]))
            words[word] |= before << np.uint64(_WORD)
            before += more
    return peaks


@njit(nogil=True)
def _ones(word: np.uint64) -> np.int64:
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(nogil=True)
def impact_of(postings: Postings, term: int, document: int) -> np.float32:
    """Return what a frequent term counts in a document."""
    word = postings.bits[postings.places[term], document >> 5]
    bit = np.uint64(1) << np.uint64(document & 31)
    if not word & bit:
        return np.float32(0)
    before = np.int64(word >> np.uint64(_WORD)) + _ones(word & (bit - np.uint64(1)))
    return np.float32(postings.impacts[postings.starts[term] + before])


@njit(nogil=True)
def add_term(scores: Floats, postings: Postings, term: int, weight: np.float32) -> None:
    """Add what a term counts, times a weight, to the score of each document."""
    for at in range(postings.starts[term], postings.starts[term + 1]):
        # unsigned: a signed index would be checked for counting from the end
        scores[np.uint32(postings.documents[at])] += weight * postings.impacts[at]


@njit(nogil=True)
def add_until(  # noqa: PLR0917  # numba knows no keyword-only arguments
    scores: Floats, postings: Postings, at: int, end: int, until: int, weight: np.float32
) -> int:
    """Add some of a term's postings, times a weight, to the scores: up to a document; return where the others begin."""
    documents, impacts = postings.documents[at:end], postings.impacts[at:end]
    # counted from zero: another index would be checked for counting from the end
    for index in range(documents.shape[0]):
        if documents[index] >= until:
            return at + index
        scores[np.uint32(documents[index])] += weight * impacts[index]
    return end
