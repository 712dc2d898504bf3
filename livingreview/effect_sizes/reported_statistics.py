"""Standard errors recovered from the statistics that a report prints."""

from __future__ import annotations

import math

from scipy import special

from livingreview.effect_sizes.outcome import normal_quantile


def se_from_ci(low: float, high: float, level: float = 0.95, df: float | None = None) -> float:
    """Recover a standard error from a confidence interval.

    Parameters
    ----------
    low, high : float
        Limits on the scale on which the interval is symmetric; take logarithms of the limits
        of a ratio first.
    level : float
        Confidence level.
    df : float, optional
        Degrees of freedom, if the interval was made with a t distribution (a mean difference
        of small groups); a normal distribution otherwise.

    Returns
    -------
    float
        Standard error, in the unit of the limits.

    Raises
    ------
    ValueError
        If the limits are not finite and in ascending order, or `level` or `df` is out of range.

    Notes
    -----
    Cochrane Handbook, sections 6.3.1 and 6.5.2.3.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"limits must be finite and in ascending order, not {low!r} to {high!r}")
    quantile = normal_quantile(level)
    if df is not None:
        if df <= 0:
            raise ValueError(f"df must be above zero, not {df!r}")
        quantile = float(-special.stdtrit(df, (1 - level) / 2))
    return (high - low) / (2 * quantile)


def se_from_p(estimate: float, p: float, df: float | None = None) -> float:
    """Recover a standard error from an estimate and its exact two-sided p-value.

    Parameters
    ----------
    estimate : float
        Estimate on the scale of the test; the logarithm of a ratio.  Not zero.
    p : float
        Two-sided p-value, above 0 and below 1; "p < 0.05" will not do.
    df : float, optional
        Degrees of freedom of a t test; a z test otherwise.

    Returns
    -------
    float
        Standard error, in the unit of the estimate.

    Raises
    ------
    ValueError
        If the estimate is zero or not finite, or `p` or `df` is out of range.

    Notes
    -----
    Cochrane Handbook, sections 6.3.2 and 6.5.2.3.
    """
    if not math.isfinite(estimate) or estimate == 0:
        raise ValueError(f"the estimate must be finite and not zero, not {estimate!r}")
    if not 0 < p < 1:
        raise ValueError(f"p must be above 0 and below 1, not {p!r}")
    if df is not None and df <= 0:
        raise ValueError(f"df must be above zero, not {df!r}")
    quantile = -special.ndtri(p / 2) if df is None else -special.stdtrit(df, p / 2)
    return abs(estimate) / float(quantile)
