"""Questions that ask the same thing in other words, found without any model: by their pairs of characters."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.likeness import pairs, shared

ALIKE = 0.55
"""Jaccard likeness from which a question counts as asked again: “居住证在哪里办” and “哪里办居住证” have 0.57."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as it is compared with others."""

    pairs: frozenset[str]

    @classmethod
    def of(cls, question: str) -> "Wording":
        """Return how a question is worded, full-width and upper-case spellings made one."""
        return cls(pairs(unicodedata.normalize("NFKC", question).lower()))

    def like(self, other: "Wording") -> float:
        """Return how like two wordings are, 0..1."""
        return shared(self.pairs, other.pairs)


def clustered(questions: Sequence[str]) -> Sequence[tuple[int, ...]]:
    """Return the places of the questions in clusters, each with the question first that it was made from.

    A question belongs to the first cluster whose first question it is alike, so put the most asked ones first.
    """
    leaders: list[Wording] = []
    clusters: list[list[int]] = []
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        wording = Wording.of(question)
        found = _first_alike(wording, leaders, holders)
        if found is not None:
            clusters[found].append(place)
            continue
        for pair in wording.pairs:
            holders[pair].append(len(leaders))
        leaders.append(wording)
        clusters.append([place])
    return [tuple(cluster) for cluster in clusters]


def alike(question: str, others: Iterable[str]) -> bool:
    """Whether a question asks what one of the others asks."""
    wording = Wording.of(question)
    return any(wording.like(Wording.of(other)) >= ALIKE for other in others)


def _first_alike(wording: Wording, leaders: Sequence[Wording], holders: dict[str, list[int]]) -> int | None:
    common = Counter(leader for pair in wording.pairs for leader in holders.get(pair, ()))
    # what is alike shares at least so many of its own pairs
    near = sorted(leader for leader, count in common.items() if count >= ALIKE * len(wording.pairs))
    return next((leader for leader in near if wording.like(leaders[leader]) >= ALIKE), None)
