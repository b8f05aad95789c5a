"""Sequences put together of what is taken over from an earlier one and of what is new."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.kernels import Places, Rows

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Splice:
    """For each item its row in the earlier sequence, in rising order, or -1 for the next of the new ones."""

    origins: Rows

    @property
    def added(self) -> Rows:
        """The rows of the new items."""
        return np.flatnonzero(self.origins < 0)

    def rows(self, size: int) -> Places:
        """Return the row that each of so many earlier items has now, -1 for one that is not taken over."""
        rows = np.full(size, -1, np.int32)
        taken = np.flatnonzero(self.origins >= 0)
        rows[self.origins[taken]] = taken
        return rows

    def runs(self) -> Iterator[tuple[bool, slice]]:
        """Yield neighbours: whether they are taken over, and where they stand in the earlier or the new sequence."""
        taken = self.origins >= 0
        # new ones follow one another wherever they come to stand
        sources = np.where(taken, self.origins, np.cumsum(~taken) - 1)
        breaks = np.flatnonzero((np.diff(sources) != 1) | (taken[1:] != taken[:-1])) + 1
        for first, last in pairwise([0, *breaks.tolist(), len(sources)] if len(sources) else []):
            yield bool(taken[first]), slice(int(sources[first]), int(sources[last - 1]) + 1)

    def join(self, earlier: Array, fresh: Array) -> Array:
        """Return what belongs to the items, from arrays with one entry for each."""
        pieces = ((earlier if taken else fresh)[run] for taken, run in self.runs())
        return np.concatenate([fresh[:0], *pieces])

    def join_parts(self, earlier: Array, earlier_starts: Rows, fresh: Array, fresh_starts: Rows) -> Array:
        """Return what the items consist of; in either sequence the parts of item i begin at starts[i]."""
        sources = {True: (earlier, earlier_starts), False: (fresh, fresh_starts)}
        pieces = [fresh[:0]]
        for taken, run in self.runs():
            values, starts = sources[taken]
            pieces.append(values[starts[run.start] : starts[run.stop]])
        return np.concatenate(pieces)

    def starts(self, earlier: Rows, fresh: Rows) -> Rows:
        """Return where the parts of each item begin now."""
        return np.cumsum(np.concatenate([[0], self.join(np.diff(earlier), np.diff(fresh))]))

    def parts(self, earlier: Rows, fresh: Rows) -> "Splice":
        """Return the splice of the parts that the items consist of."""
        taken = np.flatnonzero(self.origins >= 0)
        starts = self.starts(earlier, fresh)
        firsts = np.full(len(self.origins), -1)
        firsts[taken] = earlier[self.origins[taken]]
        counts = np.diff(starts)
        owners = np.repeat(firsts, counts)
        return Splice(np.where(owners < 0, -1, owners + np.arange(starts[-1]) - np.repeat(starts[:-1], counts)))

    def followed_by(self, other: "Splice", size: int) -> "Splice":
        """Return the splice of two sequences, one after another; the first had `size` items before."""
        return Splice(np.concatenate([self.origins, np.where(other.origins < 0, -1, other.origins + size)]))
