"""The folder of generations: which one is live, the way forward and the way back."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from knowledge.errors import GenerationRefused, UnknownGeneration
from knowledge.generation import Generation
from knowledge.search import Search
from knowledge.tokens import Tokenizer

_POINTER = "current"
_PREVIOUS = "previous"


def live_generation(folder: Path) -> str:
    """Return the id of the live generation, or "" while there is none."""
    return _read(folder / _POINTER)


def generations(folder: Path) -> tuple[str, ...]:
    """Return the ids of all generations on disk, oldest first."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")))


def switch(
    folder: Path,
    generation: str,
    *,
    tokenizer: Tokenizer,
    smoke: Sequence[str] = (),
    max_shrink: float = 0.2,
    keep: int = 3,
) -> None:
    """Make a built generation the live one, after checks; one rename, so readers see the old one or the new one.

    Raises UnknownGeneration for one that cannot be read, and GenerationRefused when it has more than the share
    `max_shrink` fewer documents than the live one, or finds nothing at all for a `smoke` question. The last `keep`
    generations stay on disk, the one that was live among them.
    """
    built = Generation(folder / generation)
    live = live_generation(folder)
    if live and live != generation:
        _refuse_shrinking(Generation(folder / live), built, max_shrink)
    search = Search(built)
    for question in smoke:
        if not search.rank(tokenizer.query(question)).documents.size:
            raise GenerationRefused(f"试问“{question}”没有任何结果，未切换")
    _point(folder / _PREVIOUS, live)
    _point(folder / _POINTER, generation)
    _sweep(folder, keep)


def rollback(folder: Path) -> str:
    """Make the generation live that was so before, and return its id; raise UnknownGeneration when there is none."""
    live, previous = live_generation(folder), _read(folder / _PREVIOUS)
    if not previous:
        raise UnknownGeneration("nothing to roll back to")
    Generation(folder / previous)
    _point(folder / _PREVIOUS, live)
    _point(folder / _POINTER, previous)
    return previous


def _refuse_shrinking(live: Generation, built: Generation, max_shrink: float) -> None:
    if built.documents < live.documents * (1 - max_shrink):
        raise GenerationRefused(f"文件从 {live.documents} 件减到 {built.documents} 件，超过允许的比例，未切换")


def _read(pointer: Path) -> str:
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""


def _point(pointer: Path, generation: str) -> None:
    aside = pointer.with_name(f".{pointer.name}.{os.getpid()}")
    aside.write_text(generation, encoding="utf-8")
    aside.replace(pointer)


def _sweep(folder: Path, keep: int) -> None:
    kept = {live_generation(folder), _read(folder / _PREVIOUS)}
    for name in generations(folder)[:-keep]:
        if name not in kept:
            shutil.rmtree(folder / name, ignore_errors=True)
