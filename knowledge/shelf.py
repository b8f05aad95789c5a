"""The folder of generations: which one is live, the way forward and the way back."""

import os
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from knowledge.errors import GenerationRefused, UnknownGeneration
from knowledge.generation import Generation
from knowledge.search import Search
from knowledge.tokens import Tokenizer
from knowledge.upkeep import MAX_SHRINK, Standing

_POINTER = "current"
"""Holds the live generation in its first line and the one before it in the second: both change in one rename."""
_ID = re.compile(r"\d{8}T\d{6}-\d+")
_ABANDONED = timedelta(days=1)
"""How much older than the newest generation a half-built one is left by a process that died."""


def live_generation(folder: Path) -> str:
    """Return the id of the live generation, or "" while there is none."""
    return _pointed(folder)[0]


def answers_from(folder: Path) -> str:
    """Return the id of the live generation if it can be read, "" where there is none or it is of another version."""
    live = live_generation(folder)
    try:
        return Generation(folder / live).id if live else ""
    except UnknownGeneration:
        return ""


def generations(folder: Path) -> tuple[str, ...]:
    """Return the ids of all generations on disk, oldest first."""
    return tuple(sorted(_folders(folder, ""), key=_age))


def switch(
    folder: Path,
    generation: str,
    *,
    tokenizer: Tokenizer,
    smoke: Sequence[str] = (),
    max_shrink: float = MAX_SHRINK,
    since: str | None = None,
    keep: int = 3,
) -> None:
    """Make a built generation the live one, after checks; one rename, so readers see the old one or the new one.

    Raises UnknownGeneration for one that cannot be read, and GenerationRefused when it has more than the share
    `max_shrink` fewer documents than the live one (one that cannot be read any more counts nothing), finds nothing
    at all for a `smoke` question, or when another generation is live than the one `since` which it was built: somebody
    went back meanwhile. The last `keep` generations stay on disk, the one that was live among them.
    """
    built = Generation(folder / generation)
    live, previous = _pointed(folder)
    try:
        if since is not None and since != live:
            raise GenerationRefused("重建期间知识库已被换成另一版，未切换")
        _refuse_shrinking(_documents(folder, live), built.documents, max_shrink)
        _refuse_silence(Search(built), tokenizer, smoke)
        _point(folder, generation, live if live != generation else previous)
    finally:
        _sweep(folder, generation, keep)


def rollback(folder: Path) -> str:
    """Make the generation live that was so before, and return its id; raise UnknownGeneration when there is none."""
    live, previous = _pointed(folder)
    if not previous:
        raise UnknownGeneration("没有可以退回的上一版知识库")
    Generation(folder / previous)
    _point(folder, previous, live)
    return previous


def standing(folder: Path, generation: str) -> Standing:
    """Return where a generation on disk stands."""
    live, previous = _pointed(folder)
    if generation == live:
        return Standing.LIVE
    return Standing.PREVIOUS if generation == previous else Standing.KEPT


def built_at(generation: str) -> datetime:
    """Return when a generation was begun to be built."""
    return _age(generation)[0]


def clear_half_built(folder: Path) -> None:
    """Remove what processes left that died while they built; only for who is alone to build."""
    for name in _folders(folder, "."):
        shutil.rmtree(folder / name, ignore_errors=True)


def _documents(folder: Path, generation: str) -> int:
    try:
        return Generation(folder / generation).documents if generation else 0
    except UnknownGeneration:
        return 0


def _refuse_shrinking(live: int, built: int, max_shrink: float) -> None:
    if built < live * (1 - max_shrink):
        raise GenerationRefused(f"文件从 {live} 件减到 {built} 件，超过允许的比例，未切换")


def _refuse_silence(search: Search, tokenizer: Tokenizer, smoke: Sequence[str]) -> None:
    for question in smoke:
        if not search.rank(tokenizer.query(question)).documents.size:
            raise GenerationRefused(f"试问“{question}”没有任何结果，未切换")


def _pointed(folder: Path) -> tuple[str, str]:
    pointer = folder / _POINTER
    written = pointer.read_text(encoding="utf-8", errors="replace") if pointer.is_file() else ""
    live, _, previous = written.partition("\n")
    return live.strip(), previous.strip()


def _point(folder: Path, live: str, previous: str) -> None:
    aside = folder / f".{_POINTER}.{os.getpid()}"
    with aside.open("w", encoding="utf-8") as pointer:
        pointer.write(f"{live}\n{previous}\n")
        pointer.flush()
        os.fsync(pointer.fileno())
    aside.replace(folder / _POINTER)


def _sweep(folder: Path, newest: str, keep: int) -> None:
    listed = generations(folder)
    old = set(listed[: max(len(listed) - keep, 0)]).difference(_pointed(folder))
    old |= {name for name in _folders(folder, ".") if _age(name)[0] < _age(newest)[0] - _ABANDONED}
    for name in old:
        shutil.rmtree(folder / name, ignore_errors=True)


def _folders(folder: Path, mark: str) -> list[str]:
    """Return the folders of generations, or with a dot as the mark those of half-built ones; none of others."""
    if not folder.is_dir():
        return []
    names = (entry.name for entry in folder.iterdir() if entry.is_dir())
    return [name for name in names if name.startswith(mark) and _ID.fullmatch(name.removeprefix(mark))]


def _age(generation: str) -> tuple[datetime, int]:
    begun, _, number = generation.lstrip(".").partition("-")
    return datetime.strptime(begun, "%Y%m%dT%H%M%S").replace(tzinfo=UTC), int(number)
