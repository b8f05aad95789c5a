"""How often terms stand in documents: what BM25 weighs, and what can be told from its weights again."""

from typing import NamedTuple

import numpy as np
from numba import njit

from knowledge.kernels import Doubles, Floats, Keys, Places, Rows
from knowledge.splice import Splice

_SURE = 1 << 22
"""An impact has 24 bits: what one occurrence more or less changes is four times their last, up to here."""


class Tally(NamedTuple):
    """How often each term stands in each document that has it.

    `vocabulary` are the keys of the terms, sorted; term i stands in documents[starts[i]:starts[i + 1]], in their order,
    so often as `counts` says. `lengths` are those of the documents.
    """

    vocabulary: Keys
    starts: Rows
    documents: Places
    counts: Floats
    lengths: Rows


@njit(nogil=True)
def weigh(starts: Rows, documents: Places, counts: Floats, weights: Doubles, norms: Doubles) -> None:
    """Turn counts, in place, into BM25's impacts."""
    for term in range(weights.shape[0]):
        for at in range(starts[term], starts[term + 1]):
            count = np.float64(counts[at])
            counts[at] = weights[term] * count / (count + norms[documents[at]])


class Weighed(NamedTuple):
    """The postings of an index, and what they were weighed by: what terms can count at most, and documents' norms."""

    vocabulary: Keys
    starts: Rows
    documents: Places
    impacts: Floats
    weights: Doubles
    norms: Doubles
    lengths: Rows


def renewed(earlier: Weighed, splice: Splice, fresh: Tally) -> Tally:
    """Return how often each term stands in the documents of a splice of earlier and of new ones.

    Raises ValueError where the impacts do not tell how often: for a character that a document has in the ten thousands.
    """
    vocabulary = _united(earlier.vocabulary, fresh.vocabulary)
    room = int(earlier.starts[-1] - earlier.starts[0]) + len(fresh.documents)
    documents, counts = np.empty(room, np.int32), np.empty(room, np.float32)
    added = fresh._replace(documents=splice.added.astype(np.int32)[fresh.documents])
    starts = merge_postings(
        earlier,
        splice.rows(len(earlier.lengths)),
        added,
        _places(earlier.vocabulary, vocabulary),
        _places(fresh.vocabulary, vocabulary),
        documents,
        counts,
    )
    if starts[-1] < 0:
        raise ValueError("how often a term stands in a document cannot be told any more")
    known = np.diff(starts) > 0
    return Tally(
        vocabulary=vocabulary[known],
        starts=np.concatenate([starts[:-1][known], starts[-1:]]),
        documents=documents[: starts[-1]],
        counts=counts[: starts[-1]],
        lengths=splice.join(earlier.lengths, fresh.lengths),
    )


def _united(keys: Keys, others: Keys) -> Keys:
    """Return the keys that are among either, all sorted."""
    # ten times as fast as np.union1d: a stable sort merges what is sorted already
    both = np.sort(np.concatenate([keys, others]), kind="stable")
    united: Keys = both[np.diff(both, prepend=~both[:1]) != 0]
    return united


def _places(keys: Keys, wanted: Keys) -> Places:
    """Return the place of each wanted key among some of them, both sorted; -1 for the others."""
    places = np.full(len(wanted), -1, np.int32)
    places[np.searchsorted(wanted, keys)] = np.arange(len(keys))
    return places


@njit(nogil=True, error_model="numpy")
def merge_postings(  # noqa: PLR0917  # numba knows no keyword-only arguments
    earlier: Weighed, rows: Places, fresh: Tally, before: Places, beside: Places, documents: Places, counts: Floats
) -> Rows:
    """Fill in the postings of each term, document by document, and how often it stands there; return the starts.

    `rows` are those that the earlier documents have now; `before` and `beside` are the places of the terms in the
    vocabularies. The last start is -1 where impacts do not tell the counts.
    """
    starts = np.empty(before.shape[0] + 1, np.int64)
    place, is_sure = 0, True
    for term in range(before.shape[0]):
        starts[term] = place
        at, end = 0, 0
        if beside[term] >= 0:
            at, end = fresh.starts[beside[term]], fresh.starts[beside[term] + 1]
        if before[term] >= 0:
            weight = earlier.weights[before[term]]
            for old in range(earlier.starts[before[term]], earlier.starts[before[term] + 1]):
                row = rows[earlier.documents[old]]
                if row < 0:
                    continue
                while at < end and fresh.documents[at] < row:
                    documents[place], counts[place] = fresh.documents[at], fresh.counts[at]
                    at, place = at + 1, place + 1
                impact, norm = np.float64(earlier.impacts[old]), earlier.norms[earlier.documents[old]]
                count = np.rint(impact * norm / (weight - impact))
                # written so that it is false for what is no number
                is_sure &= count * (count + norm) < norm * _SURE
                documents[place], counts[place] = row, count
                place += 1
        while at < end:
            documents[place], counts[place] = fresh.documents[at], fresh.counts[at]
            at, place = at + 1, place + 1
    starts[-1] = place if is_sure else -1
    return starts
