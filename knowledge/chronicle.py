"""What is written down beside the generations: how each was built, who switched, and how far a reload is."""

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from knowledge.errors import ReloadUnderWay
from knowledge.types import Band
from knowledge.upkeep import Progress, Stage, Switch, SwitchKind, TrialChange, TrialReport, TrialResult

_FACTS = "facts.json"
_SWITCHES = "switches.jsonl"
_PROGRESS = "progress.json"
_LOCK = "reload.lock"
_STARTING = timedelta(minutes=2)
"""How long a process that builds may take to start and to say so."""
_AGAIN = 0.1
_PROBED = 0.3
"""Seconds for which others, who only look whether the lock is held, may stand in the way."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is written into the folder of a generation."""

    documents: int
    passages: int
    links: int
    by: str
    trials: TrialReport


def write_facts(folder: Path, facts: Facts) -> None:
    """Write down how the generation in this folder was built."""
    _replace(folder / _FACTS, _json(asdict(facts)))


def read_facts(folder: Path) -> Facts | None:
    """Return how the generation in this folder was built, None where nothing readable is written."""
    saved = _read(folder / _FACTS)
    try:
        return Facts(
            documents=saved["documents"],
            passages=saved["passages"],
            links=saved["links"],
            by=saved["by"],
            trials=TrialReport(tuple(_change(change) for change in saved["trials"]["changes"])),
        )
    except (KeyError, TypeError, ValueError):
        return None


def note_switch(folder: Path, switch: Switch) -> None:
    """Add a line to the record of switches; it is on disk when this returns."""
    with (folder / _SWITCHES).open("a", encoding="utf-8") as record:
        record.write(f"{_json(asdict(switch))}\n")
        record.flush()
        os.fsync(record.fileno())


def switches(folder: Path, *, limit: int) -> Sequence[Switch]:
    """Return the last switches, newest first; a line that a power failure cut off is left out."""
    file = folder / _SWITCHES
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    found = (_switch(line) for line in reversed(lines))
    return tuple(switch for switch, _ in zip(filter(None, found), range(limit), strict=False))


def note_progress(folder: Path, progress: Progress) -> None:
    """Write down how far the reload is."""
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / _PROGRESS, _json(asdict(progress)))


def progress(folder: Path, *, now: datetime) -> Progress:
    """Return how far the reload is; BROKEN_OFF where the process that ran it is gone."""
    saved = _read(folder / _PROGRESS)
    try:
        values = {**saved, "stage": Stage(saved["stage"]), "at": datetime.fromisoformat(saved["at"])}
        found = Progress(**values)
    except (KeyError, TypeError, ValueError):
        return Progress()
    starting = found.stage is Stage.STARTING and found.at is not None and now - found.at < _STARTING
    if not found.running or starting or _is_locked(folder):
        return found
    return Progress(Stage.BROKEN_OFF, by=found.by, at=found.at, reason="重建知识库的进程中途结束，知识库未变")


@asynccontextmanager
async def alone(folder: Path, *, patience: timedelta) -> AsyncIterator[None]:
    """Be the only one, of all processes on this machine, to build a generation; raise ReloadUnderWay.

    Waits up to `patience` for another one to finish. The end of the process, however it comes, ends it too.
    """
    left = max(patience.total_seconds(), _PROBED)
    with _open_lock(folder) as lock:
        while not _take(lock.fileno(), fcntl.LOCK_EX):
            if left <= 0:
                raise ReloadUnderWay("正在重建知识库，请等它结束")
            await asyncio.sleep(_AGAIN)
            left -= _AGAIN
        yield


def _open_lock(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / _LOCK).open("a")


def _is_locked(folder: Path) -> bool:
    if not (folder / _LOCK).is_file():
        return False
    with (folder / _LOCK).open() as lock:
        return not _take(lock.fileno(), fcntl.LOCK_SH)


def _take(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace(file: Path, text: str) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.replace(file)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return saved if isinstance(saved, dict) else {}


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _switch(line: str) -> Switch | None:
    try:
        saved = json.loads(line)
        times = {"at": datetime.fromisoformat(saved["at"])}
        return Switch(**{**saved, **times, "kind": SwitchKind(saved["kind"]), "broken": tuple(saved["broken"])})
    except (KeyError, TypeError, ValueError):
        return None


def _change(saved: Mapping[str, Any]) -> TrialChange:
    before = saved["before"]
    return TrialChange(before=_result(before) if before else None, after=_result(saved["after"]))


def _result(saved: Mapping[str, Any]) -> TrialResult:
    return TrialResult(**{**saved, "band": Band(saved["band"])})
