"""How probable it is that the first hit is right, and the band that follows."""

import math
from collections.abc import Mapping

from knowledge.types import Band

# Fitted by `python benchmarks/quality.py --fit` on the development half.
COEFFICIENTS: Mapping[str, float] = {"bias": -4.0, "ratio": 8.0, "coverage": 3.0}
ANSWER = 0.6
CONFIRM = 0.25


def probability(features: Mapping[str, float]) -> float:
    """Return the calibrated probability, 0..1."""
    total = sum(weight * features.get(name, 1.0) for name, weight in COEFFICIENTS.items())
    return 1 / (1 + math.exp(-total))


def band(probability: float) -> Band:
    """Return the band of a probability."""
    if probability >= ANSWER:
        return Band.ANSWER
    return Band.CONFIRM if probability >= CONFIRM else Band.ESCALATE
