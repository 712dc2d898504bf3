"""Tests and correlations from the means of two groups, and their ranges under rounding."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import stdtr

from livingreview.recompute.spans import Rounded, shown_p, with_minus
from livingreview.recompute.verdicts import Finding

_GRID = 33


@dataclass(frozen=True)
class Group:
    """Mean, standard deviation and size of one group.

    Attributes
    ----------
    mean, sd : Rounded
        In one unit; the rounding of an SD may reach below zero, see `sd_ends`.
    n : int
        Number measured, at least 2.
    """

    mean: Rounded
    sd: Rounded
    n: int

    @property
    def sd_ends(self) -> tuple[float, float]:
        """Smallest and largest SD that rounds to the printed one, not below zero."""
        return max(0.0, self.sd.low), self.sd.high


def difference_ends(first: Group, second: Group) -> tuple[float, float]:
    """Return the smallest and largest difference of two means under rounding."""
    return first.mean.low - second.mean.high, first.mean.high - second.mean.low


def pooled_variance(first: tuple[float, int], second: tuple[float, int]) -> float:
    """Return the pooled variance of two groups, each given by SD and size."""
    (sd1, n1), (sd2, n2) = first, second
    return ((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2)


def two_sided(t: ArrayLike, df: ArrayLike) -> NDArray[np.float64]:
    """Return two-sided p values of Student's t."""
    return 2 * stdtr(df, -np.abs(t))


def _t(difference: float, squared_error: ArrayLike) -> NDArray[np.float64]:
    """Divide by a standard error that may be zero: t is then without limit, or 0 for 0 / 0."""
    error = np.sqrt(np.asarray(squared_error, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, np.abs(difference) / error)


def student_p(difference: float, sds: tuple[float, float], sizes: tuple[int, int]) -> float:
    """Return the p value of Student's t test with a pooled variance (Student 1908).

    Parameters
    ----------
    difference : float
        Difference of the means.
    sds : (float, float)
        Standard deviations, not below zero, in the unit of the difference.
    sizes : (int, int)
        Sizes of the groups, each at least 2.

    Notes
    -----
    t = difference / sqrt(sp²/n1 + sp²/n2) on n1 + n2 - 2 degrees of freedom, with
    sp² = ((n1 - 1) s1² + (n2 - 1) s2²) / (n1 + n2 - 2).
    """
    variance = pooled_variance((sds[0], sizes[0]), (sds[1], sizes[1]))
    t = _t(difference, variance * (1 / sizes[0] + 1 / sizes[1]))
    return float(two_sided(t, sizes[0] + sizes[1] - 2))


def welch_p(
    difference: float, sds: tuple[ArrayLike, ArrayLike], sizes: tuple[int, int]
) -> NDArray[np.float64]:
    """Return p values of Welch's t test (Welch 1947, Biometrika 34:28).

    Parameters
    ----------
    difference : float
        Difference of the means.
    sds : pair of array_like, shape (k,) or ()
        Standard deviations of the first and of the second group, in the unit of the difference.
    sizes : (int, int)
        Sizes of the groups, each at least 2.

    Returns
    -------
    ndarray, shape (k,) or ()
        Two-sided p values on the degrees of freedom of Satterthwaite,
        (a + b)² / (a²/(n1 - 1) + b²/(n2 - 1)) with a = s1²/n1 and b = s2²/n2.
    """
    a = np.asarray(sds[0], dtype=float) ** 2 / sizes[0]
    b = np.asarray(sds[1], dtype=float) ** 2 / sizes[1]
    below = a**2 / (sizes[0] - 1) + b**2 / (sizes[1] - 1)
    # Without any spread t has no limit, and any number of degrees of freedom gives p = 0.
    df = np.where(below > 0, (a + b) ** 2 / np.where(below > 0, below, 1.0), 1.0)
    return two_sided(_t(difference, a + b), df)


def t_tests(first: Group, second: Group) -> list[Finding]:
    """Compute Student's and Welch's tests, over all means and SDs that round to the printed ones.

    Parameters
    ----------
    first, second : Group
        The two groups, each of at least 2.

    Returns
    -------
    list of Finding
        Student, then Welch; p values.

    Notes
    -----
    Both p values fall with the difference. Student's rises with either SD, so its ends are at
    corners of the box. Welch's need not: its degrees of freedom depend on the ratio of the SDs,
    and at a given ratio p rises with the size of both. So the smallest p is on an edge where one
    SD is smallest, the largest on an edge where one is largest, and the edges are searched.
    """
    low, high = difference_ends(first, second)
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    farthest = max(abs(low), abs(high))
    sizes, sds = (first.n, second.n), (first.sd.value, second.sd.value)
    difference = first.mean.value - second.mean.value
    (low1, high1), (low2, high2) = first.sd_ends, second.sd_ends
    student = Finding(
        "Student t",
        student_p(difference, sds, sizes),
        student_p(farthest, (low1, low2), sizes),
        student_p(nearest, (high1, high2), sizes),
        _student_line(first, second),
    )
    smallest = min(
        _lowest(lambda s: welch_p(farthest, (low1, s), sizes), low2, high2),
        _lowest(lambda s: welch_p(farthest, (s, low2), sizes), low1, high1),
    )
    largest = max(
        -_lowest(lambda s: -welch_p(nearest, (high1, s), sizes), low2, high2),
        -_lowest(lambda s: -welch_p(nearest, (s, high2), sizes), low1, high1),
    )
    p = float(welch_p(difference, sds, sizes))
    return [student, Finding("Welch t", p, smallest, largest, _welch_line(first, second))]


def _lowest(
    function: Callable[[ArrayLike], NDArray[np.float64]], start: float, end: float
) -> float:
    """Return the smallest value of a smooth function on a line: a grid, then its best stretch."""
    grid = np.linspace(start, end, _GRID)
    values = function(grid)
    best = int(np.argmin(values))
    left, right = grid[max(0, best - 1)], grid[min(_GRID - 1, best + 1)]
    found = float(values[best])
    if 0 < best < _GRID - 1 and left < right:
        search = minimize_scalar(
            lambda x: float(function(x)), bounds=(left, right), method="bounded"
        )
        found = min(found, float(search.fun))
    return found


def _student_line(first: Group, second: Group) -> str:
    sd = math.sqrt(pooled_variance((first.sd.value, first.n), (second.sd.value, second.n)))
    p = student_p(
        first.mean.value - second.mean.value, (first.sd.value, second.sd.value), (first.n, second.n)
    )
    error = sd * math.sqrt(1 / first.n + 1 / second.n)
    return (
        f"t = ({first.mean.text} − {second.mean.text}) / ({sd:.4g} × sqrt(1/{first.n} + "
        f"1/{second.n})) = {_ratio(first, second, error)}; p = {shown_p(p)}"
    )


def _welch_line(first: Group, second: Group) -> str:
    error = math.hypot(first.sd.value / math.sqrt(first.n), second.sd.value / math.sqrt(second.n))
    p = welch_p(
        first.mean.value - second.mean.value, (first.sd.value, second.sd.value), (first.n, second.n)
    )
    return (
        f"t = ({first.mean.text} − {second.mean.text}) / sqrt({first.sd.text}²/{first.n} + "
        f"{second.sd.text}²/{second.n}) = {_ratio(first, second, error)}; p = {shown_p(float(p))}"
    )


def _ratio(first: Group, second: Group, error: float) -> str:
    difference = first.mean.value - second.mean.value
    return with_minus(f"{difference / error:.3g}") if error else "without limit"
