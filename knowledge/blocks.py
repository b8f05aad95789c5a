"""Passages in blocks, and what each frequent term can count at most in a block."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from numba import njit

from knowledge.kernels import Places, Rows
from knowledge.postings import Postings

Crests = npt.NDArray[np.uint8]
BLOCK = 16
"""Passages of a block."""
STEPS = 255
"""From nothing to a term's greatest impact."""


class Blocks(NamedTuple):
    """Which passages each document has, which documents each block has, which blocks each document stands in.

    The passages of document i are passages[i] to passages[i + 1]. The documents of block i are firsts[i] to lasts[i].
    `begins` are the first block of each document, `ends` its last.
    """

    passages: Rows
    firsts: Rows
    lasts: Rows
    begins: Places
    ends: Places

    @classmethod
    def of(cls, first_passages: Rows) -> Self:
        """Return the blocks of documents that begin at these passages."""
        starts = np.arange(0, first_passages[-1], BLOCK)
        last = np.minimum(starts + BLOCK, first_passages[-1]) - 1
        begins = first_passages[:-1] // BLOCK
        return cls(
            passages=first_passages,
            firsts=np.searchsorted(first_passages, starts, side="right") - 1,
            lasts=np.searchsorted(first_passages, last, side="right"),
            begins=begins.astype(np.int32),
            ends=np.maximum((first_passages[1:] - 1) // BLOCK, begins).astype(np.int32),
        )

    def passage_crests(self, postings: Postings) -> Crests:
        """Return what each frequent term counts at most in the passages of a block, in steps of its greatest impact."""
        blocks = np.arange(self.passages[-1], dtype=np.int32) // BLOCK
        return self._crests(postings, blocks, blocks)

    def document_crests(self, postings: Postings) -> Crests:
        """Return what each frequent term counts at most in the documents of a block."""
        return self._crests(postings, self.begins, self.ends)

    def _crests(self, postings: Postings, begins: Places, ends: Places) -> Crests:
        crests = np.zeros((len(postings.bits), len(self.firsts)), np.uint8)
        mark_crests(postings, begins, ends, crests)
        return crests


@njit(nogil=True)
def mark_crests(postings: Postings, begins: Places, ends: Places, crests: Crests) -> None:
    """Fill in the greatest impact of each frequent term in each block; text i stands in begins[i] to ends[i]."""
    for term in range(postings.places.shape[0]):
        if postings.places[term] < 0:
            continue
        row = crests[postings.places[term]]
        for at in range(postings.starts[term], postings.starts[term + 1]):
            text = postings.documents[at]
            step = np.uint8(np.ceil(postings.impacts[at] / postings.peaks[term] * STEPS))
            # a document without passages, at the very end, is in no block
            for block in range(begins[text], min(ends[text] + 1, row.shape[0])):
                row[block] = max(row[block], step)
