"""From weights of evidence to a probability."""

from math import exp


def logistic(odds: float) -> float:
    """Probability of log-odds, kept off certainty."""
    return min(0.99, max(0.01, 1.0 / (1.0 + exp(-odds))))
