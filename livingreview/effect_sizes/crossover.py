"""Outcomes of crossover trials, from their paired statistics."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from livingreview.effect_sizes.change import Bounds, PrePost, check_range
from livingreview.effect_sizes.outcome import EffectSizes, columns_of_one_length, refuse


def crossover_mean_difference(
    difference: ArrayLike, statistic: ArrayLike, kind: Literal["t", "se", "sd"], ni: ArrayLike
) -> EffectSizes:
    """Compute mean differences of crossover trials from their paired statistics.

    Parameters
    ----------
    difference : array_like, shape (k,)
        Mean within-person differences, in the unit of the outcome.
    statistic : array_like, shape (k,)
        What the report gives.
    kind : {"t", "se", "sd"}
        Whether `statistic` is the paired t, the standard error of the mean difference, or the
        standard deviation of the differences.  For a confidence interval or an exact p-value
        use `se_from_ci` or `se_from_p` with n - 1 degrees of freedom first.
    ni : array_like, shape (k,)
        Number of participants with both periods, at least 2.

    Returns
    -------
    EffectSizes
        Mean differences and variances.

    Raises
    ------
    ValueError
        If a value is out of range, or a t statistic contradicts the sign of its difference.

    Notes
    -----
    Elbourne et al. (2002), Int J Epidemiol 31:140; Cochrane Handbook, section 23.2.7.1.
    """
    arrays = columns_of_one_length(difference=difference, statistic=statistic, ni=ni)
    d, given, n = arrays["difference"], arrays["statistic"], arrays["ni"]
    refuse("ni", n, (n != np.floor(n)) | (n < 2), "must be a whole number of at least 2")
    if kind == "t":
        refuse("statistic", given, given * d <= 0, "must be a t with the sign of the difference")
        return EffectSizes("MD", d, (d / given) ** 2)
    refuse("statistic", given, given <= 0, "must be above zero")
    if kind == "se":
        return EffectSizes("MD", d, given**2)
    if kind == "sd":
        return EffectSizes("MD", d, given**2 / n)
    raise ValueError(f"kind must be t, se or sd, not {kind!r}")


def crossover_standardised_mean_difference(
    data: PrePost, correlations: tuple[float, float]
) -> Bounds:
    """Compute standardised mean differences of crossover trials, for a range of correlations.

    Parameters
    ----------
    data : PrePost
        Both treatments: m1i and sd1i under the first, m2i and sd2i under the second.
    correlations : tuple of float
        Lowest and highest within-person correlation; equal ends if it is known, for example
        from `correlation_from_change_sd`.

    Returns
    -------
    Bounds
        Differences in units of the standard deviation between persons, as in a trial with
        parallel arms, and variances.

    Raises
    ------
    ValueError
        If the range is not admissible.

    Notes
    -----
    Cochrane Handbook, section 23.2.7.2: d = (m1 - m2) / sqrt((sd1^2 + sd2^2) / 2) and
    SE = sqrt(1/n + d^2 / (2 n)) sqrt(2 (1 - r)).
    """
    check_range(correlations)
    d = (data.m1i - data.m2i) / np.sqrt((data.sd1i**2 + data.sd2i**2) / 2)
    base = 1 / data.ni + d**2 / (2 * data.ni)
    at_low, at_high = (EffectSizes("SMD", d, base * 2 * (1 - r)) for r in correlations)
    return Bounds(*correlations, at_low, at_high)
