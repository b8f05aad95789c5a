"""An immutable list of strings in two files, read on demand."""

from collections.abc import Iterable
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from knowledge.kernels import Rows
from knowledge.splice import Splice

_AT_ONCE = 1 << 20
"""Bytes that are written at a time."""
_WRITTEN = ("utf-8", "surrogatepass")


class Texts:
    """The strings written as `name` into a folder; raises OSError or ValueError for damaged files."""

    def __init__(self, folder: Path, name: str) -> None:
        self._ends = np.load(folder / f"{name}.npy")
        blob = folder / f"{name}.bin"
        self._blob = np.memmap(blob, np.uint8, "r").view(np.ndarray) if blob.stat().st_size else np.empty(0, np.uint8)
        if self._ends[-1] != len(self._blob):
            raise ValueError(f"{blob.name} is cut short")

    @staticmethod
    def write(folder: Path, name: str, texts: Iterable[str | bytes]) -> None:
        """Write the strings, encoded or not, as `name`.bin and `name`.npy."""
        with _blob(folder, name) as blob:
            _save_ends(folder, name, [_append(blob, texts)])

    @classmethod
    def renew(cls, folder: Path, name: str, splice: Splice, earlier: Path, texts: Iterable[str | bytes]) -> None:
        """Write the strings of a splice: those of the same name in an earlier folder, and new ones."""
        known = cls(earlier, name)
        fresh = iter(texts)
        with _blob(folder, name) as blob:
            lengths = [
                known._copy(blob, run)
                if taken
                else _append(blob, islice(fresh, run.stop - run.start))  # of its own class
                for taken, run in splice.runs()
            ]
            _save_ends(folder, name, lengths)

    def _copy(self, blob: BinaryIO, rows: slice) -> Rows:
        ends = self._ends[rows.start : rows.stop + 1]
        blob.write(self._blob[ends[0] : ends[-1]].data)
        lengths: Rows = np.diff(ends)
        return lengths

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return self._blob[self._ends[row] : self._ends[row + 1]].tobytes().decode(*_WRITTEN)

    def all(self) -> list[str]:
        """Return every string."""
        raw = self._blob.tobytes()
        return [raw[start:end].decode(*_WRITTEN) for start, end in pairwise(self._ends.tolist())]


def _blob(folder: Path, name: str) -> BinaryIO:
    return (folder / f"{name}.bin").open("wb", _AT_ONCE)


def _append(blob: BinaryIO, texts: Iterable[str | bytes]) -> Rows:
    encoded = (text if isinstance(text, bytes) else text.encode(*_WRITTEN) for text in texts)
    return np.fromiter(map(blob.write, encoded), np.int64)


def _save_ends(folder: Path, name: str, lengths: Iterable[Rows]) -> None:
    np.save(folder / f"{name}.npy", np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths])))
