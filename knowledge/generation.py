"""One generation of the index: a folder with documents, passages and their BM25 fields, written once."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.errors import UnknownGeneration, UnknownPassage
from knowledge.index import BM25
from knowledge.kernels import BREAK_MARK, END_MARK, Rows
from knowledge.level import Level
from knowledge.names import Names, document_names, question_name
from knowledge.passages import cut
from knowledge.texts import Texts
from knowledge.tokens import END, Tokenizer, Tokens
from knowledge.types import Disclosure, Document, Kind, LinkedQuestion, Passage, Validity
from knowledge.vocabulary import Lexicon

CURRENT = (Validity.IN_FORCE, Validity.AMENDED, Validity.PARTLY_INVALID)
"""Validities that search may answer from."""
REMEMBERED = 4096
"""Documents kept decoded."""
TITLE = 2
"""How often the title counts in each of its passages."""


class Generation:
    """A generation opened for reading; raises UnknownGeneration for a folder that is damaged or none.

    Everything large is memory-mapped: opening takes milliseconds whatever the size, and processes share the memory.
    """

    def __init__(self, folder: Path) -> None:
        self.id = folder.name
        try:
            self.passages_level = Level.load(folder / "passages")
            self.documents_level = Level.load(folder / "documents")
            self.questions_level = Level.load(folder / "questions")
            self.first_passages: Rows = np.load(folder / "first_passages.npy")
            self.first_links: Rows = np.load(folder / "first_links.npy")
            self.links: Rows = np.load(folder / "links.npy")
            self.shown: npt.NDArray[np.bool_] = np.load(folder / "shown.npy")
            self.units: npt.NDArray[np.int32] = np.load(folder / "units.npy", mmap_mode="r")
            self.unit_starts: Rows = np.load(folder / "unit_starts.npy")
            self.names = Names.load(folder)
            self.lexicon = Lexicon.load(folder)
            """The vocabulary it was built with; None for one of before there were any."""
            self._documents = Texts(folder, "documents")
            self._passages = Texts(folder, "passages")
            self._questions = Texts(folder, "questions")
            self.document = lru_cache(REMEMBERED)(self._read)
            """Return the document in a row."""
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise UnknownGeneration(f"generation {folder.name} cannot be read") from error

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

    def _read(self, row: int) -> Document:
        return _document(json.loads(self._documents[row]))

    def owner(self, row: int) -> int:
        """Return the row of the document that a passage belongs to."""
        return int(np.searchsorted(self.first_passages, row, side="right")) - 1

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


def build_generation(
    documents: Iterable[Document],
    *,
    folder: Path,
    tokenizer: Tokenizer,
    now: Callable[[], datetime],
    linked: Iterable[LinkedQuestion] = (),
) -> str:
    """Write a new generation beside the live one and return its id; it serves only after `switch`.

    Takes seconds to a minute of processor time. Documents that are not 主动公开 are left out; those that are not in
    force are kept for look-up by 文号 or title, and never searched. Linked questions help to find their documents.
    """
    kept = [document for document in documents if document.disclosure is Disclosure.PROACTIVE]
    folder.mkdir(parents=True, exist_ok=True)
    generation = _fresh_id(folder, now())
    aside = folder / f".{generation}"
    aside.mkdir()
    tokenizer.lexicon.save(aside)
    _write_documents(aside, kept, tokenizer)
    _write_questions(aside, kept, linked, tokenizer)
    aside.rename(folder / generation)
    return generation


def _fresh_id(folder: Path, at: datetime) -> str:
    stem = at.strftime("%Y%m%dT%H%M%S")
    number = 1
    while (folder / f"{stem}-{number}").exists() or (folder / f".{stem}-{number}").exists():
        number += 1
    return f"{stem}-{number}"


def _write_documents(folder: Path, documents: Sequence[Document], tokenizer: Tokenizer) -> None:
    pieces = [cut(document.text) for document in documents]
    passages: list[Tokens] = []
    whole: list[Tokens] = []
    bodies: list[Tokens] = []
    titles = [tokenizer.tokens(tokenizer.normalise(document.title)) for document in documents]
    # tokens of unchanged documents (equal digests) could be taken over from the live generation here
    for title, listed in zip(titles, pieces, strict=True):
        own = [tokenizer.tokens(tokenizer.normalise(piece.text)) for piece in listed]
        bodies += own
        passages += [_joined([title] * TITLE + [tokens]) for tokens in own]
        whole.append(_joined([title] * TITLE + own))
    level = Level.over(passages)
    level.save(folder / "passages")
    Level.over(whole).save(folder / "documents")
    _write_units(folder, [*titles, *bodies], level.unigrams)
    np.save(folder / "first_passages.npy", np.cumsum([0, *map(len, pieces)]))
    np.save(folder / "shown.npy", np.array([document.validity in CURRENT for document in documents], np.bool_))
    Texts.write(folder, "documents", (_row(document) for document in documents))
    headed = (f"{' / '.join(piece.heading)}\n{piece.text}" for listed in pieces for piece in listed)
    Texts.write(folder, "passages", headed)


def _write_questions(
    folder: Path, documents: Sequence[Document], linked: Iterable[LinkedQuestion], tokenizer: Tokenizer
) -> None:
    """Save what the documents are called, and the questions known to be answered by them."""
    linked = tuple(linked)
    rows = {document.id: row for row, document in enumerate(documents)}
    names = [list(document_names(document, tokenizer.normalise)) for document in documents]
    links = []
    tokens = []
    for question in linked:
        known = [rows[document_id] for document_id in question.documents if document_id in rows]
        normalised = tokenizer.normalise(question.question)
        links.append(known)
        tokens.append(tokenizer.tokens(normalised))
        for row in known:
            names[row].append(question_name(normalised))
    Level.over(tokens).save(folder / "questions")
    Texts.write(folder, "questions", (question.question for question in linked))
    np.save(folder / "first_links.npy", np.cumsum([0, *map(len, links)]))
    np.save(folder / "links.npy", np.array([row for known in links for row in known], np.int64))
    Names.write(folder, names)


def _write_units(folder: Path, texts: Sequence[Tokens], unigrams: BM25) -> None:
    """Save every title, then every passage, as rows of the unigrams' vocabulary in the order of the text."""
    rows = [np.where(found < 0, BREAK_MARK, found) for found in (unigrams.rows(text.units) for text in texts)]
    for row, text in zip(rows, texts, strict=True):
        row[[index for index, unit in enumerate(text.units) if unit == END]] = END_MARK
    np.save(folder / "units.npy", np.concatenate([np.empty(0, np.int32), *rows]).astype(np.int32))
    np.save(folder / "unit_starts.npy", np.cumsum([0, *map(len, rows)]))


def _joined(parts: Sequence[Tokens]) -> Tokens:
    """Return the tokens of several texts as those of one; its units are not needed."""
    return Tokens(
        words=tuple(token for part in parts for token in part.words),
        unigrams=tuple(token for part in parts for token in part.unigrams),
        bigrams=tuple(token for part in parts for token in part.bigrams),
        units=(),
    )


def _row(document: Document) -> str:
    return json.dumps(asdict(document), ensure_ascii=False, default=date.isoformat)


def _document(row: Mapping[str, str]) -> Document:
    dates = {
        name: date.fromisoformat(row[name]) for name in ("published_on", "effective_on", "expires_on") if row[name]
    }
    enums = {
        "validity": Validity(row["validity"]),
        "disclosure": Disclosure(row["disclosure"]),
        "kind": Kind(row["kind"]),
    }
    return Document(**{**row, **dates, **enums})  # type: ignore[arg-type]  # the row was written from a Document
