"""Questions with known answers, asked as citizens would ask them."""

import asyncio
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from knowledge.errors import UnreadableDocument
from knowledge.generation import build_generation
from knowledge.library import Library
from knowledge.records import read_record
from knowledge.scorecard import Question, Report, Result
from knowledge.shelf import switch
from knowledge.tokens import Tokenizer
from knowledge.types import Document, Finding, LinkedQuestion

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
) -> Report:
    """Return how well the questions are answered from the documents, in a temporary generation under `work`.

    Touches nothing that is live. Documents without text are left out. Raises UnreadableDocument for a file that is
    not JSON lines as described in docs (id, question, documents, answer), OSError for one that cannot be opened.
    """
    asked = tuple(_question(row) for row in _rows(questions))
    folder = work / "index"
    linked = (
        [LinkedQuestion(each.question, each.documents) for each in map(_question, _rows(answered))] if answered else []
    )
    generation = build_generation(_documents(documents), folder=folder, tokenizer=tokenizer, now=now, linked=linked)
    switch(folder, generation, tokenizer=tokenizer)
    results = asyncio.run(_ask(Library(folder, tokenizer), asked))
    return Report(questions=asked, results=results)


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


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UnreadableDocument(f"{path}:{number} 不是一行完整的 JSON") from error
            if not isinstance(row, dict):
                raise UnreadableDocument(f"{path}:{number} 应当是一个 JSON 对象")
            yield row


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        id=str(row.get("id", "")),
        question=str(row.get("question") or ""),
        documents=tuple(map(str, row.get("documents") or ())),
        answer=str(row.get("answer") or ""),
    )


def _documents(path: Path) -> Iterator[Document]:
    for number, row in enumerate(_rows(path), 1):
        try:
            yield read_record(row, fallback_id=f"{path.stem}-{number}")
        except UnreadableDocument:
            continue
