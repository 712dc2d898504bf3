"""Score intervals for proportions, risk differences and risk ratios."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from livingreview.effect_sizes.binary import TwoByTwo
from livingreview.effect_sizes.outcome import columns_of_one_length, normal_quantile

Array = NDArray[np.float64]

# Distance from the observed effect at which the root search starts: at the effect itself the
# statistic is zero, and in tables with empty cells so is its variance.
_OFFSET = 1e-10


def wilson(xi: ArrayLike, ni: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Compute Wilson score intervals of proportions.

    Parameters
    ----------
    xi, ni : array_like, shape (k,)
        Number of events and of participants.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray, each of shape (k,)
        Lower and upper limits.

    Raises
    ------
    ValueError
        If a value is not finite or `level` is out of range.

    Notes
    -----
    Wilson (1927), J Am Stat Assoc 22:209.
    """
    z = normal_quantile(level)
    arrays = columns_of_one_length(xi=xi, ni=ni)
    x, n = arrays["xi"], arrays["ni"]
    centre = (x + z**2 / 2) / (n + z**2)
    half_width = z * np.sqrt(x * (n - x) / n + z**2 / 4) / (n + z**2)
    low, high = centre - half_width, centre + half_width
    # Exact ends, which rounding would miss.
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def newcombe_rd(table: TwoByTwo, level: float = 0.95) -> tuple[Array, Array]:
    """Compute Newcombe's hybrid-score intervals of risk differences.

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray, each of shape (k,)
        Lower and upper limits.

    Raises
    ------
    ValueError
        If `level` is out of range.

    Notes
    -----
    Newcombe (1998), Stat Med 17:873, method 10.
    """
    p1, p2 = table.ai / table.n1i, table.ci / table.n2i
    low1, high1 = wilson(table.ai, table.n1i, level)
    low2, high2 = wilson(table.ci, table.n2i, level)
    difference = p1 - p2
    return (
        difference - np.hypot(p1 - low1, high2 - p2),
        difference + np.hypot(high1 - p1, p2 - low2),
    )


def miettinen_nurminen_rd(
    table: TwoByTwo, level: float = 0.95, corrected: bool = True
) -> tuple[Array, Array]:
    """Compute Miettinen-Nurminen score intervals of risk differences.

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes.
    level : float
        Confidence level.
    corrected : bool
        Whether the variance is multiplied by N / (N - 1), as Miettinen and Nurminen do;
        without it the interval is that of Mee (1984).

    Returns
    -------
    tuple of ndarray, each of shape (k,)
        Lower and upper limits.

    Raises
    ------
    ValueError
        If `level` is out of range.

    Notes
    -----
    Miettinen and Nurminen (1985), Stat Med 4:213; the closed form of the restricted estimates
    is that of Farrington and Manning (1990), Stat Med 9:1447.
    """
    z = normal_quantile(level)
    limits = [_rd_limits(row, z, corrected) for row in _rows(table)]
    return np.array([low for low, _ in limits]), np.array([high for _, high in limits])


def miettinen_nurminen_rr(
    table: TwoByTwo, level: float = 0.95, corrected: bool = True
) -> tuple[Array, Array]:
    """Compute Miettinen-Nurminen score intervals of risk ratios.

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes.
    level : float
        Confidence level.
    corrected : bool
        As for `miettinen_nurminen_rd`; without it the interval is that of Koopman (1984).

    Returns
    -------
    tuple of ndarray, each of shape (k,)
        Lower and upper limits of the ratio, not of its logarithm; 0 without events in the
        first arm, infinity without events in the second.

    Raises
    ------
    ValueError
        If `level` is out of range.

    Notes
    -----
    Miettinen and Nurminen (1985), Stat Med 4:213.
    """
    z = normal_quantile(level)
    limits = [_rr_limits(row, z, corrected) for row in _rows(table)]
    return np.array([low for low, _ in limits]), np.array([high for _, high in limits])


