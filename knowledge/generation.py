"""One generation of the index: a folder with documents, passages and their BM25 fields, written once."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import fields, replace
from datetime import date, datetime
from functools import lru_cache, partial
from itertools import repeat
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.bags import Bags
from knowledge.blocks import Blocks, Crests
from knowledge.errors import UnknownGeneration, UnknownPassage
from knowledge.gazetteer import Gazetteer, Mention, Place
from knowledge.kernels import Keys, Rows
from knowledge.level import Field, Level, write_level
from knowledge.material import Material, prepare
from knowledge.names import Names
from knowledge.postings import Postings, mapped
from knowledge.renewal import Renewal, recipe_of, unchanged
from knowledge.revisions import Ending
from knowledge.splice import Splice
from knowledge.term import judge
from knowledge.texts import Texts
from knowledge.tokens import Tokenizer
from knowledge.types import CURRENT, Disclosure, Document, Kind, LinkedQuestion, Passage, Validity
from knowledge.units import write_units
from knowledge.vocabulary import Lexicon
from knowledge.whereabouts import Whereabouts

REMEMBERED = 4096
"""Documents kept decoded."""
TITLE = 2
"""How often the title counts in each of its passages."""
_FIELDS = tuple(field.name for field in fields(Document) if field.name != "text")


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
            self.blocks = Blocks.of(self.first_passages)
            self.passage_crests: Crests = _crests(folder / "passages", self.passages_level, self.blocks)
            self.document_crests: Crests = _crests(folder / "documents", self.documents_level, self.blocks)
            counts = np.diff(self.first_passages)
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
            self.document = lru_cache(REMEMBERED)(self._read)
            """Return the document in a row."""
        except (OSError, ValueError, KeyError, EOFError) as error:
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
            rest.terms[row] = _term(document)
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

    def _read(self, row: int) -> Document:
        return _document(json.loads(self._documents[row]), self._texts[row])

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


def _crests(folder: Path, level: Level, blocks: Blocks) -> Crests:
    crests: Crests = mapped(folder / "crests.npy")
    if crests.shape != (len(level.postings.bits), len(blocks.firsts)):
        raise ValueError(f"the files of {folder} do not belong together")
    return crests


def build_generation(
    documents: Iterable[Document],
    *,
    folder: Path,
    tokenizer: Tokenizer,
    now: Callable[[], datetime],
    linked: Iterable[LinkedQuestion] = (),
    previous: Path | None = None,
    gazetteer: Gazetteer | None = None,
) -> str:
    """Write a new generation beside the live one and return its id; it serves only after `switch`.

    Takes seconds to a minute of processor time, less when the folder of a `previous` generation has most documents
    already; one that is damaged, or was made by another version or dictionary, is of no use. Documents that are not
    主动公开 are left out; those that are not in force are kept for look-up by 文号 or title, and never searched. Linked
    questions help to find their documents; the `gazetteer` tells of which place each document is.
    """
    kept = [document for document in documents if document.disclosure is Disclosure.PROACTIVE]
    folder.mkdir(parents=True, exist_ok=True)
    generation = _fresh_id(folder, now())
    aside = folder / f".{generation}"
    write = partial(_write, aside, kept, linked=tuple(linked), tokenizer=tokenizer, gazetteer=gazetteer or Gazetteer())
    try:
        write(previous=previous)
    except (OSError, ValueError, KeyError, EOFError):
        if previous is None:
            raise
        shutil.rmtree(aside)
        write(previous=None)
    _settle(aside)
    aside.rename(folder / generation)
    return generation


def _write(
    folder: Path,
    documents: Sequence[Document],
    *,
    linked: Sequence[LinkedQuestion],
    tokenizer: Tokenizer,
    gazetteer: Gazetteer,
    previous: Path | None,
) -> None:
    folder.mkdir()
    tokenizer.lexicon.save(folder)
    splice = unchanged(documents, recipe_of(tokenizer, gazetteer), previous, folder)
    fresh = [documents[row] for row in splice.added.tolist()]
    material = prepare(fresh, tokenizer)
    renewal = Renewal.of(folder, previous if len(fresh) < len(documents) else None, splice, material.first_passages)
    with ThreadPoolExecutor(1) as beside:
        vocabulary = beside.submit(_write_fields, renewal, material)
        _write_documents(renewal, fresh, material)
        Whereabouts.write(renewal, fresh, gazetteer)
        _write_questions(renewal, documents, linked, material, tokenizer)
        write_units(renewal, material, vocabulary.result())


def _settle(folder: Path) -> None:
    """Wait until all files are on the disk: what the pointer will name must survive a power cut."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _fresh_id(folder: Path, at: datetime) -> str:
    stem = at.strftime("%Y%m%dT%H%M%S")
    number = 1
    while (folder / f"{stem}-{number}").exists() or (folder / f".{stem}-{number}").exists():
        number += 1
    return f"{stem}-{number}"


