"""From the stored documents to the live generation: built aside, checked, switched."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from knowledge.building import build_generation
from knowledge.checksums import verify
from knowledge.chronicle import Facts, alone, note_progress, note_switch, write_facts
from knowledge.dates import CIVIL_TIME
from knowledge.errors import GenerationRefused, UnknownGeneration
from knowledge.gazetteer import Gazetteer
from knowledge.generation import Generation
from knowledge.library import LONGEST, Library
from knowledge.ports import DocumentStore, LinkedQuestions, Trials, Vocabulary
from knowledge.records import as_of
from knowledge.shelf import clear_half_built, live_generation, switch
from knowledge.tokens import Tokenizer
from knowledge.trials import compared, run_trials
from knowledge.types import CURRENT, Disclosure, Document, LinkedQuestion
from knowledge.upkeep import MAX_SHRINK, Progress, Stage, Switch, SwitchKind, TrialReport, grouped
from knowledge.vocabulary import merged

_EVERY = 500
"""Documents after which the progress is told again."""
_SAMPLED = 5
"""Titles of stored documents that must be found."""
_NAMED = 3
"""Failing trials that a refusal names."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a generation is built from, and tried with."""

    documents: DocumentStore
    links: LinkedQuestions
    vocabulary: Vocabulary
    trials: Trials


@dataclass(frozen=True, slots=True)
class Publication:
    """Publishes what is stored.

    `tokenizer` is the shipped one; each generation gets the office's words beside. Test questions are asked of
    `library`, which is made like the one that citizens are answered by. `smoke` questions must find something, and so
    must the titles of some stored documents. The `gazetteer` tells of which place each document is.
    """

    sources: Sources
    folder: Path
    tokenizer: Tokenizer
    library: Library
    now: Callable[[], datetime]
    smoke: Sequence[str] = ()
    gazetteer: Gazetteer = field(default_factory=Gazetteer)

    async def publish(self, *, by: str, force: bool = False, patience: timedelta = timedelta(0)) -> str:
        """Build a generation of all stored documents, switch to it and return its id.

        Raises ReloadUnderWay when another process still builds after `patience`, and GenerationRefused when a check
        fails: far fewer documents, no result for a smoke question or a title, or a trial that no longer passes although
        its document is there. The live generation stays then. `force` passes over all but the smoke questions, and
        takes nothing over from the live generation. Takes seconds to a minute of processor time in a thread: beside
        citizens, let a process of its own do it (Reloader).
        """
        async with alone(self.folder, patience=patience):
            live = live_generation(self.folder)
            try:
                return await self._publish(live, by=by, force=force)
            except GenerationRefused as refusal:
                self._tell(Stage.REFUSED, by=by, reason=str(refusal))
                raise

    async def _publish(self, live: str, *, by: str, force: bool) -> str:
        clear_half_built(self.folder)
        documents = await self._read(by)
        links = [LinkedQuestion(*link) for link in grouped(await self.sources.links.all()).items()]
        tokenizer = self.tokenizer.with_lexicon(await merged(self.tokenizer.lexicon, self.sources.vocabulary))
        self._tell(Stage.BUILDING, by=by, total=len(documents))
        build = partial(build_generation, documents, folder=self.folder, tokenizer=tokenizer, now=self.now)
        previous = self.folder / live if live and not force else None
        build = partial(build, linked=links, previous=previous, gazetteer=self.gazetteer)
        generation = await asyncio.to_thread(build)
        self._tell(Stage.CHECKING, by=by, total=len(documents))
        report = await self._try_out(live, generation)
        built = Generation(self.folder / generation)
        facts = Facts(built.documents, built.size, len(links), by, report)
        await asyncio.to_thread(write_facts, self.folder / generation, facts)
        line = partial(self._line, facts, before=live, after=generation)
        try:
            if not force:
                _refuse_broken(report, built)
            smoke = (*self.smoke, *_titles(documents, tokenizer))
            await asyncio.to_thread(self._switch, generation, tokenizer, smoke, since=live, force=force)
        except GenerationRefused as refusal:
            note_switch(self.folder, line(kind=SwitchKind.REFUSED, reason=str(refusal)))
            raise
        note_switch(self.folder, line(kind=SwitchKind.RELOAD))
        self._tell(Stage.DONE, by=by, done=len(documents), total=len(documents), generation=generation)
        return generation

    def _switch(self, generation: str, tokenizer: Tokenizer, smoke: Sequence[str], *, since: str, force: bool) -> None:
        shrink = 1.0 if force else MAX_SHRINK
        switch(self.folder, generation, tokenizer=tokenizer, smoke=smoke, max_shrink=shrink, since=since)

    async def _read(self, by: str) -> Sequence[Document]:
        self._tell(Stage.READING, by=by)
        total = await self.sources.documents.count()
        today = self.now().astimezone(CIVIL_TIME).date()
        documents: list[Document] = []
        async for document in self.sources.documents.all():
            if not len(documents) % _EVERY:
                self._tell(Stage.READING, by=by, done=len(documents), total=total)
            documents.append(as_of(document, today))
        return documents

    async def _try_out(self, live: str, generation: str) -> TrialReport:
        """Return what the live generation and the new one do with the saved test questions."""
        trials = await self.sources.trials.all()
        if not trials:
            return TrialReport()
        before = await run_trials(self.library, trials) if await self._can_be_asked(live) else ()
        await self.library.reload(generation)
        return compared(before, await run_trials(self.library, trials))

    async def _can_be_asked(self, live: str) -> bool:
        """Open the live generation; one that is damaged may end the process that asks it."""
        if not live:
            return False
        try:
            await asyncio.to_thread(verify, self.folder / live)
            return bool(await self.library.reload(live))
        except (UnknownGeneration, OSError, ValueError):
            return False

    def _line(self, facts: Facts, *, before: str, after: str, kind: SwitchKind, reason: str = "") -> Switch:
        return Switch(
            at=self.now(),
            by=facts.by,
            kind=kind,
            before=before,
            after=after,
            documents=facts.documents,
            passages=facts.passages,
            trials=facts.trials.total,
            passed=facts.trials.passed,
            broken=tuple(change.after.question for change in facts.trials.broken),
            reason=reason,
        )

    def _tell(
        self, stage: Stage, *, by: str, done: int = 0, total: int = 0, generation: str = "", reason: str = ""
    ) -> None:
        told = Progress(stage, done=done, total=total, by=by, at=self.now(), generation=generation, reason=reason)
        note_progress(self.folder, told)


