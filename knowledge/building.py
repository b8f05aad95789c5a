"""Building a generation of the index: a folder of files, written aside and moved to its place when it is whole."""

import logging
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np

from knowledge.bags import Bags
from knowledge.blocks import Blocks, Crests
from knowledge.checksums import write_checksums
from knowledge.gazetteer import Gazetteer
from knowledge.kernels import Keys
from knowledge.level import Field, Level, write_level
from knowledge.material import Material, prepare
from knowledge.names import Names
from knowledge.postings import Postings
from knowledge.renewal import Renewal, recipe_of, unchanged
from knowledge.rows import term_of, write_document
from knowledge.splice import Splice
from knowledge.texts import Texts
from knowledge.tokens import Tokenizer
from knowledge.types import CURRENT, Disclosure, Document, LinkedQuestion
from knowledge.units import write_units
from knowledge.whereabouts import Whereabouts

_log = logging.getLogger(__name__)
TITLE = 2
"""How often the title counts in each of its passages."""


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
    already; one with a file that is not as it was written, or made by another version or dictionary, is of no use.
    Documents that are not 主动公开 are left out; those that are not in force are kept for look-up by 文号 or title, and
    never searched. Linked questions help to find their documents; the `gazetteer` tells of which place each one is.
    """
    kept = [document for document in documents if document.disclosure is Disclosure.PROACTIVE]
    folder.mkdir(parents=True, exist_ok=True)
    generation = _fresh_id(folder, now())
    aside = folder / f".{generation}"
    write = partial(_write, aside, kept, linked=tuple(linked), tokenizer=tokenizer, gazetteer=gazetteer or Gazetteer())
    try:
        write(previous=previous)
    except (ArithmeticError, EOFError, LookupError, OSError, TypeError, ValueError):
        if previous is None:
            raise
        # whatever it is, what is stored is whole
        _log.warning("nothing can be taken over from %s; building anew", previous.name, exc_info=True)
        shutil.rmtree(aside)
        write(previous=None)
    write_checksums(aside)
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
    # one after another: np.load parses a file's header, and CPython 3.11 may fail where two threads parse at once
    _write_documents(renewal, fresh, material)
    Whereabouts.write(renewal, fresh, gazetteer)
    _write_questions(renewal, documents, linked, material, tokenizer)
    vocabulary = _write_fields(renewal, material)
    write_units(renewal, material, vocabulary)


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
    renewal.save("terms.npy", np.array([term_of(document) for document in fresh], np.int32).reshape(-1, 2))
    renewal.save_texts("documents", renewal.documents, map(write_document, fresh))
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
