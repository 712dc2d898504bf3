"""Change between two measurements of the same participants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livingreview.effect_sizes.continuous import hedges_correction
from livingreview.effect_sizes.outcome import EffectSizes, columns_of_one_length, refuse

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PrePost:
    """Two measurements of the same participants in k groups.

    Attributes
    ----------
    m1i, sd1i : array_like, shape (k,)
        Mean and standard deviation of the first measurement of the difference m1i - m2i, in
        the unit of the outcome.
    m2i, sd2i : array_like, shape (k,)
        The same for the second.
    ni : array_like, shape (k,)
        Number of participants with both measurements.

    Raises
    ------
    ValueError
        If a value is not finite, a standard deviation is not above zero, or a size is not a
        whole number of at least 3.
    """

    m1i: Array
    sd1i: Array
    m2i: Array
    sd2i: Array
    ni: Array

    def __post_init__(self) -> None:
        """Check the columns and store them as arrays."""
        arrays = columns_of_one_length(
            m1i=self.m1i, sd1i=self.sd1i, m2i=self.m2i, sd2i=self.sd2i, ni=self.ni
        )
        for name, values in arrays.items():
            object.__setattr__(self, name, values)
        for name in ("sd1i", "sd2i"):
            refuse(name, arrays[name], arrays[name] <= 0, "must be above zero")
        n = arrays["ni"]
        refuse("ni", n, n != np.floor(n), "must be a whole number")
        refuse("ni", n, n < 3, "must be at least 3")


@dataclass(frozen=True)
class Bounds:
    """Outcomes at both ends of a range of correlations.

    Attributes
    ----------
    r_low, r_high : float
        Ends of the range of the correlation between the two measurements.
    at_low, at_high : EffectSizes
        Outcomes and variances at either end.  Both are monotone in the correlation, so every
        value for a correlation within the range lies between the two.
    """

    r_low: float
    r_high: float
    at_low: EffectSizes
    at_high: EffectSizes


ChangeMeasure = Literal["MC", "SMCC", "SMCR"]


def check_range(correlations: tuple[float, float]) -> None:
    """Check a range of correlations.

    Parameters
    ----------
    correlations : tuple of float
        Lowest and highest correlation.

    Raises
    ------
    ValueError
        If the ends are not in ascending order within -1 and 1, ends excluded.
    """
    low, high = correlations
    if not -1 < low <= high < 1:
        raise ValueError(
            f"the range of the correlation must lie within -1 and 1, not {low!r} to {high!r}"
        )


def _change(data: PrePost, measure: ChangeMeasure, r: float) -> EffectSizes:
    difference = data.m1i - data.m2i
    variance = data.sd1i**2 + data.sd2i**2 - 2 * r * data.sd1i * data.sd2i
    if measure == "MC":
        return EffectSizes("MC", difference, variance / data.ni)
    correction = hedges_correction(data.ni - 1)
    if measure == "SMCC":
        yi = correction * difference / np.sqrt(variance)
        return EffectSizes("SMCC", yi, 1 / data.ni + yi**2 / (2 * data.ni))
    if measure == "SMCR":
        yi = correction * difference / data.sd1i
        return EffectSizes("SMCR", yi, 2 * (1 - r) / data.ni + yi**2 / (2 * data.ni))
    raise ValueError(f"measure must be MC, SMCC or SMCR, not {measure!r}")


def change_bounds(
    data: PrePost, correlations: tuple[float, float], measure: ChangeMeasure = "MC"
) -> Bounds:
    """Compute changes whose pre-post correlation is known only to lie in a range.

    Parameters
    ----------
    data : PrePost
        Both measurements.
    correlations : tuple of float
        Lowest and highest correlation thought possible.  There is no default: a guess would
        decide the weight of the study.  Equal ends give the outcome for a known correlation.
    measure : {"MC", "SMCC", "SMCR"}
        Mean change; change standardised by the standard deviation of the changes; change
        standardised by `sd1i`.

    Returns
    -------
    Bounds
        Outcomes and variances at both ends.

    Raises
    ------
    ValueError
        If the range or the measure is not admissible.

    Notes
    -----
    Cochrane Handbook, section 6.5.2.8; metafor's ``escalc`` with `ri` at either end.
    """
    check_range(correlations)
    low, high = correlations
    return Bounds(low, high, _change(data, measure, low), _change(data, measure, high))


def difference_in_change_bounds(
    treatment: PrePost, control: PrePost, correlations: tuple[float, float]
) -> Bounds:
    """Compute differences in mean change between two arms, for a range of correlations.

    Parameters
    ----------
    treatment, control : PrePost
        Both measurements of either arm, in the same unit.
    correlations : tuple of float
        Lowest and highest correlation thought possible, in both arms.

    Returns
    -------
    Bounds
        Change under treatment less change under control, in the unit of the outcome; the
        variance is the sum of those of the two arms, which share no participants.

    Raises
    ------
    ValueError
        If the range is not admissible or the arms differ in length.
    """
    first = change_bounds(treatment, correlations)
    second = change_bounds(control, correlations)
    if first.at_low.yi.shape != second.at_low.yi.shape:
        raise ValueError("treatment and control must have the same number of rows")
    at_low, at_high = (
        EffectSizes("MC", a.yi - b.yi, a.vi + b.vi)
        for a, b in ((first.at_low, second.at_low), (first.at_high, second.at_high))
    )
    return Bounds(*correlations, at_low, at_high)


def correlation_from_change_sd(sd1: float, sd2: float, sd_change: float) -> float:
    """Recover the correlation of two measurements from the standard deviation of the change.

    Parameters
    ----------
    sd1, sd2, sd_change : float
        Standard deviations of both measurements and of their difference, in one unit.

    Returns
    -------
    float
        The correlation.

    Raises
    ------
    ValueError
        If a standard deviation is not above zero, or the three contradict one another.

    Notes
    -----
    Cochrane Handbook, section 6.5.2.8.
    """
    if not min(sd1, sd2, sd_change) > 0:
        raise ValueError("standard deviations must be above zero")
    r = (sd1**2 + sd2**2 - sd_change**2) / (2 * sd1 * sd2)
    if not -1 <= r <= 1:
        raise ValueError(f"the standard deviations imply a correlation of {r:g}; check them")
    return r
