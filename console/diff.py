"""What changed between two texts, line by line, with the words that differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from knowledge.types import Document

CONTEXT = 2
"""Unchanged lines shown on either side of a change."""
MOST = 4000
"""Lines of one text that are compared: beyond that the time is not worth it."""
MOST_PAIRS = 200
"""Lines of one change within which the words that differ are marked."""
MOST_SIGNS = 600
"""Characters of such a line."""
ALIKE = 0.5
"""How alike two lines must be to be shown as one that changed."""
NOT_SHOWN = frozenset({"id", "text", "digest"})


class Change(StrEnum):
    """What happened to a line."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"
    """Stands for unchanged lines that are not shown; the text says how many."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `marked` where it differs from the other text."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of either text."""

    change: Change
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A field of the metadata that changed, by its name in Document."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two documents; `cut` where the texts were too long to be compared to the end."""

    details: tuple[Detail, ...]
    lines: tuple[Line, ...]
    cut: bool = False


def difference(before: Document, after: Document) -> Difference:
    """Return what changed; takes up to seconds for texts of thousands of lines."""
    old, new = before.text.splitlines(), after.text.splitlines()
    return Difference(
        details=_details(before, after),
        lines=tuple(_lines(old[:MOST], new[:MOST])),
        cut=max(len(old), len(new)) > MOST,
    )


def _details(before: Document, after: Document) -> tuple[Detail, ...]:
    names = [field.name for field in fields(Document) if field.name not in NOT_SHOWN]
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return tuple(Detail(name, _plain(old), _plain(new)) for name, old, new in pairs if old != new)


def _plain(value: str | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(None, old, new)
    last = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        yield from _skipped(group[0][1] - last)
        last = group[-1][2]
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                yield from (Line(Change.SAME, (Piece(text),)) for text in old[start:end])
            else:
                yield from _changed(old[start:end], new[new_start:new_end])
    yield from _skipped(len(old) - last if last else 0)


def _skipped(count: int) -> Iterator[Line]:
    if count > 0:
        yield Line(Change.SKIPPED, (Piece(str(count)),))


def _changed(removed: Sequence[str], added: Sequence[str]) -> Iterator[Line]:
    """Yield lines that took the place of others: pairs of the same rank one after the other, with marks."""
    shorter = min(len(removed), len(added), MOST_PAIRS)
    for old, new in zip(removed[:shorter], added[:shorter], strict=True):
        yield from _pair(old, new)
    yield from (Line(Change.REMOVED, (Piece(text),)) for text in removed[shorter:])
    yield from (Line(Change.ADDED, (Piece(text),)) for text in added[shorter:])


def _pair(old: str, new: str) -> tuple[Line, Line]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if max(len(old), len(new)) > MOST_SIGNS or matcher.quick_ratio() < ALIKE:
        return Line(Change.REMOVED, (Piece(old),)), Line(Change.ADDED, (Piece(new),))
    removed, added = [], []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        marked = tag != "equal"
        removed += [Piece(old[start:end], marked)] if end > start else []
        added += [Piece(new[new_start:new_end], marked)] if new_end > new_start else []
    return Line(Change.REMOVED, tuple(removed)), Line(Change.ADDED, tuple(added))
