"""What citizens asked and how it went, counted by day; and what is hot, measured against its usual level."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

FOLLOW_UPS = frozenset({"answered_chosen", "escalated_by_user"})
"""Second answers to one question: a candidate was chosen, or the first answer did not help."""
WEEK, USUAL = timedelta(days=7), timedelta(days=28)
FEW = 5
"""Questions in a week below which no topic is hot."""
DEVIATIONS = 3.0
"""Standard deviations above its usual level that make a week a spike: counts of rare events spread by their root."""


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How often one status was answered on one day about one topic, and how many citizens judged it.

    In a sum over all topics the topic is empty, in one over several days the day is the first of them.
    """

    day: date
    channel: str
    status: str
    topic: str
    answers: int
    resolved: int = 0
    unresolved: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum of counts.

    `questions` counts each question once, `answered` those that got an answer from a document, at once or after a
    choice, `escalated` those that a person was offered for.
    """

    questions: int = 0
    answered: int = 0
    escalated: int = 0
    resolved: int = 0
    unresolved: int = 0

    @property
    def answered_share(self) -> float | None:
        """Answered, of the questions; None without questions."""
        return min(self.answered / self.questions, 1.0) if self.questions else None

    @property
    def satisfaction(self) -> float | None:
        """已解决, of those who said; None while nobody did."""
        said = self.resolved + self.unresolved
        return self.resolved / said if said else None


@dataclass(frozen=True, slots=True)
class Heat:
    """A topic's questions in the last seven days, and in seven days of the four weeks before."""

    topic: str
    week: int
    usual: float

    @property
    def spike(self) -> bool:
        """Whether this is far above the usual level (舆情)."""
        return self.week >= FEW and self.week >= self.usual + DEVIATIONS * math.sqrt(max(self.usual, 1.0))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that several citizens asked in the same words, and how often."""

    question: str
    times: int


class AnswerFigures(Protocol):
    """Counts the answers given, whatever their number."""

    async def daily(self, first: date, last: date) -> Sequence[AnswerCount]:
        """Return the counts of each day from first to last, civil dates in Asia/Shanghai, over all topics."""

    async def topical(self, first: date, last: date) -> Sequence[AnswerCount]:
        """Return the counts of each topic, over these days."""

    async def asked(self, first: date, last: date, *, least: int = 3, limit: int = 20) -> Sequence[Asked]:
        """Return the questions asked most often, at least that often, among the latest answers of these days."""


def tally(counts: Iterable[AnswerCount]) -> Tally:
    """Return the sum of counts."""
    questions = answered = escalated = resolved = unresolved = 0
    for each in counts:
        kind = each.status.partition("_")[0]
        questions += each.answers if each.status not in FOLLOW_UPS else 0
        answered += each.answers if kind == "answered" else 0
        escalated += each.answers if kind in {"escalated", "redirected"} else 0
        resolved += each.resolved
        unresolved += each.unresolved
    return Tally(questions, answered, escalated, resolved, unresolved)


def by_day(counts: Iterable[AnswerCount], first: date, last: date) -> Mapping[date, Tally]:
    """Return the sum of each day, days without a question among them."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    sorted_in: dict[date, list[AnswerCount]] = {day: [] for day in days}
    for each in counts:
        sorted_in[each.day].append(each)
    return {day: tally(found) for day, found in sorted_in.items()}


def by_topic(counts: Iterable[AnswerCount]) -> Mapping[str, Tally]:
    """Return the sum of each topic, most questions first; "" stands for no topic."""
    sorted_in: dict[str, list[AnswerCount]] = {}
    for each in counts:
        sorted_in.setdefault(each.topic, []).append(each)
    sums = {topic: tally(found) for topic, found in sorted_in.items()}
    return dict(sorted(sums.items(), key=lambda item: (-item[1].questions, item[0])))


def heat(week: Iterable[AnswerCount], before: Iterable[AnswerCount]) -> Sequence[Heat]:
    """Return the topics asked about in a week, against the four weeks before it; spikes first."""
    usual = by_topic(before)
    found = [
        Heat(topic, told.questions, usual.get(topic, Tally()).questions / (USUAL / WEEK))
        for topic, told in by_topic(week).items()
        if topic and told.questions
    ]
    return sorted(found, key=lambda each: (not each.spike, -each.week, each.topic))
