"""An immutable list of strings in two files, read on demand."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

_AT_ONCE = 1 << 20
"""Bytes that are written at a time."""


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
        lengths = [0]
        with (folder / f"{name}.bin").open("wb", _AT_ONCE) as blob:
            for text in texts:
                raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
                lengths.append(blob.write(raw))
        np.save(folder / f"{name}.npy", np.cumsum(lengths, dtype=np.int64))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return self.raw(row, row + 1)[0].decode("utf-8", "surrogatepass")

    def raw(self, first: int, last: int) -> list[bytes]:
        """Return the strings in rows `first` to `last` as they were encoded."""
        ends = (self._ends[first : last + 1] - self._ends[first]).tolist()
        raw = self._blob[self._ends[first] : self._ends[last]].tobytes()
        return [raw[start:end] for start, end in pairwise(ends)]

    def all(self) -> list[str]:
        """Return every string."""
        return [raw.decode("utf-8", "surrogatepass") for raw in self.raw(0, len(self))]
