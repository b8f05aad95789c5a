"""The library: the live generation, asked by citizens, replaced without a pause."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from knowledge.answerability import band, probability
from knowledge.errors import UnknownPassage
from knowledge.generation import Generation
from knowledge.quote import quote
from knowledge.search import Ranking, Search
from knowledge.shelf import live_generation
from knowledge.tokens import Query, Tokenizer
from knowledge.types import Band, Document, Finding, Hit, Route

SHOWN = 4
NEAR = 5
CACHED = 1024


@dataclass(frozen=True, slots=True)
class _Reader:
    """One opened generation with what is remembered of it."""

    generation: Generation
    search: Search
    findings: OrderedDict[str, Finding] = field(default_factory=OrderedDict)


class Library:
    """Answers from the live generation of a folder; empty until `reload`."""

    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        self._folder = folder
        self._tokenizer = tokenizer
        self._reader: _Reader | None = None

    @property
    def generation(self) -> str:
        """The id of the live index generation; empty while there is none."""
        return self._reader.generation.id if self._reader else ""

    @property
    def size(self) -> int:
        """How many passages the live generation holds."""
        return self._reader.generation.size if self._reader else 0

    async def reload(self) -> str:
        """Open the generation the folder points to and answer from it; return its id, "" while there is none.

        Raises UnknownGeneration, and goes on answering from the old one, when the new one cannot be read.
        """
        wanted = live_generation(self._folder)
        if wanted and wanted != self.generation:
            self._reader = await asyncio.to_thread(self._open, wanted)
        return self.generation

    async def follow(self, interval: timedelta) -> None:
        """Reload whenever the folder points to another generation; runs until cancelled."""
        while True:
            await self.reload()
            await asyncio.sleep(interval.total_seconds())

    async def find(self, question: str) -> Finding:
        """Return the finding for a question in a citizen's words; never raises for any text."""
        query = self._tokenizer.query(question)
        reader = self._reader
        if reader is None or not query.tokens.unigrams:
            return self._nothing(question, query)
        known = reader.findings.get(query.normalised)
        if known is not None:
            return known
        finding = self._find(reader, question, query)
        reader.findings[query.normalised] = finding
        if len(reader.findings) > CACHED:
            reader.findings.popitem(last=False)
        return finding

    def ranked(self, question: str, wanted: int) -> tuple[str, ...]:
        """Return up to `wanted` document ids for a question, best first, in the order that `find` shows them."""
        reader = self._reader
        query = self._tokenizer.query(question)
        if reader is None or not query.tokens.unigrams:
            return ()
        exact = self._exact(reader, query)
        rows = dict.fromkeys((*exact, *map(int, reader.search.rank(query, wanted=wanted).documents)))
        return tuple(reader.generation.document(row).id for row in rows)[:wanted]

    async def open(self, key: str, question: str) -> Hit:
        """Return the passage a citizen chose, quoted for their question; raise UnknownPassage."""
        if self._reader is None:
            raise UnknownPassage(key)
        row = self._reader.generation.passage_row(key)
        return self._hit(self._reader, row, 0.0, self._tokenizer.query(question))

    async def document(self, wanted: str) -> Document | None:
        """Return the document with this id or 文号 (any bracket form), whatever its validity, or None."""
        if self._reader is None:
            return None
        names = self._reader.generation.names
        rows = names.ids(wanted) or names.numbered(self._tokenizer.normalise(wanted))
        return self._reader.generation.document(rows[0]) if rows else None

    def _open(self, generation: str) -> _Reader:
        opened = Generation(self._folder / generation)
        reader = _Reader(opened, Search(opened))
        reader.search.rank(self._tokenizer.query("热身"))
        return reader

    def _find(self, reader: _Reader, question: str, query: Query) -> Finding:
        rows = self._exact(reader, query)
        if rows:
            return self._exact_finding(reader, question, query, rows)
        ranking = reader.search.rank(query)
        features = _features(ranking)
        chance = probability(features) if ranking.documents.size else 0.0
        verdict = band(chance) if ranking.documents.size else Band.ESCALATE
        hits = tuple(
            self._hit(reader, int(row), float(score), query)
            for row, score in zip(ranking.passages[: SHOWN + NEAR], ranking.scores, strict=False)
        )
        shown = {Band.ANSWER: SHOWN, Band.CONFIRM: SHOWN - 1, Band.ESCALATE: 0}[verdict]
        return Finding(
            question=question,
            normalised=query.normalised,
            route=Route.SEARCH,
            band=verdict,
            probability=chance,
            hits=hits[:shown],
            near_misses=hits[shown : shown + NEAR],
            generation=reader.generation.id,
            topic=_topic(hits),
            features=features,
        )

    def _exact(self, reader: _Reader, query: Query) -> tuple[int, ...]:
        names = reader.generation.names
        return names.numbered(query.normalised) or names.titled(query.normalised)

    def _exact_finding(self, reader: _Reader, question: str, query: Query, rows: Sequence[int]) -> Finding:
        generation = reader.generation
        hits = tuple(self._hit(reader, int(generation.first_passages[row]), 1.0, query) for row in rows[:SHOWN])
        return Finding(
            question=question,
            normalised=query.normalised,
            route=Route.EXACT,
            band=Band.ANSWER if len(rows) == 1 else Band.CONFIRM,
            probability=1 / len(rows),
            hits=hits,
            near_misses=(),
            generation=generation.id,
            topic=_topic(hits),
        )

    def _hit(self, reader: _Reader, row: int, score: float, query: Query) -> Hit:
        passage = reader.generation.passage(row)
        return Hit(passage=passage, score=score, quote=quote(passage.text, query, self._tokenizer))

    def _nothing(self, question: str, query: Query) -> Finding:
        return Finding(
            question=question,
            normalised=query.normalised,
            route=Route.SEARCH,
            band=Band.ESCALATE,
            probability=0.0,
            hits=(),
            near_misses=(),
            generation=self.generation,
        )


def _features(ranking: Ranking) -> dict[str, float]:
    if not ranking.documents.size:
        return {}
    return {"ratio": float(ranking.scores[0]) / (ranking.ideal or 1.0)}


def _topic(hits: Sequence[Hit]) -> str:
    topics = Counter(hit.passage.document.topic for hit in hits if hit.passage.document.topic)
    return topics.most_common(1)[0][0] if topics else ""