def _titles(documents: Sequence[Document], tokenizer: Tokenizer) -> list[str]:
    """Return titles from all over the documents that search must answer from; each has a word to be found by."""
    shown = [each for each in documents if each.disclosure is Disclosure.PROACTIVE and each.validity in CURRENT]
    sampled = shown[:: max(len(shown) // _SAMPLED, 1)][:_SAMPLED]
    return [each.title for each in sampled if _has_words(each.title, tokenizer) and _has_words(each.text, tokenizer)]


def _has_words(text: str, tokenizer: Tokenizer) -> bool:
    return bool(tokenizer.query(text[:LONGEST]).tokens.unigrams)


def _refuse_broken(report: TrialReport, built: Generation) -> None:
    """Refuse a generation that breaks trials; those whose document was taken out on purpose do not count."""
    broken = [
        change.after for change in report.broken if not change.after.document or _is_shown(built, change.after.document)
    ]
    if broken:
        named = "、".join(f"“{result.question}”" for result in broken[:_NAMED])
        more = f"等 {len(broken)} 题" if len(broken) > _NAMED else ""
        raise GenerationRefused(f"试题{named}{more}在新一版里不再通过，未切换")


def _is_shown(built: Generation, document: str) -> bool:
    return any(built.shown[row] for row in built.names.ids(document))
