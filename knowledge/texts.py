"""An immutable list of strings in two files, read on demand."""

import os
from collections.abc import Iterable
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO
from weakref import finalize

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
        if self._ends[-1] != blob.stat().st_size:
            raise ValueError(f"{blob.name} is cut short")
        # not mapped: every string that is read would keep the 64 KiB around it in the process's memory
        self._blob, self._name = os.open(blob, os.O_RDONLY), blob.name
        finalize(self, os.close, self._blob)

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
                known.copy(blob, run) if taken else _append(blob, islice(fresh, run.stop - run.start))
                for taken, run in splice.runs()
            ]
            _save_ends(folder, name, lengths)

    def copy(self, blob: BinaryIO, rows: slice) -> Rows:
        """Write some rows as they are encoded, and return their lengths."""
        ends = self._ends[rows.start : rows.stop + 1]
        blob.writelines(
            self._read(start, min(start + _AT_ONCE, ends[-1])) for start in range(ends[0], ends[-1], _AT_ONCE)
        )
        lengths: Rows = np.diff(ends)
        return lengths

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return self._read(self._ends[row], self._ends[row + 1]).decode(*_WRITTEN)

    def all(self) -> list[str]:
        """Return every string."""
        raw = self._read(0, self._ends[-1])
        return [raw[start:end].decode(*_WRITTEN) for start, end in pairwise(self._ends.tolist())]

    def _read(self, start: int, end: int) -> bytes:
        raw = os.pread(self._blob, end - start, start)
        if len(raw) < end - start:
            raise OSError(f"{self._name} is cut short")
        return raw


def _blob(folder: Path, name: str) -> BinaryIO:
    return (folder / f"{name}.bin").open("wb", _AT_ONCE)


def _append(blob: BinaryIO, texts: Iterable[str | bytes]) -> Rows:
    encoded = (text if isinstance(text, bytes) else text.encode(*_WRITTEN) for text in texts)
    return np.fromiter(map(blob.write, encoded), np.int64)


def _save_ends(folder: Path, name: str, lengths: Iterable[Rows]) -> None:
    np.save(folder / f"{name}.npy", np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths])))