def _rows(table: TwoByTwo) -> list[tuple[float, ...]]:
    stacked = np.column_stack([table.ai, table.n1i, table.ci, table.n2i])
    return [tuple(row) for row in stacked.tolist()]


def _inflation(row: tuple[float, ...], corrected: bool) -> float:
    total = row[1] + row[3]
    return total / (total - 1) if corrected else 1.0


def _rd_variance(row: tuple[float, ...], delta: float) -> float:
    """Variance of the risk difference at the estimates restricted to a difference delta."""
    a, n1, c, n2 = row
    p1, p2, ratio = a / n1, c / n2, n2 / n1
    cubic = 1 + ratio
    square = -(1 + ratio + p1 + ratio * p2 + delta * (ratio + 2))
    linear = delta**2 + delta * (2 * p1 + ratio + 1) + p1 + ratio * p2
    constant = -p1 * delta * (1 + delta)
    shift = square / (3 * cubic)
    v = shift**3 - square * linear / (6 * cubic**2) + constant / (2 * cubic)
    u = math.copysign(math.sqrt(max(0.0, shift**2 - linear / (3 * cubic))), v)
    cosine = v / u**3 if u**3 != 0 else 0.0
    angle = (math.pi + math.acos(min(1.0, max(-1.0, cosine)))) / 3
    restricted1 = min(1.0, max(0.0, delta, 2 * u * math.cos(angle) - shift), 1 + delta)
    restricted2 = min(1.0, max(0.0, restricted1 - delta))
    return restricted1 * (1 - restricted1) / n1 + restricted2 * (1 - restricted2) / n2


def _rd_limits(row: tuple[float, ...], z: float, corrected: bool) -> tuple[float, float]:
    a, n1, c, n2 = row
    observed = a / n1 - c / n2
    factor = z * math.sqrt(_inflation(row, corrected))

    def outside(delta: float) -> float:
        return abs(observed - delta) - factor * math.sqrt(_rd_variance(row, delta))

    return _search(outside, -1.0, observed), _search(outside, 1.0, observed)


def _search(outside: Callable[[float], float], end: float, observed: float) -> float:
    """Find where a score statistic crosses its quantile between the effect and `end`."""
    near = observed + math.copysign(_OFFSET, end - observed)
    if abs(end - observed) <= _OFFSET or outside(end) <= 0:
        return end
    if outside(near) >= 0:
        return observed
    return float(optimize.brentq(outside, *sorted((near, end)), xtol=1e-15, maxiter=500))


def _rr_variance(row: tuple[float, ...], ratio: float) -> float:
    """Variance of p1 - ratio p2 at the estimates restricted to a risk ratio."""
    a, n1, c, n2 = row
    square = (n1 + n2) * ratio
    linear = -(n1 * ratio + a + n2 + c * ratio)
    constant = a + c
    root = math.sqrt(max(0.0, linear**2 - 4 * square * constant))
    # The smaller root, in the form that does not subtract nearly equal numbers.
    p2 = min(2 * constant / (root - linear), 1.0, 1 / ratio)
    p1 = min(1.0, p2 * ratio)
    return p1 * (1 - p1) / n1 + ratio**2 * p2 * (1 - p2) / n2


def _rr_limits(row: tuple[float, ...], z: float, corrected: bool) -> tuple[float, float]:
    a, n1, c, n2 = row
    p1, p2 = a / n1, c / n2
    if a == 0 and c == 0:
        return 0.0, math.inf
    factor = z * math.sqrt(_inflation(row, corrected))

    def outside(log_ratio: float) -> float:
        ratio = math.exp(log_ratio)
        return abs(p1 - ratio * p2) - factor * math.sqrt(_rr_variance(row, ratio))

    # Counts of up to 10^15 keep every limit within exp(-80) and exp(80).
    observed = math.log(p1 / p2) if a > 0 and c > 0 else (80.0 if c == 0 else -80.0)
    low = 0.0 if a == 0 else math.exp(_search(outside, -80.0, observed))
    high = math.inf if c == 0 else math.exp(_search(outside, 80.0, observed))
    return low, high
