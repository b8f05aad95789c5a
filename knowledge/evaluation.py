"""Questions with known answers, asked as citizens would ask them."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from knowledge.building import build_generation
from knowledge.errors import UnreadableDocument
from knowledge.gazetteer import Gazetteer
from knowledge.library import Library
from knowledge.questions import json_lines, read_link
from knowledge.records import read_record
from knowledge.scorecard import Question, Report, Result
from knowledge.shelf import switch
from knowledge.tokens import Tokenizer
from knowledge.types import Document, Finding

DEPTH = 100
"""Documents listed for each question."""


def evaluate(
    questions: Path,
    documents: Path,
    *,
    answered: Path | None = None,
    work: Path,
    tokenizer: Tokenizer,
    now: Callable[[], datetime],
    gazetteer: Gazetteer | None = None,
) -> Report:
    """Return how well the questions are answered from the documents, in a temporary generation under `work`.

    Touches nothing that is live. Documents that cannot be read are left out and counted. Raises UnreadableDocument,
    in one line, for a file that cannot be opened or is not JSON lines with the fields of the contract (questions: id,
    question, documents, answer; documents: id, title, text and more; answered: question, documents).
    """
    asked = tuple(_question(row, place) for place, row in json_lines(questions))
    linked = [read_link(row, place) for place, row in json_lines(answered)] if answered else []
    kept, left_out = _documents(documents)
    folder = work / "index"
    build = partial(build_generation, kept, folder=folder, tokenizer=tokenizer, now=now)
    generation = build(linked=linked, gazetteer=gazetteer)
    switch(folder, generation, tokenizer=tokenizer)
    results = asyncio.run(_ask(Library(folder, tokenizer, gazetteer=gazetteer), asked))
    return Report(questions=asked, results=results, left_out=left_out)


async def _ask(library: Library, asked: tuple[Question, ...]) -> tuple[Result, ...]:
    await library.reload()
    results = []
    for question in asked:
        started = perf_counter()
        finding = await library.find(question.question)
        elapsed = (perf_counter() - started) * 1000
        results.append(_result(question, finding, library.ranked(question.question, DEPTH), elapsed))
    return tuple(results)


def _result(question: Question, finding: Finding, ranked: tuple[str, ...], elapsed: float) -> Result:
    best = (*finding.hits, *finding.near_misses)[:1]
    return Result(
        id=question.id,
        band=finding.band,
        route=finding.route,
        probability=finding.probability,
        documents=ranked,
        quote=best[0].quote if best else "",
        milliseconds=elapsed,
    )


def _question(row: Mapping[str, Any], place: str) -> Question:
    linked = read_link(row, place)
    return Question(
        id=str(row.get("id", "")),
        question=linked.question,
        documents=linked.documents,
        answer=str(row.get("answer") or ""),
    )


def _worded(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row of which only a number or a title is known with that as its text: look-ups need no more."""
    return row if row.get("text") or not row.get("number") else {**row, "text": row.get("title") or row["number"]}


def _documents(path: Path) -> tuple[list[Document], int]:
    """Return the documents of a file, and how many rows are none or have the id of an earlier one."""
    documents: dict[str, Document] = {}
    count = 0
    for place, row in json_lines(path):
        count += 1
        with suppress(UnreadableDocument):
            document = read_record(_worded(row), fallback_id=place)
            documents.setdefault(document.id, document)
    return list(documents.values()), count - len(documents)
