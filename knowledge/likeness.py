"""Documents whose texts are nearly the same."""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.types import Document, Kind

NEARLY = 0.9
"""Jaccard likeness of the pairs of characters from which two texts count as nearly the same."""
_SAMPLED = 8
_SHORTEST = 60
"""Characters below which texts resemble each other by chance."""
_SENTENCE = re.compile(r"[^。；;！？!?\n]{8,}")
_SIGN = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Likeness:
    """Remembers a few sentences of each document, by which those that may be nearly the same are found again."""

    _samples: dict[str, frozenset[int]] = field(default_factory=dict)
    _holders: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, document: Document) -> None:
        """Remember a document."""
        if document.id in self._samples:
            return
        sample = _sample(document)
        self._samples[document.id] = sample
        for sentence in sample:
            self._holders[sentence].append(document.id)

    def candidates(self, document: Document) -> Iterator[str]:
        """Yield the ids of other documents that hold at least half of the sentences looked at, the likeliest first."""
        sample = _sample(document)
        shared = Counter(each for sentence in sample for each in self._holders.get(sentence, ()))
        for each, count in shared.most_common():
            if each != document.id and count * 2 >= len(sample):
                yield each


def likeness(one: Document, other: Document) -> float:
    """Return how like two texts are, 0..1: shared pairs of characters over all, signs and blanks left out."""
    return shared(pairs(_words(one)), pairs(_words(other)))


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of characters of a text, signs and blanks left out."""
    signs = _SIGN.sub("", text)
    return frozenset(signs[at : at + 2] for at in range(len(signs) - 1))


def shared(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the Jaccard likeness of two sets of pairs, 0..1."""
    return len(first & second) / len(first | second) if first and second else 0.0


def _words(document: Document) -> str:
    # many questions have the same short answer
    return f"{document.title}{document.text}" if document.kind is Kind.QA else document.text


def _sample(document: Document) -> frozenset[int]:
    """Return the least of the checksums of a text's sentences: nearly the same texts have nearly the same ones."""
    if len(document.text) < _SHORTEST:
        return frozenset()
    sentences = {_SIGN.sub("", sentence) for sentence in _SENTENCE.findall(document.text)}
    return frozenset(sorted({zlib.crc32(sentence.encode()) for sentence in sentences})[:_SAMPLED])
