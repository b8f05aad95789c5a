"""What documents are called: their ids, numbers (文号) and titles, looked up exactly."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.kernels import Keys, token_keys
from knowledge.numbers import find_numbers, number_key
from knowledge.types import Document

_NOT_NAME = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


def title_key(normalised: str) -> str:
    """Return a normalised title without marks and blanks, as titles are compared."""
    return _NOT_NAME.sub("", normalised)


def document_names(document: Document, normalise: Callable[[str], str]) -> tuple[str, ...]:
    """Return every name of a document, each with its kind in front."""
    names = [f"id:{document.id}", f"title:{title_key(normalise(document.title))}"]
    number = number_key(normalise(document.number))
    if number:
        names += [f"number:{number}", f"serial:{number.rpartition('|')[2]}"]
    return tuple(names)


class Names:
    """All names of a generation's documents; a name may belong to several."""

    def __init__(self, keys: Keys, rows: npt.NDArray[np.int64]) -> None:
        self._keys = keys
        self._rows = rows

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the names saved in a generation's folder."""
        return cls(np.load(folder / "names.npy", mmap_mode="r"), np.load(folder / "named.npy", mmap_mode="r"))

    @staticmethod
    def write(folder: Path, names: Iterable[Sequence[str]]) -> None:
        """Save the names of each document, in the order of the documents."""
        pairs = [(name, row) for row, listed in enumerate(names) for name in listed]
        keys = token_keys([name for name, _ in pairs])
        order = np.argsort(keys, kind="stable")
        np.save(folder / "names.npy", keys[order])
        np.save(folder / "named.npy", np.array([row for _, row in pairs], np.int64)[order])

    def ids(self, document_id: str) -> tuple[int, ...]:
        """Return the row of the document with this id, or nothing."""
        return self._find(f"id:{document_id}")

    def numbered(self, text: str) -> tuple[int, ...]:
        """Return the documents whose numbers a normalised text mentions; a bare 第59号 only when it mentions no other."""
        numbers = find_numbers(text)
        full = [number for number in numbers if number.agency]
        rows: dict[int, None] = {}
        for number in full:
            found = next(filter(None, (self._find(f"number:{key}") for key in number.keys())), ())
            rows.update(dict.fromkeys(found))
        if not full:
            for number in numbers:
                rows.update(dict.fromkeys(self._find(f"serial:{number.serial}")))
        return tuple(rows)

    def titled(self, title: str) -> tuple[int, ...]:
        """Return the documents with this normalised title."""
        key = title_key(title)
        return self._find(f"title:{key}") if key else ()

    def _find(self, name: str) -> tuple[int, ...]:
        key = token_keys([name])[0]
        first = int(np.searchsorted(self._keys, key))
        last = int(np.searchsorted(self._keys, key, side="right"))
        return tuple(int(row) for row in self._rows[first:last])
