"""Outcomes of two arms with means and standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from livingreview.effect_sizes.outcome import EffectSizes, columns_of_one_length, refuse

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TwoArms:
    """Means, standard deviations and sizes of k studies with two arms.

    Attributes
    ----------
    m1i, sd1i, n1i : array_like, shape (k,)
        Mean, standard deviation (both in the unit of the outcome) and number of participants
        of the first (treatment) arm.
    m2i, sd2i, n2i : array_like, shape (k,)
        The same for the second (control) arm.

    Raises
    ------
    ValueError
        If a value is not finite, a standard deviation is negative, or a group size is not a
        whole number of at least 2 (one participant has no standard deviation).
    """

    m1i: Array
    sd1i: Array
    n1i: Array
    m2i: Array
    sd2i: Array
    n2i: Array

    def __post_init__(self) -> None:
        """Check the columns and store them as arrays."""
        arrays = columns_of_one_length(
            m1i=self.m1i,
            sd1i=self.sd1i,
            n1i=self.n1i,
            m2i=self.m2i,
            sd2i=self.sd2i,
            n2i=self.n2i,
        )
        for name, values in arrays.items():
            object.__setattr__(self, name, values)
        for name in ("sd1i", "sd2i"):
            refuse(name, arrays[name], arrays[name] < 0, "must not be negative")
        for name in ("n1i", "n2i"):
            size = arrays[name]
            refuse(name, size, size != np.floor(size), "must be a whole number")
            refuse(name, size, size < 2, "must be at least 2")

    @property
    def pooled_sd(self) -> Array:
        """Pooled standard deviation, in the unit of the outcome."""
        squares = (self.n1i - 1) * self.sd1i**2 + (self.n2i - 1) * self.sd2i**2
        return np.sqrt(squares / (self.n1i + self.n2i - 2))


def hedges_correction(df: ArrayLike) -> Array:
    """Compute Hedges' exact correction for the bias of a standardised mean difference.

    Parameters
    ----------
    df : array_like
        Degrees of freedom of the standard deviation, above 1.

    Returns
    -------
    ndarray
        Factors between 0 and 1.

    Raises
    ------
    ValueError
        If a value is not above 1, where the factor is not defined.

    Notes
    -----
    Hedges (1981), J Educ Stat 6:107: gamma(m/2) / (sqrt(m/2) gamma((m - 1)/2)).
    """
    m = np.asarray(df, dtype=float)
    if not (m > 1).all():
        raise ValueError("Hedges' correction needs more than one degree of freedom")
    return np.exp(special.gammaln(m / 2) - np.log(np.sqrt(m / 2)) - special.gammaln((m - 1) / 2))


def mean_difference(arms: TwoArms) -> EffectSizes:
    """Compute mean differences (metafor's "MD").

    Parameters
    ----------
    arms : TwoArms
        Means, standard deviations and sizes.

    Returns
    -------
    EffectSizes
        First mean less second mean, in the unit of the outcome, and variances that do not
        assume equal standard deviations (metafor's default ``vtype = "LS"``).

    Raises
    ------
    ValueError
        If both standard deviations of a study are zero, so that the variance is zero.
    """
    vi = arms.sd1i**2 / arms.n1i + arms.sd2i**2 / arms.n2i
    refuse("vi", vi, vi <= 0, "must be above zero: both standard deviations are zero")
    return EffectSizes("MD", arms.m1i - arms.m2i, vi)


def standardised_mean_difference(arms: TwoArms) -> EffectSizes:
    """Compute Hedges' g (metafor's "SMD").

    Parameters
    ----------
    arms : TwoArms
        Means, standard deviations and sizes.

    Returns
    -------
    EffectSizes
        Standardised mean differences with the exact bias correction, and large-sample
        variances 1/n1 + 1/n2 + g^2 / (2 (n1 + n2)) (metafor's default ``vtype = "LS"``).

    Raises
    ------
    ValueError
        If the pooled standard deviation of a study is zero.

    Notes
    -----
    Hedges (1982), Psychol Bull 92:490.
    """
    sd = arms.pooled_sd
    refuse("pooled SD", sd, sd <= 0, "must be above zero: both standard deviations are zero")
    total = arms.n1i + arms.n2i
    g = hedges_correction(total - 2) * (arms.m1i - arms.m2i) / sd
    return EffectSizes("SMD", g, 1 / arms.n1i + 1 / arms.n2i + g**2 / (2 * total))


def log_ratio_of_means(arms: TwoArms) -> EffectSizes:
    """Compute log ratios of means (metafor's "ROM").

    Parameters
    ----------
    arms : TwoArms
        Means, standard deviations and sizes.

    Returns
    -------
    EffectSizes
        Natural logarithms of first mean over second mean, and variances.

    Raises
    ------
    ValueError
        If the means of a study are zero or differ in sign, or both standard deviations are
        zero.

    Notes
    -----
    Hedges, Gurevitch and Curtis (1999), Ecology 80:1150.
    """
    refuse("m2i", arms.m2i, arms.m1i * arms.m2i <= 0, "must have the same sign as m1i")
    vi = arms.sd1i**2 / (arms.n1i * arms.m1i**2) + arms.sd2i**2 / (arms.n2i * arms.m2i**2)
    refuse("vi", vi, vi <= 0, "must be above zero: both standard deviations are zero")
    return EffectSizes("ROM", np.log(arms.m1i / arms.m2i), vi)
