"""The library: the live generation, asked by citizens, replaced without a pause."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from knowledge.answerability import COEFFICIENTS, band, probability
from knowledge.errors import KnowledgeError, UnknownGeneration, UnknownPassage
from knowledge.evidence import evidence
from knowledge.explainer import Explainer
from knowledge.explanation import Explanation
from knowledge.gazetteer import Gazetteer, Mention
from knowledge.generation import Generation
from knowledge.ports import Announcements
from knowledge.quote import quote
from knowledge.revisions import Ending
from knowledge.search import Search
from knowledge.shelf import live_generation
from knowledge.tokens import Query, Tokenizer
from knowledge.types import Band, Document, Finding, Hit, Route

SHOWN = {Band.ANSWER: 4, Band.CONFIRM: 3, Band.ESCALATE: 0}
"""How many hits a finding shows: the answer with up to three further sources, or the candidates."""
NEAR = 5
CACHED = 2048
"""Questions whose findings are remembered until the next generation."""
NARROWED = 64
"""Places that questions named whose views of the generation are remembered, those last asked for."""
LONGEST = 1000
"""Characters of a question that are looked at."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One opened generation with what is remembered of it."""

    generation: Generation
    tokenizer: Tokenizer
    search: Search
    coefficients: Mapping[str, float]
    gazetteer: Gazetteer
    findings: OrderedDict[str, Finding] = field(default_factory=OrderedDict)
    narrowed: OrderedDict[tuple[Mention, ...], "_Reader"] = field(default_factory=OrderedDict)
    """By the places that questions named."""


_DAMAGED = (LookupError, ArithmeticError, TypeError, ValueError)
"""What reading a damaged generation may raise beside UnknownGeneration."""


