"""The figures of an evaluation: what was asked, what came back, how often it was right."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.types import Band

RANKS = (1, 3, 5, 10)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the documents that answer it (none when no document does) and, where known, the words."""

    id: str
    question: str
    documents: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came back for one question; `documents` are up to 100 ids, best first."""

    id: str
    band: str
    route: str
    probability: float
    documents: tuple[str, ...]
    quote: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Questions beside their results, in the same order; `left_out` documents could not be read."""

    questions: tuple[Question, ...]
    results: tuple[Result, ...]
    left_out: int = 0

    def write_results(self, path: Path) -> None:
        """Write one JSON object per question."""
        lines = (json.dumps(asdict(result), ensure_ascii=False) for result in self.results)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def as_json(self) -> dict[str, Any]:
        """Return all figures; None where the questions cannot tell (no unanswerable ones, no gold answers)."""
        answerable = [(question, result) for question, result in self._pairs() if question.documents]
        ranks = [_rank(question, result) for question, result in answerable]
        figures: dict[str, Any] = {
            "questions": len(self.questions),
            "answerable": len(ranks),
            "documents_left_out": self.left_out,
        }
        figures |= {f"hit@{depth}": _share(rank <= depth for rank in ranks) for depth in RANKS}
        figures["recall@10"] = _mean(_recall(question, result, 10) for question, result in answerable)
        figures["mrr@10"] = _mean(_reciprocal(rank, 10) for rank in ranks)
        figures["quote_contains_answer"] = _share(
            _squeezed(question.answer) in _squeezed(result.quote) for question, result in answerable if question.answer
        )
        figures["auroc"] = self._auroc()
        figures["bands"] = self._bands()
        figures["reliability"] = self._reliability()
        figures["milliseconds"] = self._milliseconds()
        return figures

    def text(self) -> str:
        """Return the figures as lines for the terminal."""
        figures = self.as_json()
        lines = [f"{name}: {_shown(value)}" for name, value in figures.items() if not isinstance(value, dict | list)]
        lines.append("band        questions  coverage  precision")
        lines += [
            f"{name:<11} {band['questions']:>9}  {_shown(band['coverage']):>8}  {_shown(band['precision']):>9}"
            for name, band in figures["bands"].items()
        ]
        lines.append("probability  questions  foretold  right")
        lines += [
            f"{row['from']:.1f}–{row['to']:.1f}      {row['questions']:>9}  {_shown(row['foretold']):>8}"
            f"  {_shown(row['right']):>5}"
            for row in figures["reliability"]
        ]
        times = "  ".join(f"{name} {value:.2f}" for name, value in figures["milliseconds"].items())
        return "\n".join([*lines, f"milliseconds: {times}"])

    def _pairs(self) -> Iterable[tuple[Question, Result]]:
        return zip(self.questions, self.results, strict=True)

    def _auroc(self) -> float | None:
        """Return how well the probability tells questions with a document from those without."""
        positive = [result.probability for question, result in self._pairs() if question.documents]
        negative = [result.probability for question, result in self._pairs() if not question.documents]
        return auroc(positive, negative)

    def _bands(self) -> dict[str, dict[str, float | int | None]]:
        """Per band: its questions, the share of answerable questions in it, the share with the right document first."""
        answerable = sum(bool(question.documents) for question in self.questions)
        bands: dict[str, dict[str, float | int | None]] = {}
        for band in Band:
            within = [(question, result) for question, result in self._pairs() if result.band == band]
            covered = sum(bool(question.documents) for question, _ in within)
            bands[band.value] = {
                "questions": len(within),
                "coverage": covered / answerable if answerable else None,
                "precision": _share(_rank(question, result) == 1 for question, result in within),
            }
        return bands

    def _reliability(self) -> list[dict[str, float | int | None]]:
        """Per tenth of probability: the probability foretold and the share that was right."""
        table: list[dict[str, float | int | None]] = []
        for number in range(_BINS):
            within = [
                (question, result)
                for question, result in self._pairs()
                if min(int(result.probability * _BINS), _BINS - 1) == number
            ]
            table.append(
                {
                    "from": number / _BINS,
                    "to": (number + 1) / _BINS,
                    "questions": len(within),
                    "foretold": _mean(result.probability for _, result in within),
                    "right": _share(_rank(question, result) == 1 for question, result in within),
                }
            )
        return table

    def _milliseconds(self) -> dict[str, float]:
        times: npt.NDArray[np.float64] = np.array([result.milliseconds for result in self.results] or [0.0])
        return {
            "mean": float(times.mean()),
            "p50": float(np.percentile(times, 50)),
            "p99": float(np.percentile(times, 99)),
        }


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the probability that a positive stands above a negative, ties counting half; None when one is empty."""
    if not positive or not negative:
        return None
    ordered = np.sort(np.array(negative))
    below = np.searchsorted(ordered, positive, side="left")
    equal = np.searchsorted(ordered, positive, side="right") - below
    return float((below + equal / 2).mean() / len(negative))


def _rank(question: Question, result: Result) -> int:
    """Return the place of the first right document, counted from 1; beyond the list when there is none."""
    wanted = set(question.documents)
    places = (place for place, document in enumerate(result.documents, 1) if document in wanted)
    return next(places, len(result.documents) + 1000)


def _recall(question: Question, result: Result, depth: int) -> float:
    wanted = set(question.documents)
    return len(wanted.intersection(result.documents[:depth])) / len(wanted)


def _reciprocal(rank: int, depth: int) -> float:
    return 1 / rank if rank <= depth else 0.0


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _share(values: Iterable[bool]) -> float | None:
    return _mean(map(float, values))


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
