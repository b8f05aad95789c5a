"""A generation written with what an earlier one has already of documents that have not changed."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Self

import numpy as np

from knowledge.checksums import verify
from knowledge.fingerprint import CODE
from knowledge.gazetteer import Gazetteer
from knowledge.kernels import Keys, Mask, Rows, token_keys
from knowledge.splice import Array, Splice
from knowledge.texts import Texts
from knowledge.tokens import Tokenizer
from knowledge.types import Document

_WRITTEN = ("utf-8", "surrogatepass")
_FIRSTS, _MARKS, _RECIPE = "first_passages.npy", "material/marks.npy", "material/recipe.txt"


@dataclass(frozen=True, slots=True)
class Renewal:
    """The folder of a generation being written, and the `earlier` one that has the documents that have not changed.

    Its methods are given what is new. The files of the earlier one are as they were written (`unchanged`).
    """

    folder: Path
    earlier: Path | None
    documents: Splice
    passages: Splice
    first_passages: Rows

    @classmethod
    def of(cls, folder: Path, earlier: Path | None, documents: Splice, first_passages: Rows) -> Self:
        """Return the renewal, given where the passages of the new documents begin."""
        if earlier is None:
            return cls(folder, None, documents, Splice(np.full(first_passages[-1], -1)), first_passages)
        known = np.load(earlier / _FIRSTS)
        starts = documents.starts(known, first_passages)
        return cls(folder, earlier, documents, documents.parts(known, first_passages), starts)

    def save(self, name: str, fresh: Array) -> None:
        """Save an array with an entry for each document."""
        np.save(self.folder / name, self.joined(name, fresh))

    def joined(self, name: str, fresh: Array) -> Array:
        """Return such an array."""
        return self.documents.join(np.load(self.earlier / name), fresh) if self.earlier else fresh

    def save_parts(self, name: str, starts_name: str, fresh: Array, fresh_starts: Rows) -> tuple[Array, Rows]:
        """Save an array with several entries for each document, and where those begin; return both."""
        if self.earlier:
            known, starts = np.load(self.earlier / name), np.load(self.earlier / starts_name)
            fresh = self.documents.join_parts(known, starts, fresh, fresh_starts)
            fresh_starts = self.documents.starts(starts, fresh_starts)
        np.save(self.folder / name, fresh)
        np.save(self.folder / starts_name, fresh_starts)
        return fresh, fresh_starts

    def save_texts(self, name: str, splice: Splice, fresh: Iterable[str | bytes]) -> None:
        """Save strings, one for each item of a splice."""
        if self.earlier:
            Texts.renew(self.folder, name, splice, self.earlier, fresh)
        else:
            Texts.write(self.folder, name, fresh)


def unchanged(documents: Sequence[Document], recipe: str, earlier: Path | None, folder: Path) -> Splice:
    """Return which documents an earlier generation, made by the same recipe, has already.

    One that comes before another that it stood behind counts as new, and so does one without passages. What the next
    generation needs to know for this is saved in the folder. Raises ValueError or OSError where a file of the earlier
    one is damaged or missing.
    """
    marks = token_keys([f"{document.id} {document.digest} {document.validity}" for document in documents])
    (folder / _MARKS).parent.mkdir()
    np.save(folder / _MARKS, marks)
    (folder / _RECIPE).write_text(recipe)
    if earlier is None or not _is_made_by(recipe, earlier):
        return Splice(np.full(len(marks), -1))
    verify(earlier)
    rows = _find(marks, np.load(earlier / _MARKS), np.diff(np.load(earlier / _FIRSTS)) > 0)
    highest = np.maximum.accumulate(np.concatenate([[-1], rows]))[:-1]
    return Splice(np.where(rows > highest, rows, -1))


def recipe_of(tokenizer: Tokenizer, places: Gazetteer) -> str:
    """Return what a generation depends on beside the documents and their questions, in short.

    Any change of the code here counts: building anew once costs less than telling what has no bearing.
    """
    parts = [CODE.encode()]
    parts += [version(name).encode() for name in ("jieba", "opencc")]
    parts += [unicodedata.unidata_version.encode(), "\n".join(tokenizer.lexicon.words).encode(*_WRITTEN)]
    parts.append(places.fingerprint())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _is_made_by(recipe: str, folder: Path) -> bool:
    written = folder / _RECIPE
    return written.is_file() and written.read_text() == recipe


def _find(wanted: Keys, marks: Keys, usable: Mask) -> Rows:
    """Return the row of each wanted mark among the usable ones, -1 for one that is not there."""
    # the title of a document without passages may have units that no passage has
    rows = np.flatnonzero(usable)
    if not len(rows):
        return np.full(len(wanted), -1)
    rows = rows[np.argsort(marks[rows])]
    found = rows[np.searchsorted(marks[rows], wanted) % len(rows)]
    return np.where(marks[found] == wanted, found, -1)
