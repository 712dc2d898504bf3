"""Intervals of single means and of differences between two means."""

from __future__ import annotations

import math

from scipy.special import stdtrit

LEVEL = 0.95


def mean_interval(mean: float, sd: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the confidence interval of a mean by Student's t.

    Parameters
    ----------
    mean, sd : float
        Mean and standard deviation in the same unit.
    n : float
        Number measured, at least 2.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        If `n` is below 2 or `sd` is negative.
    """
    if n < 2 or sd < 0:
        raise ValueError(f"a mean's interval needs n of at least 2 and sd >= 0, not {n:g}, {sd:g}")
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * sd / math.sqrt(n)
    return mean - half, mean + half
