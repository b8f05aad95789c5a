"""How probable it is that the first document is the right one, and the band that follows."""

import math
from collections.abc import Mapping

from knowledge.types import Band

# Fitted by `python benchmarks/calibration.py` on the development half, cross-validated.
COEFFICIENTS: Mapping[str, float] = {
    "bias": -2.538,
    "content": 0.513,
    "content_beyond": 1.434,
    "log_ratio": 0.642,
    "margin": 2.338,
    "lead": 3.622,
    "few": -1.236,
    "few_content": 2.584,
    "sentence": 1.265,
    "length": -0.474,
    "brief_precision": 8.067,
    "brief_lead": -3.329,
}
ANSWER = 0.86
"""From here on the share of right answers is above nine in ten, in collections of `FITTED` documents and more."""
FITTED = 600
EASIER = 0.2
"""How much lower `ANSWER` may be with a tenth of the documents: fewer look-alikes stand beside the right one.

With 158 documents (config/sample) 97 % of the answers are right at the lowered value, with two all are.
"""
LEAST = 0.65
"""How low `ANSWER` may get in the smallest collections."""
CONFIRM = 0.12
"""Below this, candidates would be noise: say honestly that nothing was found."""


def probability(features: Mapping[str, float], coefficients: Mapping[str, float] = COEFFICIENTS) -> float:
    """Return the calibrated probability, 0..1; 0 without features."""
    if not features:
        return 0.0
    total = coefficients["bias"]
    total += sum(weight * features[name] for name, weight in coefficients.items() if name != "bias")
    return 1 / (1 + math.exp(-total))


def band(probability: float, *, documents: int) -> Band:
    """Return the band of a probability in a collection of so many documents."""
    if probability >= answer_from(documents):
        return Band.ANSWER
    return Band.CONFIRM if probability >= CONFIRM else Band.ESCALATE


def answer_from(documents: int) -> float:
    """Return the probability at which the band ANSWER begins in a collection of so many documents."""
    easier = EASIER * max(0.0, math.log10(FITTED / max(documents, 1)))
    return max(ANSWER - easier, LEAST)
