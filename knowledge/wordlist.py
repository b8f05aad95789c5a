"""The terms of an index by their keys: where each stands, and how much it weighs."""

from typing import NamedTuple

import numpy as np
from numba import njit

from knowledge.kernels import Doubles, Keys, Places, Rows


class WordList(NamedTuple):
    """Sorted 64-bit `keys` of terms with the `idf` of each; a term that is not among them weighs `unknown`.

    `buckets` says, for each value that the first bits of a key may have, where such keys begin.
    """

    keys: Keys
    buckets: Places
    idf: Doubles
    unknown: float

    @classmethod
    def of(cls, keys: Keys, idf: Doubles, unknown: float) -> "WordList":
        """Return the list of some terms."""
        return cls(keys, fill_buckets(keys, max(len(keys).bit_length(), 1)), idf, unknown)


Fields = tuple[WordList, WordList, WordList]


@njit(nogil=True)
def fill_buckets(keys: Keys, bits: int) -> Places:
    """Return, for each value that the first bits of a key may have, where such keys begin."""
    buckets = np.zeros((1 << bits) + 1, np.int32)
    place = 0
    for bucket in range(1 << bits):
        buckets[bucket] = place
        while place < keys.shape[0] and keys[place] >> np.uint64(64 - bits) == np.uint64(bucket):
            place += 1
    buckets[1 << bits] = place
    return buckets


@njit(nogil=True)
def _bucket(words: WordList, key: np.uint64) -> np.int64:
    return np.int64((key >> np.uint64(32)) * np.uint64(words.buckets.shape[0] - 1) >> np.uint64(32))


@njit(nogil=True)
def find_rows(words: WordList, keys: Keys) -> Rows:
    """Return where each key stands, -1 for an unknown one."""
    rows = np.empty(keys.shape[0], np.int64)
    # all first looks before the second ones: so the processor waits for memory once, not for each
    for index in range(keys.shape[0]):
        rows[index] = words.buckets[_bucket(words, keys[index])]
    for index in range(keys.shape[0]):
        place, end = rows[index], words.buckets[_bucket(words, keys[index]) + 1]
        while place < end and words.keys[place] != keys[index]:
            place += 1
        rows[index] = place if place < end else -1
    return rows


@njit(nogil=True)
def find_terms(fields: Fields, keys: Keys, ends: Rows) -> Rows:
    """Return where each key stands in its field, counted from the first term of the first one; -1 for an unknown one.

    The keys of field i end at ends[i].
    """
    rows = np.empty(keys.shape[0], np.int64)
    start = first = 0
    for field in range(len(fields)):
        found = find_rows(fields[field], keys[start : ends[field]])
        for index in range(found.shape[0]):
            rows[start + index] = found[index] + first if found[index] >= 0 else -1
        start = ends[field]
        first += fields[field].keys.shape[0]
    return rows


@njit(nogil=True)
def weigh_terms(fields: Fields, rows: Rows, ends: Rows) -> Doubles:
    """Return the idf of each term, given by where `find_terms` found it."""
    weights = np.empty(rows.shape[0])
    start = first = 0
    for field in range(len(fields)):
        words = fields[field]
        for index in range(start, ends[field]):
            weights[index] = words.idf[rows[index] - first] if rows[index] >= 0 else words.unknown
        start = ends[field]
        first += words.keys.shape[0]
    return weights
