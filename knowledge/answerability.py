"""How probable it is that the first document is the right one, and the band that follows."""

import math
from collections.abc import Mapping

from knowledge.types import Band

# Fitted by `python benchmarks/calibration.py` on the development half, cross-validated.
COEFFICIENTS: Mapping[str, float] = {
    "bias": -1.764,
    "content": 2.964,
    "content_beyond": 1.861,
    "length": -0.659,
    "margin": 3.402,
    "log_ratio": 0.852,
    "lead": 2.14,
    "precision": 0.944,
    "sentence": -0.271,
}
ANSWER = 0.77
"""From here on the share of right answers is above nine in ten."""
CONFIRM = 0.12
"""Below this, candidates would be noise: say honestly that nothing was found."""


def probability(features: Mapping[str, float]) -> float:
    """Return the calibrated probability, 0..1; 0 without features."""
    if not features:
        return 0.0
    total = COEFFICIENTS["bias"]
    total += sum(weight * features[name] for name, weight in COEFFICIENTS.items() if name != "bias")
    return 1 / (1 + math.exp(-total))


def band(probability: float) -> Band:
    """Return the band of a probability."""
    if probability >= ANSWER:
        return Band.ANSWER
    return Band.CONFIRM if probability >= CONFIRM else Band.ESCALATE
