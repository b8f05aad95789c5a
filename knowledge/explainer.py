"""Why a question is answered as it is: the same search once more, with everything that it goes by."""

from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

import numpy as np

from knowledge.answerability import CONFIRM, answer_from
from knowledge.explanation import Contribution, Explanation, FiredSynonym, Removed, Result
from knowledge.generation import Generation
from knowledge.index import BM25
from knowledge.level import EXPANSION_WEIGHT, Level
from knowledge.search import DOCUMENT_WEIGHT, LINK_WEIGHT, Search
from knowledge.tokens import Query, Tokenizer
from knowledge.types import Band, Finding, Hit, Route

_ROUTES = {
    Route.EXACT: "问题写明了文号或者文件名称，直接找到那份文件",
    Route.ANSWERED: "这个问题以前答复过，直接用关联的文件",
    Route.SEARCH: "没有写明文号或者文件名称，也不是答复过的问题，按字词检索",
}
_LOOKED_AT = 5
"""Of how many first documents, were nothing filtered, those removed are told at least."""
_FIELDS = ("词", "字", "字对")


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains the findings of one generation; `whole` is the same with the texts that were taken down."""

    generation: Generation
    whole: Generation
    search: Search
    tokenizer: Tokenizer

    def explain(self, finding: Finding, query: Query) -> Explanation:
        """Return what led to a finding of this generation for a question with this query."""
        hits = (*finding.hits, *finding.near_misses)
        searched = finding.route is Route.SEARCH
        documents = len(self.generation.shown)
        known = set(map(self.tokenizer.normalise, self.tokenizer.lexicon.words))
        return Explanation(
            finding=finding,
            route_reason=_ROUTES[finding.route],
            band_reason=_band_reason(finding, documents, filtered=bool(self.generation.elsewhere.any())),
            words=query.tokens.words,
            unigrams=query.tokens.unigrams,
            bigrams=query.tokens.bigrams,
            dictionary_words=tuple(dict.fromkeys(word for word in query.tokens.words if word in known)),
            ignored=self._ignored(query),
            synonyms=tuple(FiredSynonym(expansion.word, expansion.other) for expansion in query.expansions),
            results=tuple(
                self._result(hit, query, shown=place < len(finding.hits), searched=searched)
                for place, hit in enumerate(hits)
            ),
            removed=tuple(self._removed(query, len(hits)) if searched else self._removed_answers(query)),
            answer_from=answer_from(documents),
            confirm_from=CONFIRM,
        )

    def _ignored(self, query: Query) -> tuple[str, ...]:
        used = set(query.tokens.words)
        words = self.tokenizer.tokens(query.normalised).words
        return tuple(dict.fromkeys(word for word in words if word not in used))

    def _result(self, hit: Hit, query: Query, *, shown: bool, searched: bool) -> Result:
        generation = self.generation
        passage = generation.passage_row(hit.passage.key)
        document = generation.owner(passage)
        question = self._linked(document, query)
        links = () if question is None else (generation.question(question),)
        if not searched:
            return Result(hit, shown, links=links)
        contributions = [
            *_contributions("段落", generation.passages_level, query, passage, 1.0),
            *_contributions("全文", generation.documents_level, query, document, DOCUMENT_WEIGHT),
        ]
        if question is not None:
            contributions += _contributions("已答问题", generation.questions_level, query, question, LINK_WEIGHT)
        return Result(hit, shown, tuple(sorted(contributions, key=lambda each: -each.score)), links)

    def _linked(self, document: int, query: Query) -> int | None:
        """Return the answered question, of those linked to a document, that is most like this one."""
        generation = self.generation
        if not generation.questions_level.size:
            return None
        places = np.flatnonzero(generation.links == document)
        linked = np.searchsorted(generation.first_links, places, side="right") - 1
        scores = generation.questions_level.score(query)
        best = max(linked, key=lambda row: float(scores[row]), default=None)
        return int(best) if best is not None and scores[best] > 0 else None

    def _removed(self, query: Query, wanted: int) -> Iterator[Removed]:
        """Yield the documents that would be among the first if nothing were filtered."""
        wanted = max(wanted, _LOOKED_AT)
        everything = copy(self.whole)
        everything.shown = np.ones_like(self.whole.shown)
        ranking = Search(everything).rank(query)
        for document, score in zip(ranking.documents[:wanted].tolist(), ranking.scores.tolist(), strict=False):
            if not self.generation.shown[document]:
                yield Removed(everything.document(document), score, self._filter(document))

    def _removed_answers(self, query: Query) -> Iterator[Removed]:
        """Yield the documents linked to this very question that may not be shown."""
        for document in self.whole.names.asked(query.normalised):
            if not self.generation.shown[document]:
                yield Removed(self.whole.document(document), 1.0, self._filter(document))

    def _filter(self, document: int) -> str:
        if self.generation.elsewhere[document] and self.whole.shown[document]:
            return f"地区：{''.join(self.whole.whereabouts.of(document)[0])}的文件，问题问的是别的地方"
        if self.whole.shown[document]:
            return "已下架"
        return f"效力：{self.whole.document(document).validity}，不作为现行依据"


def _band_reason(finding: Finding, documents: int, *, filtered: bool) -> str:
    if finding.route is not Route.SEARCH:
        return "只有这一份，直接给出" if finding.band is Band.ANSWER else "有几份文件同名，请公众选择"
    if not finding.hits and not finding.near_misses:
        where = "问题所问地方的文件里，" if filtered else ""
        return f"{where}没有任何文件和这个问题有共同的字词"
    begins = answer_from(documents)
    chance = f"第一份文件答得上的把握是 {finding.probability:.0%}"
    return {
        Band.ANSWER: f"{chance}，达到直接回答的 {begins:.0%}",
        Band.CONFIRM: f"{chance}，不到直接回答的 {begins:.0%}，列出候选请公众选择",
        Band.ESCALATE: f"{chance}，不到列出候选的 {CONFIRM:.0%}，如实说没有找到",
    }[finding.band]


def _contributions(name: str, level: Level, query: Query, document: int, weight: float) -> Iterator[Contribution]:
    """Yield what each term gave to a text of a level."""
    own = (query.tokens.words, query.tokens.unigrams, query.tokens.bigrams)
    for place, index in enumerate((level.words, level.unigrams, level.bigrams)):
        times = Counter(own[place])
        sources = {
            term: expansion.word
            for expansion in reversed(query.expansions)
            for term in (expansion.tokens.words, expansion.tokens.unigrams, expansion.tokens.bigrams)[place]
            if term not in times
        }
        terms = [*times, *sources]
        for term, row in zip(terms, index.rows(terms).tolist(), strict=True):
            impact = _impact(index, row, document)
            score = impact * weight * times.get(term, EXPANSION_WEIGHT)
            if score:
                yield Contribution(name, _FIELDS[place], term, score, sources.get(term, ""))


def _impact(index: BM25, row: int, document: int) -> float:
    if row < 0:
        return 0.0
    starts, documents, impacts, *_ = index.postings
    first, last = int(starts[row]), int(starts[row + 1])
    place = first + int(np.searchsorted(documents[first:last], document))
    return float(impacts[place]) if place < last and documents[place] == document else 0.0
