"""Questions with the documents that answer them, read from JSON lines and linked in the knowledge base."""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.errors import UnreadableDocument
from knowledge.normalisation import clean
from knowledge.ports import DocumentStore, LinkedQuestions
from knowledge.types import ImportRow, LinkedQuestion, Outcome

LONGEST = 500
"""Characters of a linked question."""


def json_lines(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects of a file of JSON lines, also gzipped, with their places; raise UnreadableDocument."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path}:{number}", _object(line, f"{path}:{number}")
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableDocument(f"{path} 不存在、无法打开或者压缩已损坏") from error
    except UnicodeDecodeError as error:
        raise UnreadableDocument(f"{path} 不是 UTF-8 编码的文本") from error


def read_link(row: Mapping[str, Any], place: str) -> LinkedQuestion:
    """Return the question of a row with the ids of its documents; raise UnreadableDocument with the place."""
    question, documents = row.get("question"), row.get("documents") or []
    if not isinstance(question, str):
        raise UnreadableDocument(f"{place} 的 question 应当是文字")
    if not isinstance(documents, list):
        raise UnreadableDocument(f"{place} 的 documents 应当是编号的列表")
    return LinkedQuestion(question, tuple(str(document).strip() for document in documents))


async def link_questions(
    path: Path, links: LinkedQuestions, documents: DocumentStore, *, by: str, dry_run: bool = False
) -> tuple[ImportRow, ...]:
    """Link the questions of a file of rows {"question", "documents"}, and return what happened to each row.

    They take effect with the next generation. A row that names no stored document is refused; of one that names some,
    the others are left out and told. Raises UnreadableDocument for a file that is no JSON lines.
    """
    known = {(link.question, link.document) for link in await links.all()}
    rows = []
    for place, row in json_lines(path):
        try:
            link = _checked(read_link(row, place))
            stored = await _stored(link, documents)
        except UnreadableDocument as error:
            rows.append(ImportRow(place, Outcome.REFUSED, error.reason))
            continue
        fresh = [document for document in stored if (link.question, document) not in known]
        if fresh and not dry_run:
            await links.add(link.question, fresh, by=by)
        known.update((link.question, document) for document in fresh)
        missing = sorted(set(link.documents).difference(stored))
        told = f"没有编号为 {'、'.join(missing)} 的文件，未关联" if missing else ""
        rows.append(ImportRow(place, Outcome.CREATED if fresh else Outcome.UNCHANGED, told, published=True))
    return tuple(rows)


def _checked(link: LinkedQuestion) -> LinkedQuestion:
    question = " ".join(clean(link.question).split())
    if not question:
        raise UnreadableDocument("问题为空")
    if len(question) > LONGEST:
        raise UnreadableDocument(f"问题最长 {LONGEST} 字")
    if not link.documents:
        raise UnreadableDocument("没有写明文件的编号（documents）")
    return replace(link, question=question)


async def _stored(link: LinkedQuestion, documents: DocumentStore) -> list[str]:
    stored = [document for document in link.documents if await documents.get(document)]
    if not stored:
        raise UnreadableDocument(f"没有编号为 {'、'.join(link.documents)} 的文件")
    return stored


def _object(line: str, place: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument(f"{place} 不是一行完整的 JSON") from error
    if not isinstance(row, dict):
        raise UnreadableDocument(f"{place} 应当是一个 JSON 对象")
    return row