class Library:
    """Answers from the live generation of a folder, in the words it was built with; empty until `reload`.

    `coefficients` are those of the probability, the shipped ones unless the office has fitted its own. `today` says
    which texts are in force on the day of the question; without it they are as they were recorded.
    """

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        *,
        coefficients: Mapping[str, float] = COEFFICIENTS,
        today: Callable[[], date] | None = None,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        self._gazetteer = gazetteer or Gazetteer()
        self._coefficients = coefficients
        self._today = today
        self._day: date | None = None
        self._folder = folder
        self._tokenizer = tokenizer
        self._reader: _Reader | None = None
        self._opened: _Reader | None = None
        """The generation as it was built; the views of today are derived from it, never from one another."""
        self._whole: _Reader | None = None
        """As of today, with the texts that are hidden."""
        self._hidden: frozenset[tuple[str, str]] = frozenset()
        self._endings: frozenset[Ending] = frozenset()

    @property
    def generation(self) -> str:
        """The id of the live index generation; empty while there is none."""
        return self._reader.generation.id if self._reader else ""

    @property
    def size(self) -> int:
        """How many passages the live generation holds."""
        return self._reader.generation.size if self._reader else 0

    async def reload(self, generation: str = "") -> str:
        """Open a generation, or else the one the folder points to, and answer from it; return its id, "" for none.

        Raises UnknownGeneration, and goes on answering from the old one, when the new one cannot be read.
        """
        wanted = generation or live_generation(self._folder)
        if wanted and wanted != self.generation:
            self._show(await asyncio.to_thread(self._open, wanted))
        return self.generation

    def hide(self, texts: frozenset[tuple[str, str]]) -> None:
        """Stop showing the texts (id, digest) taken down, in this generation and in all that follow.

        They are neither searched, named, opened nor candidates; all others are. Costs milliseconds when they change.
        """
        if texts != self._hidden:
            self._hidden = texts
            self._derive()

    def end(self, endings: frozenset[Ending]) -> None:
        """Treat these documents as ended, in this generation and in all that follow.

        They are not searched any more, and by their name they are found with their validity and successor.
        """
        if endings != self._endings:
            self._endings = endings
            self._derive()

    def _show(self, opened: _Reader) -> None:
        self._opened = opened
        self._derive()

    def _derive(self) -> None:
        if self._opened is None:
            return
        self._day = self._today() if self._today else None
        generation = self._opened.generation.ended(self._endings)
        self._whole = _view(self._opened, generation.as_of(self._day) if self._day else generation)
        self._reader = _view(self._whole, self._whole.generation.without(self._hidden))

    async def follow(self, interval: timedelta, announcements: Announcements) -> None:
        """Reload whenever the folder points to another generation; runs until cancelled.

        It looks as soon as one is announced, and after every interval at the latest.
        """
        while True:
            try:
                await self.reload()
            except (*_DAMAGED, KnowledgeError, OSError):
                _log.exception("the new generation cannot be read; still answering from %s", self.generation)
            await announcements.heard(interval)

    async def find(self, question: str) -> Finding:
        """Return the finding for a question in a citizen's words; never raises for any text."""
        reader = self._current()
        known = reader.findings.get(question) if reader else None
        if reader is not None and known is not None:
            reader.findings.move_to_end(question)
            return known
        query = self._query(reader, question)
        if reader is None or not query.tokens.unigrams:
            return self._nothing(question, query)
        finding = _find(reader, question, query)
        reader.findings[question] = finding
        if len(reader.findings) > CACHED:
            reader.findings.popitem(last=False)
        return finding

    async def explain(self, question: str) -> Explanation:
        """Return what `find` finds for the question, and why; never raises for any text."""
        begun = perf_counter()
        finding = await self.find(question)
        reader, whole = self._current(), self._whole
        query = self._query(reader, question)
        if reader is None or whole is None or not query.tokens.unigrams:
            reason = "问题里没有可以检索的字词" if reader else "知识库还是空的"
            return Explanation(finding, route_reason=reason, band_reason=reason)
        asked = _asked(reader, query) if finding.route is Route.SEARCH else reader
        explainer = Explainer(asked.generation, whole.generation, asked.search, asked.tokenizer)
        explanation = explainer.explain(finding, query)
        return replace(explanation, milliseconds=(perf_counter() - begun) * 1000)

    def ranked(self, question: str, wanted: int) -> tuple[str, ...]:
        """Return up to `wanted` document ids for a question, best first, in the order that `find` shows them."""
        reader = self._current()
        query = self._query(reader, question)
        if reader is None or not query.tokens.unigrams:
            return ()
        _, named = _named(reader.generation, query)
        _, passages = _aimed(reader, query, named) if named else (query, [])
        first = [reader.generation.owner(row) for row in passages]
        rows = dict.fromkeys((*first, *map(int, _asked(reader, query).search.rank(query, wanted=wanted).documents)))
        return tuple(reader.generation.document(row).id for row in rows)[:wanted]

    async def open(self, key: str, question: str) -> Hit:
        """Return the passage a citizen chose, quoted for their question; raise UnknownPassage."""
        reader = self._current()
        if reader is None:
            raise UnknownPassage(key)
        return _hit(reader, reader.generation.passage_row(key), 0.0, self._query(reader, question))

    async def document(self, wanted: str) -> Document | None:
        """Return the document with this id or 文号 (any bracket form), whatever its validity, or None."""
        reader = self._current()
        if reader is None:
            return None
        names = reader.generation.names
        rows = names.ids(wanted) or names.numbered(reader.tokenizer.normalise(wanted))
        return reader.generation.document(rows[0]) if rows else None

    def _current(self) -> _Reader | None:
        """Return the reader of today."""
        if self._today and self._today() != self._day:
            self._derive()
        return self._reader

    def _open(self, generation: str) -> _Reader:
        try:
            return self._tried(generation)
        except _DAMAGED as error:
            raise UnknownGeneration(f"知识库版本 {generation} 已损坏，请运行 run_bot.py reload 重建") from error

    def _tried(self, generation: str) -> _Reader:
        opened = Generation(self._folder / generation).of_office(self._gazetteer.own)
        tokenizer = self._tokenizer.with_lexicon(opened.lexicon or self._tokenizer.lexicon)
        gazetteer = self._gazetteer.knowing(opened.whereabouts.places)
        reader = _Reader(opened, tokenizer, Search(opened), self._coefficients, gazetteer)
        # the first question must not wait for compiling, nor for the arrays to come from disk
        _find(reader, "热身", tokenizer.query("热身"))
        return reader

    def _query(self, reader: _Reader | None, question: str) -> Query:
        return (reader.tokenizer if reader else self._tokenizer).query(question[:LONGEST])

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


def _view(reader: _Reader, generation: Generation) -> _Reader:
    if generation is reader.generation:
        return reader
    return replace(
        reader, generation=generation, search=Search(generation), findings=OrderedDict(), narrowed=OrderedDict()
    )


def _find(reader: _Reader, question: str, query: Query) -> Finding:
    route, named = _named(reader.generation, query)
    if named:
        return _named_finding(reader, question, query, route, named)
    return _searched_finding(_asked(reader, query), question, query)


