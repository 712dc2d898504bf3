"""Correlation of group and outcome from two means, after treatment and as change scores."""

from __future__ import annotations

import math

from scipy.special import stdtr

from livingreview.recompute.means import Group, difference_ends, pooled_variance
from livingreview.recompute.spans import Rounded, shown_p, shown_r, with_minus
from livingreview.recompute.verdicts import Finding

# Measurements of the same person rarely run against each other, and are never all but the same.
CORRELATION_ENDS = (0.0, 0.99)


def point_biserial(difference: float, variance: float, sizes: tuple[int, int]) -> float:
    """Return the correlation of group and outcome.

    Parameters
    ----------
    difference : float
        Mean of the first group minus that of the second.
    variance : float
        Pooled variance, in the squared unit of the difference.
    sizes : (int, int)
        Sizes of the groups.

    Returns
    -------
    float
        r = t / sqrt(t² + n1 + n2 - 2), with t of Student's test: Pearson's correlation with the
        group as 1 and 0 (Lipsey and Wilson 2001, appendix B). 0 where all values are equal.
    """
    n1, n2 = sizes
    below = math.sqrt(difference**2 + (n1 + n2 - 2) * variance * (1 / n1 + 1 / n2))
    return difference / below if below else 0.0


def _range(
    differences: tuple[float, float], variances: tuple[float, float], sizes: tuple[int, int]
) -> tuple[float, float]:
    """Return the ends of r: it rises with the difference and shrinks with the variance."""
    (low, high), (small, large) = differences, variances
    return (
        point_biserial(low, small if low < 0 else large, sizes),
        point_biserial(high, small if high > 0 else large, sizes),
    )


def after_treatment(first: Group, second: Group) -> Finding:
    """Return the correlation from two groups' values after treatment, with its range.

    Parameters
    ----------
    first, second : Group
        The treated and the other group, each of at least 2.
    """
    sizes = (first.n, second.n)
    difference = first.mean.value - second.mean.value
    variance = pooled_variance((first.sd.value, first.n), (second.sd.value, second.n))
    ends = [
        pooled_variance((first.sd_ends[i], first.n), (second.sd_ends[i], second.n)) for i in (0, 1)
    ]
    low, high = _range(difference_ends(first, second), (ends[0], ends[1]), sizes)
    r = point_biserial(difference, variance, sizes)
    df = first.n + second.n - 2
    error = math.sqrt(variance * (1 / first.n + 1 / second.n))
    t = with_minus(f"{difference / error:.3g}") if error else "without limit"
    line = (
        f"t = ({first.mean.text} − {second.mean.text}) / ({math.sqrt(variance):.4g} × "
        f"sqrt(1/{first.n} + 1/{second.n})) = {t}; "
        f"r = t / sqrt(t² + {df}) = {with_minus(shown_r(r))}"
    )
    return Finding("point-biserial r", r, low, high, line)


def change_sd_ends(before: Group, after: Group) -> tuple[float, float]:
    """Return the smallest and largest SD of change scores.

    Parameters
    ----------
    before, after : Group
        The same group twice.

    Returns
    -------
    (float, float)
        sqrt(s1² + s2² - 2 c s1 s2) (Cochrane Handbook, section 6.5.2.8) at its ends over all SDs
        that round to the printed ones and all correlations c of `CORRELATION_ENDS`.
    """
    (low1, high1), (low2, high2) = before.sd_ends, after.sd_ends
    least, most = CORRELATION_ENDS
    # The form is convex, so its least value is at a corner or where an edge turns (s1 = c s2).
    points = [(a, b) for a in (low1, high1) for b in (low2, high2)]
    points += [(min(max(most * b, low1), high1), b) for b in (low2, high2)]
    points += [(a, min(max(most * a, low2), high2)) for a in (low1, high1)]
    smallest = min(a * a + b * b - 2 * most * a * b for a, b in points)
    largest = high1**2 + high2**2 - 2 * least * high1 * high2
    return math.sqrt(max(0.0, smallest)), math.sqrt(largest)


def change_scores(before: tuple[Group, Group], after: tuple[Group, Group]) -> tuple[float, float]:
    """Return the ends of the correlation of group and change.

    Parameters
    ----------
    before, after : (Group, Group)
        The treated and the other group at the two times.

    Returns
    -------
    (float, float)
        Smallest and largest r over all numbers that round to the printed ones and over all
        correlations between the two times within `CORRELATION_ENDS`, in each group its own.
    """
    low_after, high_after = difference_ends(*after)
    low_before, high_before = difference_ends(*before)
    spreads = [change_sd_ends(b, a) for b, a in zip(before, after, strict=True)]
    sizes = (after[0].n, after[1].n)
    variances = [
        pooled_variance((spreads[0][i], sizes[0]), (spreads[1][i], sizes[1])) for i in (0, 1)
    ]
    differences = (low_after - high_before, high_after - low_before)
    return _range(differences, (variances[0], variances[1]), sizes)


def p_of_r(r: Rounded, n: int) -> Finding:
    """Return the p value of a printed correlation of n pairs.

    Parameters
    ----------
    r : Rounded
        The correlation.
    n : int
        Number of pairs, at least 3.

    Returns
    -------
    Finding
        t = r sqrt((n - 2) / (1 - r²)) on n - 2 degrees of freedom (Student 1908).
    """

    def p(value: float) -> float:
        size = min(1.0, abs(value))
        t = math.inf if size == 1 else size * math.sqrt((n - 2) / (1 - size**2))
        return float(2 * stdtr(n - 2, -t))

    nearest = 0.0 if r.low <= 0 <= r.high else min(abs(r.low), abs(r.high))
    farthest = max(abs(r.low), abs(r.high))
    line = f"t = {r.text} × sqrt({n - 2} / (1 − {r.text.lstrip('+-')}²)); p = {shown_p(p(r.value))}"
    return Finding("t of the printed r", p(r.value), p(farthest), p(nearest), line)
