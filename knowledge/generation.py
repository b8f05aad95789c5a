"""One generation of the index: a folder with documents, passages and their BM25 fields, written once, then only read."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.errors import UnknownGeneration, UnknownPassage
from knowledge.index import BM25
from knowledge.kernels import Rows
from knowledge.names import Names, document_names
from knowledge.passages import cut
from knowledge.tokens import Tokenizer, Tokens
from knowledge.types import Disclosure, Document, Kind, Passage, Validity

FIELDS = tuple(field.name for field in fields(Tokens))
CURRENT = (Validity.IN_FORCE, Validity.AMENDED, Validity.PARTLY_INVALID)
"""Validities that search may answer from."""
K1 = 1.2
B = 0.75


class Texts:
    """An immutable list of strings in two files, read on demand."""

    def __init__(self, folder: Path, name: str) -> None:
        self._ends = np.load(folder / f"{name}.npy")
        blob = folder / f"{name}.bin"
        self._blob: Sequence[int] = np.memmap(blob, np.uint8, "r") if blob.stat().st_size else b""

    @staticmethod
    def write(folder: Path, name: str, texts: Iterable[str]) -> None:
        """Write the strings as `name`.bin and `name`.npy."""
        ends = []
        with (folder / f"{name}.bin").open("wb") as blob:
            for text in texts:
                blob.write(text.encode())
                ends.append(blob.tell())
        np.save(folder / f"{name}.npy", np.array([0, *ends], np.int64))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return bytes(self._blob[self._ends[row] : self._ends[row + 1]]).decode()


@dataclass(frozen=True, slots=True)
class Level:
    """The three BM25 fields over passages, or over whole documents."""

    words: BM25
    unigrams: BM25
    bigrams: BM25

    def save(self, folder: Path) -> None:
        """Write the fields into a new folder."""
        for name in FIELDS:
            getattr(self, name).save(folder / name)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the fields saved in a folder, memory-mapped."""
        return cls(*(BM25.load(folder / name) for name in FIELDS))

    @classmethod
    def over(cls, texts: Sequence[Tokens]) -> Self:
        """Return the fields over some texts."""
        return cls(*(BM25([getattr(text, name) for text in texts], k1=K1, b=B) for name in FIELDS))


class Generation:
    """A generation opened for reading; raises UnknownGeneration for a folder that is damaged or none."""

    def __init__(self, folder: Path) -> None:
        self.id = folder.name
        try:
            self.passages_level = Level.load(folder / "passages")
            self.documents_level = Level.load(folder / "documents")
            self.first_passages: Rows = np.load(folder / "first_passages.npy")
            self.shown: npt.NDArray[np.bool_] = np.load(folder / "shown.npy")
            self.names = Names.load(folder)
            self._documents = Texts(folder, "documents")
            self._passages = Texts(folder, "passages")
        except (OSError, ValueError, KeyError) as error:
            raise UnknownGeneration(f"generation {folder.name} cannot be read") from error

    @property
    def documents(self) -> int:
        """How many documents there are, those that are never searched included."""
        return len(self._documents)

    @property
    def size(self) -> int:
        """How many passages there are."""
        return len(self._passages)

    def document(self, row: int) -> Document:
        """Return the document in a row."""
        return _document(json.loads(self._documents[row]))

    def passage(self, row: int) -> Passage:
        """Return the passage in a row."""
        owner = int(np.searchsorted(self.first_passages, row, side="right")) - 1
        document = self.document(owner)
        position = row - int(self.first_passages[owner])
        heading, _, text = self._passages[row].partition("\n")
        return Passage(
            key=f"{document.id}#{position}", document=document, heading=heading, text=text, position=position
        )

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
    documents: Iterable[Document], *, folder: Path, tokenizer: Tokenizer, now: Callable[[], datetime]
) -> str:
    """Write a new generation beside the live one and return its id; it serves only after `switch`.

    Takes seconds to a minute of processor time. Documents that are not 主动公开 are left out; those that are not in
    force are kept for look-up by 文号 or title, and never searched.
    """
    kept = [document for document in documents if document.disclosure is Disclosure.PROACTIVE]
    folder.mkdir(parents=True, exist_ok=True)
    generation = _fresh_id(folder, now())
    aside = folder / f".{generation}"
    aside.mkdir()
    _write(aside, kept, tokenizer)
    aside.rename(folder / generation)
    return generation


def _fresh_id(folder: Path, at: datetime) -> str:
    stem = at.strftime("%Y%m%dT%H%M%S")
    number = 1
    while (folder / f"{stem}-{number}").exists() or (folder / f".{stem}-{number}").exists():
        number += 1
    return f"{stem}-{number}"


def _write(folder: Path, documents: Sequence[Document], tokenizer: Tokenizer) -> None:
    pieces = [cut(document.text) for document in documents]
    first_passages = np.cumsum([0, *(len(listed) for listed in pieces)])
    passages: list[Tokens] = []
    whole: list[Tokens] = []
    # Tokens of unchanged documents (equal digests) could be taken over from the live generation here.
    for document, listed in zip(documents, pieces, strict=True):
        title = tokenizer.tokens(tokenizer.normalise(document.title))
        own = [tokenizer.tokens(tokenizer.normalise(piece.text)) for piece in listed]
        passages += [_joined([title, tokens]) for tokens in own]
        whole.append(_joined([title, *own]))
    Level.over(passages).save(folder / "passages")
    Level.over(whole).save(folder / "documents")
    np.save(folder / "first_passages.npy", first_passages)
    np.save(folder / "shown.npy", np.array([document.validity in CURRENT for document in documents], np.bool_))
    Names.write(folder, [document_names(document, tokenizer.normalise) for document in documents])
    Texts.write(folder, "documents", (_row(document) for document in documents))
    headed = (f"{' / '.join(piece.heading)}\n{piece.text}" for listed in pieces for piece in listed)
    Texts.write(folder, "passages", headed)


def _joined(parts: Sequence[Tokens]) -> Tokens:
    return Tokens(*(tuple(token for part in parts for token in getattr(part, name)) for name in FIELDS))


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