def _named_finding(reader: _Reader, question: str, query: Query, route: Route, documents: Sequence[int]) -> Finding:
    """Return the document that is named, whatever its validity; several of the same name are candidates.

    A question known to be answered by several documents is answered by the first, the others are further sources.
    """
    sure = route is Route.ANSWERED or len(documents) == 1
    verdict = Band.ANSWER if sure else Band.CONFIRM
    beside, passages = _aimed(reader, query, documents)
    hits = tuple(_hit(reader, row, 1.0, beside) for row in passages[: SHOWN[verdict]])
    return Finding(
        question=question,
        normalised=query.normalised,
        route=route,
        band=verdict,
        probability=1.0 if sure else 1 / len(documents),
        hits=hits,
        near_misses=(),
        generation=reader.generation.id,
        topic=_topic(hits),
    )


def _aimed(reader: _Reader, query: Query, documents: Sequence[int]) -> tuple[Query, list[int]]:
    """Return what a question says beside naming documents, and their passages for that, best document first.

    Where it says nothing more, the documents keep their order and the passages are their beginnings.
    """
    generation = reader.generation
    title = reader.tokenizer.normalise(generation.document(documents[0]).title)
    beside = generation.names.beside(query.normalised, title)
    if not beside:
        return query, [int(generation.first_passages[document]) for document in documents]
    wanted = reader.tokenizer.query(beside)
    return wanted, reader.search.best_passages(documents, wanted)


def _asked(reader: _Reader, query: Query) -> _Reader:
    """Return the reader without what is of another place than the question names; itself where it names none."""
    asked = reader.gazetteer.asked(query.normalised)
    if not asked:
        return reader
    narrowed = reader.narrowed.get(asked) or _view(reader, reader.generation.about(asked))
    reader.narrowed[asked] = narrowed
    reader.narrowed.move_to_end(asked)
    if len(reader.narrowed) > NARROWED:
        reader.narrowed.popitem(last=False)
    return narrowed


def _searched_finding(reader: _Reader, question: str, query: Query) -> Finding:
    ranking = reader.search.rank(query)
    features = evidence(ranking, query)
    chance = probability(features, reader.coefficients)
    verdict = band(chance, documents=len(reader.generation.shown))
    shown = SHOWN[verdict]
    rows = [
        (int(row), float(score))
        for row, score in zip(ranking.passages[: shown + NEAR], ranking.scores[: shown + NEAR], strict=True)
    ]
    # what is not shown is not quoted, but for the nearest miss, which staff see
    hits = tuple(_hit(reader, row, score, query) for row, score in rows[: shown or 1])
    if verdict is Band.ANSWER:
        hits = _with_companions(reader, hits, query)
    near = tuple(Hit(reader.generation.passage(row), score, "") for row, score in rows[shown or 1 :])
    return Finding(
        question=question,
        normalised=query.normalised,
        route=Route.SEARCH,
        band=verdict,
        probability=chance,
        hits=hits[:shown],
        near_misses=hits[shown:] + near,
        generation=reader.generation.id,
        topic=_topic(hits + near),
        features=features,
    )


def _named(generation: Generation, query: Query) -> tuple[Route, tuple[int, ...]]:
    """Return the documents that the question names, or is known to be answered by, and the route that leads there."""
    names = generation.names
    exact = names.numbered(query.normalised) or names.titled(query.normalised)
    if exact:
        return Route.EXACT, exact
    asked = tuple(row for row in names.asked(query.normalised) if generation.shown[row])
    return (Route.ANSWERED, asked) if asked else (Route.SEARCH, ())


def _with_companions(reader: _Reader, hits: tuple[Hit, ...], query: Query) -> tuple[Hit, ...]:
    """Return the hits with the interpretations of the first, or the policy that it interprets, right after it."""
    best, *others = hits
    generation = reader.generation
    named = generation.names.beside_policy(best.passage.document, reader.tokenizer.normalise)
    rows = [row for row in named if generation.shown[row]]
    beside = [_hit(reader, row, 0.0, query) for row in reader.search.best_passages(rows, query)] if rows else []
    ids = {hit.passage.document.id for hit in beside}
    kept = [hit for hit in others if hit.passage.document.id not in ids]
    return (best, *beside, *kept)[: SHOWN[Band.ANSWER]]


def _hit(reader: _Reader, row: int, score: float, query: Query) -> Hit:
    passage = reader.generation.passage(row)
    return Hit(passage=passage, score=score, quote=quote(passage.text, query))


def _topic(hits: Sequence[Hit]) -> str:
    topics = [hit.passage.document.topic for hit in hits if hit.passage.document.topic]
    # the first of equally frequent ones
    return max(topics, key=topics.count, default="")
