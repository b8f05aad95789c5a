"""The generations as the console sees them: rebuilt in a process of its own, listed, and switched back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Protocol

from knowledge.chronicle import Facts, note_progress, note_switch, progress, read_facts, switches
from knowledge.errors import UnknownGeneration
from knowledge.generation import Generation
from knowledge.ports import Retriever, Trials
from knowledge.shelf import built_at, generations, live_generation, rollback, standing
from knowledge.trials import compared, run_trials
from knowledge.upkeep import GenerationFacts, Progress, Stage, Switch, SwitchKind, TrialReport

_log = logging.getLogger(__name__)


class Work(Protocol):
    """A reload from its beginning to its end."""

    async def __call__(self, by: str, /, *, force: bool) -> str:
        """Return in Chinese why it broke off, "" when it did not; ends early when it is cancelled."""


def in_a_process(command: Sequence[str]) -> Work:
    """Return the work that runs this command line with --by and, if forced, --force."""

    async def work(by: str, /, *, force: bool) -> str:
        arguments = [*command, f"--by={by}", *(["--force"] if force else [])]
        process = await asyncio.create_subprocess_exec(*arguments, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
        try:
            _, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.communicate()
        if not process.returncode:
            return ""
        said = errors.decode("utf-8", "replace").strip().splitlines()
        return said[-1].removeprefix("错误：") if said else f"重建进程意外结束（{process.returncode}）"

    return work


class Reloader:
    """The generations of a folder. `retriever` is the live one of this process; `work` builds beside it.

    `announce` tells the other processes which generation is live after a rollback; `work` tells it itself.
    """

    def __init__(
        self,
        folder: Path,
        *,
        retriever: Retriever,
        trials: Trials,
        work: Work,
        now: Callable[[], datetime],
        announce: Callable[[str], Awaitable[None]],
    ) -> None:
        self._announce = announce
        self._folder = folder
        self._retriever = retriever
        self._trials = trials
        self._work = work
        self._now = now
        self._task: asyncio.Task[None] | None = None

    async def all(self) -> Sequence[GenerationFacts]:
        """Return the generations on disk, newest first."""
        return await asyncio.to_thread(self._all)

    async def switches(self, *, limit: int = 50) -> Sequence[Switch]:
        """Return who switched from which to which generation, newest first."""
        return await asyncio.to_thread(switches, self._folder, limit=limit)

    async def reload(self, *, by: str, force: bool = False) -> bool:
        """Begin to build and switch aside; False while another reload is under way."""
        if (await self.progress()).running:
            return False
        note_progress(self._folder, Progress(Stage.STARTING, by=by, at=self._now()))
        self._task = asyncio.create_task(self._reload(by, force=force))
        return True

    async def progress(self) -> Progress:
        """Return how far the reload is, whichever process runs it, or how the last one ended."""
        return progress(self._folder, now=self._now())

    async def rollback(self, *, by: str) -> str:
        """Make the generation live that was so before, and return its id; raise UnknownGeneration."""
        live = await asyncio.to_thread(roll_back, self._folder, by=by, now=self._now)
        await self._announce(live)
        return live

    async def run_trials(self) -> TrialReport:
        """Ask the saved test questions of the live generation, and tell what changed since it was built."""
        facts = read_facts(self._folder / self._retriever.generation) if self._retriever.generation else None
        before = [change.after for change in facts.trials.changes] if facts else []
        return compared(before, await run_trials(self._retriever, await self._trials.all()))

    async def aclose(self) -> None:
        """Break off the reload that this process began."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _reload(self, by: str, *, force: bool) -> None:
        reason = await self._work(by, force=force)
        if not reason:
            return
        _log.warning("the reload ended early: %s", reason)
        left = progress(self._folder, now=self._now())
        if left.stage in {Stage.STARTING, Stage.BROKEN_OFF}:
            note_progress(self._folder, replace(left, stage=Stage.BROKEN_OFF, reason=reason))

    def _all(self) -> Sequence[GenerationFacts]:
        listed = ((generation, _facts(self._folder / generation)) for generation in reversed(generations(self._folder)))
        return tuple(
            GenerationFacts(
                id=generation,
                standing=standing(self._folder, generation),
                built_at=built_at(generation),
                documents=facts.documents,
                passages=facts.passages,
                links=facts.links,
                by=facts.by,
                trials=facts.trials,
            )
            for generation, facts in listed
        )


def roll_back(folder: Path, *, by: str, now: Callable[[], datetime]) -> str:
    """Make the generation live that was so before, put that on record and return its id; raise UnknownGeneration."""
    before = live_generation(folder)
    after = rollback(folder)
    facts = _facts(folder / after)
    note_switch(
        folder,
        Switch(now(), by, SwitchKind.ROLLBACK, before, after, documents=facts.documents, passages=facts.passages),
    )
    return after


def _facts(folder: Path) -> Facts:
    """Return what is written down about a generation, or what can be seen of one of before there was anything."""
    written = read_facts(folder)
    if written is not None:
        return written
    try:
        opened = Generation(folder)
    except UnknownGeneration:
        return Facts(documents=0, passages=0, links=0, by="", trials=TrialReport())
    return Facts(documents=opened.documents, passages=opened.size, links=0, by="", trials=TrialReport())
