"""Why a question was answered as it was: the nouns of the hit test."""

from dataclasses import dataclass, field

from knowledge.types import Document, Finding, Hit


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one term gave to a result: `field` is 词, 字 or 字对, `level` 段落, 全文 or 已答问题; the sum is the score.

    `synonym_of` is the word of the question that called the term up; empty for a term of the question itself.
    """

    level: str
    field: str
    term: str
    score: float
    synonym_of: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A document found: its best passage, whether it is shown, and where its score comes from, highest first.

    `links` are the answered questions that led to it.
    """

    hit: Hit
    shown: bool
    contributions: tuple[Contribution, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """A document that would have been among the results, and the filter that removed it, in Chinese."""

    document: Document
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class FiredSynonym:
    """A word of the question and another word looked for as well."""

    word: str
    other: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything the hit test shows; `finding` is exactly what a citizen gets.

    `route_reason` and `band_reason` are Chinese sentences. `words`, `unigrams` and `bigrams` are the tokens matched,
    `dictionary_words` those of them that the office's dictionary knows, `ignored` what was left out as a stop word or
    a phrase of asking. `answer_from` and `confirm_from` are the probabilities at which the bands begin.
    """

    finding: Finding
    route_reason: str
    band_reason: str
    words: tuple[str, ...] = ()
    unigrams: tuple[str, ...] = ()
    bigrams: tuple[str, ...] = ()
    dictionary_words: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    synonyms: tuple[FiredSynonym, ...] = ()
    results: tuple[Result, ...] = ()
    removed: tuple[Removed, ...] = ()
    answer_from: float = 0.0
    confirm_from: float = 0.0
    milliseconds: float = field(default=0.0, compare=False)