def _write_documents(renewal: Renewal, fresh: Sequence[Document], material: Material) -> None:
    np.save(renewal.folder / "first_passages.npy", renewal.first_passages)
    renewal.save("shown.npy", np.array([document.validity in CURRENT for document in fresh], np.bool_))
    renewal.save("terms.npy", np.array([_term(document) for document in fresh], np.int32).reshape(-1, 2))
    renewal.save_texts("documents", renewal.documents, map(_row, fresh))
    renewal.save_texts("texts", renewal.documents, (document.text for document in fresh))
    renewal.save_texts("passages", renewal.passages, material.passages)


def _write_fields(renewal: Renewal, material: Material) -> Keys:
    """Save the fields over passages and over documents; return the vocabulary of the passages' units."""
    terms = (material.words, material.units, material.bigrams())
    blocks = Blocks.of(renewal.first_passages)
    below = _write_level(
        renewal,
        "passages",
        renewal.passages,
        [material.over_passages(each, TITLE) for each in terms],
        blocks.passage_crests,
    )
    _write_level(
        renewal,
        "documents",
        renewal.documents,
        [material.over_documents(each, TITLE) for each in terms],
        blocks.document_crests,
    )
    return below


def _write_level(
    renewal: Renewal, name: str, splice: Splice, fresh: Sequence[Bags], crests: Callable[[Postings], Crests]
) -> Keys:
    """Save the fields over words, units and pairs of units; return the vocabulary of the units."""
    earlier = Level.load(renewal.earlier / name).fields if renewal.earlier else repeat(None)

    def field(bags: Bags, known: Field | None) -> Field:
        return Field.over(known.renewed(splice, bags.tally()) if known else bags.tally())

    # two at a time, as the compiled loops leave the interpreter free
    with ThreadPoolExecutor(2) as aside:
        fields = list(aside.map(field, fresh, earlier))
    write_level(renewal.folder / name, fields)
    np.save(renewal.folder / name / "crests.npy", np.concatenate([crests(field.postings) for field in fields]))
    return fields[1].vocabulary


def _write_questions(
    renewal: Renewal,
    documents: Sequence[Document],
    linked: Sequence[LinkedQuestion],
    material: Material,
    tokenizer: Tokenizer,
) -> None:
    """Save what the documents are called, and the questions known to be answered by them."""
    folder = renewal.folder
    rows = {document.id: row for row, document in enumerate(documents)}
    asked: list[tuple[str, int]] = []
    links = []
    tokens = []
    for question in linked:
        known = [rows[document_id] for document_id in question.documents if document_id in rows]
        normalised = tokenizer.normalise(question.question)
        links.append(known)
        tokens.append(tokenizer.tokens(normalised))
        asked += [(normalised, row) for row in known]
    texts = ([text.words for text in tokens], [text.unigrams for text in tokens], [text.bigrams for text in tokens])
    write_level(folder / "questions", [Field.over(corpus) for corpus in texts])
    Texts.write(folder, "questions", (question.question for question in linked))
    np.save(folder / "first_links.npy", np.cumsum([0, *map(len, links)]))
    np.save(folder / "links.npy", np.array([row for known in links for row in known], np.int64))
    own = renewal.save_parts("material/names.npy", "material/first_names.npy", material.names, material.first_names)
    Names.write(folder, *own, asked)


def _term(document: Document) -> tuple[int, int]:
    """Return the first and the last day, as ordinals, on which search may answer from the document."""
    begins = document.validity is Validity.NOT_YET_EFFECTIVE and document.effective_on is not None
    if not begins and document.validity not in CURRENT:
        return date.max.toordinal(), 0
    begin, end = document.effective_on or date.min, document.expires_on or date.max
    return begin.toordinal(), end.toordinal()


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


def _row(document: Document) -> str:
    # asdict would copy every text
    return json.dumps({name: getattr(document, name) for name in _FIELDS}, ensure_ascii=False, default=date.isoformat)


def _document(row: Mapping[str, str], text: str) -> Document:
    dates = {
        name: date.fromisoformat(row[name]) for name in ("published_on", "effective_on", "expires_on") if row[name]
    }
    enums = {
        "validity": Validity(row["validity"]),
        "disclosure": Disclosure(row["disclosure"]),
        "kind": Kind(row["kind"]),
    }
    return Document(**{**row, **dates, **enums, "text": text})  # type: ignore[arg-type]  # the row was written from a Document
