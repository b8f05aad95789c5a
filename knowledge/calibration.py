"""The probability fitted anew on the office's own answers that citizens said solved their question, or did not."""

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.answerability import COEFFICIENTS
from knowledge.errors import TooFewVerdicts
from knowledge.types import AnswerRecord, Route

FEWEST = 100
"""Verdicts below which the shipped coefficients are the better guess."""
FEWEST_OF_A_KIND = 15
"""Solved and unsolved answers that are needed each."""
PRIOR = 4.0
"""How strongly the shipped coefficients hold against the office's verdicts: 1/(2 · variance)."""
FOLDS = 5
STEPS = 50
_BORDERS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""The borders of the reliability table; answers are only given where the probability is high."""
_log = logging.getLogger(__name__)
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """One row of the table: answers foretold between two probabilities, and how many of them solved the question."""

    lowest: float
    highest: float
    answers: int
    foretold: float
    solved: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """New coefficients, and what they are worth on answers they were not fitted on; lower losses are better."""

    coefficients: Mapping[str, float]
    verdicts: int
    loss_before: float
    loss_after: float
    before: tuple[Reliability, ...]
    after: tuple[Reliability, ...]

    @property
    def better(self) -> bool:
        """Whether they foretell the office's verdicts better than the coefficients in use."""
        return self.loss_after < self.loss_before

    def text(self) -> str:
        """Return the figures and both reliability tables as lines for the terminal."""
        losses = f"现在 {self.loss_before:.4f}，重新校准后 {self.loss_after:.4f}"
        lines = [f"已评价的检索回答 {self.verdicts} 条；误差（越小越好）：{losses}"]
        for title, table in (("现在", self.before), ("重新校准后（交叉检验）", self.after)):
            lines += [title, "把握程度      回答数  预计解决  实际解决"]
            lines += [
                f"{row.lowest:.1f}–{row.highest:.1f}  {row.answers:>10}  {row.foretold:>8.3f}  {row.solved:>8.3f}"
                for row in table
            ]
        return "\n".join(lines)

    def save(self, path: Path) -> None:
        """Write the coefficients where `load_coefficients` finds them, in one rename."""
        aside = path.with_name(f".{path.name}")
        aside.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")
        aside.replace(path)


def load_coefficients(path: Path) -> Mapping[str, float]:
    """Return the coefficients that the office fitted, else the shipped ones; a file that does not fit is logged."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))["coefficients"]
        coefficients = {name: float(kept[name]) for name in COEFFICIENTS}
        if all(map(math.isfinite, coefficients.values())):
            return coefficients
    except FileNotFoundError:
        return COEFFICIENTS
    except (OSError, ValueError, TypeError, KeyError):
        pass
    _log.warning("%s does not fit this version; the shipped coefficients are used", path)
    return COEFFICIENTS


def calibrate(records: Sequence[AnswerRecord], *, current: Mapping[str, float] = COEFFICIENTS) -> Calibration:
    """Return coefficients fitted on the records with a verdict, held by the shipped ones.

    Only answers found by search count, those with all the features. The figures are cross-validated, each answer
    judged by coefficients fitted on the others. Raises TooFewVerdicts.
    """
    usable = [record for record in records if _usable(record)]
    solved = np.array([bool(record.resolved) for record in usable], float)
    least = min(int(solved.sum()), len(usable) - int(solved.sum()))
    if len(usable) < FEWEST or least < FEWEST_OF_A_KIND:
        raise TooFewVerdicts(
            f"已评价的检索回答 {len(usable)} 条（其中较少的一种 {least} 条），"
            f"至少需要 {FEWEST} 条、两种各 {FEWEST_OF_A_KIND} 条；继续使用原有系数"
        )
    names = [name for name in COEFFICIENTS if name != "bias"]
    features = np.array([[1.0, *(record.features[name] for name in names)] for record in usable])
    shipped = _vector(COEFFICIENTS, names)
    chances = np.zeros(len(usable))
    folds = np.arange(len(usable)) % FOLDS
    for fold in range(FOLDS):
        chances[folds == fold] = _chances(
            features[folds == fold], _fit(features[folds != fold], solved[folds != fold], shipped)
        )
    earlier = _chances(features, _vector(current, names))
    return Calibration(
        coefficients=dict(zip(["bias", *names], map(float, _fit(features, solved, shipped).round(4)), strict=True)),
        verdicts=len(usable),
        loss_before=_loss(earlier, solved),
        loss_after=_loss(chances, solved),
        before=_table(earlier, solved),
        after=_table(chances, solved),
    )


def _usable(record: AnswerRecord) -> bool:
    return (
        record.resolved is not None
        and record.route == Route.SEARCH
        and record.status == "answered_search"
        and all(name in record.features for name in COEFFICIENTS if name != "bias")
    )


def _vector(coefficients: Mapping[str, float], names: Sequence[str]) -> _Numbers:
    return np.array([coefficients["bias"], *(coefficients[name] for name in names)])


def _chances(features: _Numbers, coefficients: _Numbers) -> _Numbers:
    chances: _Numbers = 1 / (1 + np.exp(-np.clip(features @ coefficients, -30, 30)))
    return chances


def _fit(features: _Numbers, solved: _Numbers, prior: _Numbers) -> _Numbers:
    """Return the most probable coefficients by Newton's method; the bias is free, the others are held by the prior."""
    hold = np.full(len(prior), 2 * PRIOR)
    hold[0] = 1e-3
    found = prior.copy()
    for _ in range(STEPS):
        chances = _chances(features, found)
        slope = features.T @ (solved - chances) - hold * (found - prior)
        curve = (features * (chances * (1 - chances))[:, None]).T @ features + np.diag(hold)
        step = np.linalg.solve(curve, slope)
        found += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-6:  # noqa: PLR2004  # far below what is written down
            break
    return found


def _loss(chances: _Numbers, solved: _Numbers) -> float:
    return float(-np.mean(np.log(np.where(solved > 0, chances, 1 - chances))))


def _table(chances: _Numbers, solved: _Numbers) -> tuple[Reliability, ...]:
    rows = []
    for lowest, highest in pairwise(_BORDERS):
        within = (chances >= lowest) & (chances < highest)
        if within.any():
            rows.append(
                Reliability(
                    lowest, highest, int(within.sum()), float(chances[within].mean()), float(solved[within].mean())
                )
            )
    return tuple(rows)
