"""An immutable list of strings in two files, read on demand."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np


class Texts:
    """The strings written as `name` into a folder; raises OSError or ValueError for damaged files."""

    def __init__(self, folder: Path, name: str) -> None:
        self._ends = np.load(folder / f"{name}.npy")
        blob = folder / f"{name}.bin"
        self._blob = np.memmap(blob, np.uint8, "r").view(np.ndarray) if blob.stat().st_size else np.empty(0, np.uint8)
        if self._ends[-1] != len(self._blob):
            raise ValueError(f"{blob.name} is cut short")

    @staticmethod
    def write(folder: Path, name: str, texts: Iterable[str]) -> None:
        """Write the strings as `name`.bin and `name`.npy."""
        ends = [0]
        with (folder / f"{name}.bin").open("wb") as blob:
            for text in texts:
                blob.write(text.encode("utf-8", "surrogatepass"))
                ends.append(blob.tell())
        np.save(folder / f"{name}.npy", np.array(ends, np.int64))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return self._blob[self._ends[row] : self._ends[row + 1]].tobytes().decode("utf-8", "surrogatepass")
