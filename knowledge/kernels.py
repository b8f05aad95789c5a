"""The inner loops of the index, compiled by numba."""

from collections.abc import Sequence
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
from numba import njit

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@njit(nogil=True)
def hash_tokens(codes: npt.NDArray[np.uint32], ends: Rows) -> Keys:
    """Return a 64-bit key for each token; token i is codes[ends[i-1]:ends[i]]."""
    keys = np.empty(ends.shape[0], np.uint64)
    start = 0
    for token in range(ends.shape[0]):
        key = np.uint64(0x9E3779B97F4A7C15)
        for position in range(start, ends[token]):
            key ^= np.uint64(codes[position])
            key *= np.uint64(0xBF58476D1CE4E5B9)
            key ^= key >> np.uint64(29)
        key *= np.uint64(0x94D049BB133111EB)
        keys[token] = key ^ (key >> np.uint64(32))
        start = ends[token]
    return keys


@njit(nogil=True)
def find_rows(vocabulary: Keys, keys: Keys) -> Rows:
    """Return where each key stands in the sorted vocabulary, -1 for an unknown one."""
    rows = np.empty(keys.shape[0], np.int64)
    for index in range(keys.shape[0]):
        low, high = 0, vocabulary.shape[0]
        while low < high:
            middle = (low + high) >> 1
            if vocabulary[middle] < keys[index]:
                low = middle + 1
            else:
                high = middle
        rows[index] = low if low < vocabulary.shape[0] and vocabulary[low] == keys[index] else -1
    return rows


@njit(nogil=True)
def add_scores(
    scores: Floats, rows: Rows, weights: Floats, starts: Rows, postings: npt.NDArray[np.int32], impacts: Floats
) -> None:
    """Add weight times impact of each row's postings to the scores."""
    for index in range(rows.shape[0]):
        row = rows[index]
        if row < 0:
            continue
        weight = weights[index]
        for at in range(starts[row], starts[row + 1]):
            scores[postings[at]] += weight * impacts[at]


@njit(nogil=True)
def best_documents(
    passage_scores: Floats,
    document_scores: Floats,
    document_weight: float,
    first_passages: Rows,
    shown: npt.NDArray[np.bool_],
    wanted: int,
) -> tuple[Rows, Rows, Floats]:
    """Return the best documents, best first: their rows, their best passages, and the two scores' sum.

    Only documents that are `shown` and score above zero come out; equal scores keep the order of the documents.
    """
    documents = np.empty(wanted, np.int64)
    passages = np.empty(wanted, np.int64)
    totals = np.empty(wanted, np.float32)
    count = 0
    for document in range(shown.shape[0]):
        if not shown[document]:
            continue
        best = first_passages[document]
        for passage in range(best + 1, first_passages[document + 1]):
            if passage_scores[passage] > passage_scores[best]:
                best = passage
        total = np.float32(passage_scores[best] + document_weight * document_scores[document])
        if total <= 0 or (count == wanted and total <= totals[count - 1]):
            continue
        place = count if count < wanted else wanted - 1
        while place > 0 and totals[place - 1] < total:
            documents[place] = documents[place - 1]
            passages[place] = passages[place - 1]
            totals[place] = totals[place - 1]
            place -= 1
        documents[place] = document
        passages[place] = best
        totals[place] = total
        count = min(count + 1, wanted)
    return documents[:count], passages[:count], totals[:count]


def token_keys(tokens: Sequence[str]) -> Keys:
    """Return the 64-bit keys of the tokens."""
    codes = np.frombuffer("".join(tokens).encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.cumsum(np.fromiter(map(len, tokens), np.int64, len(tokens)))
    keys: Keys = hash_tokens(codes, ends)
    return keys


def keep_compiled(cache: Path) -> None:
    """Keep compiled code in `cache` from now on, so that only the first process ever pays for compiling.

    Without this everything works, compiled anew in each process (some seconds). numba's own choice, beside the
    source, fails where the program's folder is read-only.
    """
    cache.mkdir(parents=True, exist_ok=True)
    numba.config.CACHE_DIR = str(cache)
    for kernel in (hash_tokens, find_rows, add_scores, best_documents):
        kernel.enable_caching()
