"""One generation of the index: a folder with documents, passages and their BM25 fields, written once."""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from tokenize import TokenError
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.blocks import Blocks, Crests
from knowledge.errors import UnknownGeneration, UnknownPassage
from knowledge.gazetteer import Mention, Place
from knowledge.kernels import Rows
from knowledge.level import Level
from knowledge.names import Names
from knowledge.postings import mapped
from knowledge.revisions import Ending
from knowledge.rows import read_document, term_of
from knowledge.term import judge
from knowledge.texts import Texts
from knowledge.types import CURRENT, Document, Passage, Validity
from knowledge.vocabulary import Lexicon
from knowledge.whereabouts import Whereabouts

REMEMBERED = 4096
"""Documents kept decoded."""
_HEADER = (MemoryError, SyntaxError, TokenError)
"""What numpy raises, too, for the damaged header of an array."""
_DAMAGED = (OSError, EOFError, ValueError, TypeError, LookupError, ArithmeticError, *_HEADER)
"""What opening a damaged file may raise."""


class Generation:
    """A generation opened for reading; raises UnknownGeneration for a folder that is damaged or none.

    Everything large is memory-mapped or read on demand: opening takes milliseconds whatever the size, and processes
    share the memory.
    """

    def __init__(self, folder: Path) -> None:
        self.id = folder.name
        try:
            self.passages_level = Level.load(folder / "passages")
            self.documents_level = Level.load(folder / "documents")
            self.questions_level = Level.load(folder / "questions")
            self.first_passages: Rows = np.load(folder / "first_passages.npy")
            self.blocks = Blocks.of(self.first_passages)
            self.passage_crests: Crests = _crests(folder / "passages", self.passages_level, self.blocks)
            self.document_crests: Crests = _crests(folder / "documents", self.documents_level, self.blocks)
            counts = np.diff(self.first_passages)
            self.filled: npt.NDArray[np.bool_] = counts > 0
            """Which documents have passages."""
            self._owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
            self.first_links: Rows = np.load(folder / "first_links.npy")
            self.links: Rows = np.load(folder / "links.npy")
            self.shown: npt.NDArray[np.bool_] = np.load(folder / "shown.npy")
            self.terms: npt.NDArray[np.int32] = np.load(folder / "terms.npy")
            self.units: npt.NDArray[np.int32] = np.load(folder / "units.npy", mmap_mode="r")
            self.unit_starts: Rows = np.load(folder / "unit_starts.npy")
            self.names = Names.load(folder)
            self.whereabouts = Whereabouts.load(folder)
            self.own: npt.NDArray[np.bool_] = np.zeros(len(self.shown), np.bool_)
            """Which documents are of the office's own place."""
            self.elsewhere: npt.NDArray[np.bool_] = self.own
            """Which documents are of another place than the one asked for."""
            self.lexicon = Lexicon.load(folder)
            """The vocabulary it was built with; None for one of before there were any."""
            self._documents = Texts(folder, "documents")
            self._texts = Texts(folder, "texts")
            self._passages = Texts(folder, "passages")
            self._questions = Texts(folder, "questions")
            self.document = _reader(self._documents, self._texts)
            """Return the document in a row."""
        except _DAMAGED as error:
            raise UnknownGeneration(f"知识库版本 {folder.name} 不能读取，请运行 run_bot.py reload 重建") from error

    @property
    def documents(self) -> int:
        """How many documents there are, those that are never searched included."""
        return len(self._documents)

    @property
    def size(self) -> int:
        """How many passages there are."""
        return len(self._passages)

    def without(self, texts: Iterable[tuple[str, str]]) -> Self:
        """Return the generation with these texts (id, digest) neither searched nor named; itself if it has none."""
        named = ((row, digest) for document_id, digest in texts for row in self.names.ids(document_id))
        rows = [row for row, digest in named if self.document(row).digest == digest]
        if not rows:
            return self
        rest = copy(self)
        rest.shown = self.shown.copy()
        rest.shown[rows] = False
        rest.names = self.names.without(rows)
        return rest

    def ended(self, endings: Iterable[Ending]) -> Self:
        """Return the generation with these documents ended as they are now; itself if it says so already."""
        named = ((row, ending) for ending in endings for row in self.names.ids(ending.document))
        changed = {row: after for row, ending in named if (after := _ended(self.document(row), ending)) is not None}
        if not changed:
            return self
        rest = copy(self)
        rest.shown, rest.terms = self.shown.copy(), self.terms.copy()
        for row, document in changed.items():
            rest.shown[row] &= document.validity in CURRENT
            rest.terms[row] = term_of(document)
        rest.document = lru_cache(REMEMBERED)(lambda row: changed.get(row) or self.document(row))
        return rest

    def as_of(self, day: date) -> Self:
        """Return the generation as it holds on a day: what has not begun or is over is not searched, and says so."""
        begin, end = self.terms.T
        rest = copy(self)
        today = day.toordinal()
        rest.shown = (begin <= today) & (today <= end)
        rest.document = lru_cache(REMEMBERED)(lambda row: _judged(self.document(row), day))
        return rest

    def of_office(self, own: Place) -> Self:
        """Return the generation as an office of this place sees it."""
        rest = copy(self)
        rest.own = self.whereabouts.within(own)
        return rest

    def about(self, asked: Iterable[Mention]) -> Self:
        """Return the generation without what is of another place than those asked for."""
        rest = copy(self)
        rest.elsewhere = ~self.whereabouts.applying(asked)
        rest.shown = self.shown & ~rest.elsewhere
        return rest

    def owner(self, row: int) -> int:
        """Return the row of the document that a passage belongs to."""
        return int(self._owners[row])

    def passage(self, row: int) -> Passage:
        """Return the passage in a row."""
        owner = self.owner(row)
        document = self.document(owner)
        position = row - int(self.first_passages[owner])
        heading, _, text = self._passages[row].partition("\n")
        return Passage(
            key=f"{document.id}#{position}", document=document, heading=heading, text=text, position=position
        )

    def question(self, row: int) -> str:
        """Return the answered question in a row."""
        return self._questions[row]

    def passage_row(self, key: str) -> int:
        """Return the row of the passage with this key; raise UnknownPassage."""
        document_id, _, position = key.rpartition("#")
        rows = self.names.ids(document_id)
        if not rows or not position.isdecimal():
            raise UnknownPassage(key)
        row = int(self.first_passages[rows[0]]) + int(position)
        if row >= self.first_passages[rows[0] + 1]:
            raise UnknownPassage(key)
        return row


def _reader(documents: Texts, texts: Texts) -> Callable[[int], Document]:
    """Return what reads a document; it holds no generation, so that one replaced is closed without a collection."""
    return lru_cache(REMEMBERED)(lambda row: read_document(documents[row], texts[row]))


def _crests(folder: Path, level: Level, blocks: Blocks) -> Crests:
    crests: Crests = mapped(folder / "crests.npy")
    if crests.shape != (len(level.postings.bits), len(blocks.firsts)):
        raise ValueError(f"the files of {folder} do not belong together")
    return crests


def _ended(document: Document, ending: Ending) -> Document | None:
    """Return the document ended, or None where nothing changes."""
    validity = Validity.REPEALED if ending.repealed else document.validity
    known = (document.validity, document.expires_on, document.successor)
    if known == (validity, ending.expires_on, ending.successor):
        return None
    return replace(document, validity=validity, expires_on=ending.expires_on, successor=ending.successor)


def _judged(document: Document, day: date) -> Document:
    validity = judge(document.validity, effective_on=document.effective_on, expires_on=document.expires_on, today=day)
    return document if validity is document.validity else replace(document, validity=validity)
