"""A document cut into citable passages: articles, numbered items, table rows with their header."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby, zip_longest

TARGET = 350
"""Characters a passage aims at."""
LIMIT = 500
"""Characters above which a passage is cut at a sentence."""
REPEATED = 150
"""Characters a table's header line may have to be repeated before later rows."""

_NUMERAL = r"[零〇一二三四五六七八九十百千]+"
# 第三条规定的情形…, 第三条第二款所称…: a reference to an article, not its beginning
_NOT_CITED = r"(?![第、，。,和及与至或所的中规之])"
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+[”’」』）)\]】]*|[^。！？!?；;\n]+$")
_ITEM = rf"(?:{_NUMERAL}、|[（(]{_NUMERAL}[）)]|\d{{1,2}}[.．、](?!\d)|第{_NUMERAL}[编章节条][\s　])"
_BORDER = re.compile(rf"\n+|(?<=[。；：！？;:!?\s　])(?<!#[\s　])(?={_ITEM})|(?<=[。！？])[ 　]+")


class Level(IntEnum):
    """How deep a heading stands; a heading closes those of its own and deeper levels."""

    HASH = 0
    PART = 10
    CHAPTER = 11
    SECTION = 12
    ARTICLE = 13
    NUMERAL = 14
    BRACKETED = 15
    DIGIT = 16


_MARKS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (Level.PART, re.compile(rf"第{_NUMERAL}编{_NOT_CITED}")),
    (Level.CHAPTER, re.compile(rf"第{_NUMERAL}章{_NOT_CITED}")),
    (Level.SECTION, re.compile(rf"第{_NUMERAL}节{_NOT_CITED}")),
    (Level.ARTICLE, re.compile(rf"第{_NUMERAL}条(?:之{_NUMERAL})?{_NOT_CITED}")),
    (Level.NUMERAL, re.compile(rf"{_NUMERAL}、")),
    (Level.BRACKETED, re.compile(rf"[（(]{_NUMERAL}[）)]")),
    (Level.DIGIT, re.compile(r"\d{1,2}[.．、](?!\d)")),
)
_HASHES = re.compile(r"(#{1,6})\s+")
_EMPHASIS = re.compile(r"[*_]{1,3}")
_TITLE_END = re.compile(r"[。：:；;！？!?]")
_TITLE_LIMIT = 40
_TABLE_RULE = re.compile(r"^[|\s:\-]+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage before it belongs to a document: heading path, verbatim text, where it stands in the document's text.

    `text` is `text[start:end]` of the document, stripped, with the table's header line in front for later rows.
    """

    heading: tuple[str, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of text under one heading path; `own` when it must not be joined with its neighbours."""

    path: tuple[str, ...]
    start: int
    end: int
    own: bool = False
    table: bool = False


def cut(text: str) -> tuple[Piece, ...]:
    """Return the passages of a document's text, in order; together they hold every character that is not blank."""
    runs = [list(run) for _, run in groupby(_blocks(text), key=lambda block: block.table)]
    pieces: list[Piece] = []
    lead: list[_Block] = []
    for run, after in zip_longest(runs, runs[1:]):
        if run[0].table:
            pieces += _table(text, lead, run)
            lead = []
            continue
        kept = len(run) - (_introductions(text, run) if after else 0)
        lead = run[kept:]
        pieces += _prose(text, run[:kept])
    return tuple(pieces)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence; together they cover the text."""
    for match in _SENTENCE.finditer(text):
        yield match.span()


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BORDER.finditer(text):
        if match.end() > start:
            yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    open_headings: list[tuple[int, str]] = []
    for start, end in _lines(text):
        line = text[start:end].strip()
        if not line:
            continue
        if line.startswith("|"):
            blocks.append(_Block(tuple(label for _, label in open_headings), start, end, table=True))
            continue
        heading = _heading(line)
        if heading is not None:
            level, label = heading
            open_headings = [entry for entry in open_headings if entry[0] < level]
            open_headings.append((level, label))
        own = heading is not None and heading[0] == Level.ARTICLE
        blocks.append(_Block(tuple(label for _, label in open_headings), start, end, own=own))
    return blocks


def _heading(line: str) -> tuple[int, str] | None:
    hashes = _HASHES.match(line)
    if hashes:
        return _hash_heading(line[hashes.end() :], len(hashes[1]))
    plain = _EMPHASIS.sub("", line)
    for level, pattern in _MARKS:
        mark = pattern.match(plain)
        if mark:
            return level, _label(plain, mark, level)
    return None


def _hash_heading(line: str, depth: int) -> tuple[int, str]:
    plain = _EMPHASIS.sub("", line).strip()
    for level, pattern in _MARKS[:4]:
        mark = pattern.match(plain)
        if mark:
            return level, _short_title(plain, mark[0])
    return Level.HASH + depth, _short_title(plain, plain[:_TITLE_LIMIT])


def _label(line: str, mark: re.Match[str], level: Level) -> str:
    if level is Level.ARTICLE:
        return mark[0]
    end = _TITLE_END.search(line, mark.end())
    return _short_title(line[: end.start() if end else len(line)], mark[0])


def _short_title(title: str, otherwise: str) -> str:
    return " ".join(title.split()) if len(title) <= _TITLE_LIMIT else otherwise


def _prose(text: str, blocks: list[_Block]) -> list[Piece]:
    pieces: list[Piece] = []
    pending: list[_Block] = []
    for block in blocks:
        if pending and _closes(pending, block):
            carried = _headings_of(text, pending, block)
            if _is_open(text, pending[-1]) and _article(block.path) == _article(pending[-1].path):
                carried = max(carried, _introductions(text, pending))
            kept = len(pending) - carried
            pieces += _split(text, pending[:kept]) if kept else []
            pending = pending[kept:]
        pending.append(block)
    return pieces + (_split(text, pending) if pending else [])


def _headings_of(text: str, pending: list[_Block], block: _Block) -> int:
    """Return how many of the last blocks are nothing but headings that the next block stands under."""
    count = 0
    path = block.path
    for last in reversed(pending):
        if path[: len(last.path)] != last.path or not _is_bare(text, last):
            break
        count += 1
        path = last.path[:-1]
    return count


def _introductions(text: str, blocks: list[_Block]) -> int:
    """Return how many of the last blocks only introduce what follows: 实行分档缴纳：, and the headings above that."""
    count = 0
    for last in reversed(blocks):
        introduces = (not count and _is_open(text, last)) or _is_bare(text, last)
        if blocks[-1].end - last.start > REPEATED or not introduces:
            break
        count += 1
    return count


def _is_open(text: str, block: _Block) -> bool:
    return text[block.start : block.end].rstrip().endswith(("：", ":"))


def _is_bare(text: str, block: _Block) -> bool:
    line = _EMPHASIS.sub("", text[block.start : block.end]).lstrip("# 　").strip()
    return bool(block.path) and " ".join(line.split()) == block.path[-1]


def _closes(pending: list[_Block], block: _Block) -> bool:
    if block.own:
        return not _only_headings(pending) or block.start - pending[0].start > TARGET
    first = pending[0].path
    same_article = _article(block.path) == _article(pending[-1].path)
    if not same_article:
        return True
    size = block.end - pending[0].start
    return size > TARGET and (block.path[: len(first)] != first or size > LIMIT)


def _only_headings(pending: list[_Block]) -> bool:
    return all(not _article(block.path) and block.end - block.start < _TITLE_LIMIT for block in pending) and bool(
        pending[-1].path
    )


def _article(path: tuple[str, ...]) -> str:
    return next((label for label in path if re.match(rf"第{_NUMERAL}条", label)), "")


def _common(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    listed = list(paths)
    shared = []
    for labels in zip(*listed, strict=False):
        if len(set(labels)) > 1:
            break
        shared.append(labels[0])
    return tuple(shared)


def _split(text: str, blocks: list[_Block]) -> list[Piece]:
    start, end = blocks[0].start, blocks[-1].end
    heading = _shared_heading(text, blocks)
    if end - start <= LIMIT:
        return [Piece(heading, text[start:end].strip(), start, end)]
    pieces = [Piece(heading, text[first:last].strip(), first, last) for first, last in _spans(text, start, end)]
    return [piece for piece in pieces if piece.text]


def _shared_heading(text: str, blocks: list[_Block]) -> tuple[str, ...]:
    paths = [block.path for block in blocks]
    articles = [path for path in paths if _article(path)]
    return _common(articles or [block.path for block in blocks if not _is_bare(text, block)] or paths)


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    cut_at = start
    for sentence_start, sentence_end in _short(text, start, end):
        if sentence_end - cut_at > TARGET and sentence_start > cut_at:
            yield cut_at, sentence_start
            cut_at = sentence_start
    yield cut_at, end


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for first, last in sentences(text[start:end]):
        for at in range(first, last, LIMIT):
            yield start + at, start + min(at + LIMIT, last)


def _table(text: str, lead: list[_Block], rows: list[_Block]) -> list[Piece]:
    header_end = 2 if len(rows) > 1 and _TABLE_RULE.match(text[rows[1].start : rows[1].end]) else 1
    header = text[rows[0].start : rows[0].end].strip()
    repeated = header if len(header) <= REPEATED else ""
    pieces: list[Piece] = []
    group = [*lead, *rows[: header_end + 1]]
    for row in rows[header_end + 1 :]:
        if row.end - group[0].start + len(header) > TARGET:
            pieces += _rows(text, group, repeated if pieces else "")
            group = []
        group.append(row)
    pieces += _rows(text, group, repeated if pieces else "")
    return pieces


def _rows(text: str, group: list[_Block], header: str) -> Iterator[Piece]:
    start, end = group[0].start, group[-1].end
    spans = [(start, end)] if end - start <= LIMIT else _spans(text, start, end)
    for first, last in spans:
        body = text[first:last].strip()
        if body:
            yield Piece(group[0].path, f"{header}\n{body}" if header else body, first, last)
