"""Correlations, and conversions between effect sizes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from livingreview.effect_sizes.binary import TwoByTwo, effect_sizes
from livingreview.effect_sizes.continuous import TwoArms, hedges_correction
from livingreview.effect_sizes.outcome import (
    EffectSizes,
    columns_of_one_length,
    refuse,
)


def fisher_z(ri: ArrayLike, ni: ArrayLike) -> EffectSizes:
    """Compute Fisher's r-to-z transformed correlations (metafor's "ZCOR").

    Parameters
    ----------
    ri : array_like, shape (k,)
        Correlations between -1 and 1.
    ni : array_like, shape (k,)
        Number of participants, at least 4.

    Returns
    -------
    EffectSizes
        Inverse hyperbolic tangents, and variances 1 / (n - 3).

    Raises
    ------
    ValueError
        If a correlation is -1, 1 or beyond, or a size is not a whole number of at least 4.
    """
    arrays = columns_of_one_length(ri=ri, ni=ni)
    r, n = arrays["ri"], arrays["ni"]
    refuse("ri", r, np.abs(r) >= 1, "must be between -1 and 1, ends excluded")
    refuse("ni", n, n != np.floor(n), "must be a whole number")
    refuse("ni", n, n < 4, "must be at least 4")
    return EffectSizes("ZCOR", np.arctanh(r), 1 / (n - 3))


def g_to_correlation(g: ArrayLike, n1i: ArrayLike, n2i: ArrayLike) -> EffectSizes:
    """Convert Hedges' g to the point-biserial correlation of group and outcome.

    Parameters
    ----------
    g : array_like, shape (k,)
        Standardised mean differences with Hedges' exact correction.
    n1i, n2i : array_like, shape (k,)
        Group sizes, together at least 4.

    Returns
    -------
    EffectSizes
        Correlations, and large-sample variances; metafor's "RPB".

    Raises
    ------
    ValueError
        If a value is not finite or a group is empty.

    Notes
    -----
    r = d / sqrt(d^2 + h) with h = m/n1 + m/n2, m = n1 + n2 - 2 and d = g / J(m) (Lipsey and
    Wilson 2001, Practical Meta-Analysis, appendix B).  If the outcome has only the values 0
    and 1, the point-biserial correlation is the phi coefficient.
    """
    arrays = columns_of_one_length(g=g, n1i=n1i, n2i=n2i)
    n1, n2 = arrays["n1i"], arrays["n2i"]
    for name in ("n1i", "n2i"):
        refuse(name, arrays[name], arrays[name] < 1, "must be at least 1")
    m = n1 + n2 - 2
    d = arrays["g"] / hedges_correction(m)
    h = m / n1 + m / n2
    var_d = 1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))
    return EffectSizes("RPB", d / np.sqrt(d**2 + h), h**2 / (h + d**2) ** 3 * var_d)


def correlation_to_g(r: ArrayLike, n1i: ArrayLike, n2i: ArrayLike) -> EffectSizes:
    """Convert a point-biserial correlation, or phi, to Hedges' g.

    Parameters
    ----------
    r : array_like, shape (k,)
        Correlations of group with outcome, between -1 and 1.
    n1i, n2i : array_like, shape (k,)
        Group sizes, together at least 4.

    Returns
    -------
    EffectSizes
        Standardised mean differences with the variances of `standardised_mean_difference`.

    Raises
    ------
    ValueError
        If a correlation is -1, 1 or beyond, or a group is empty.

    Notes
    -----
    The inverse of `g_to_correlation`.  For phi it standardises the difference of two
    proportions; for an outcome dichotomised from a continuous one, `log_odds_ratio_to_d` is
    nearer to the difference on the continuous scale.
    """
    arrays = columns_of_one_length(r=r, n1i=n1i, n2i=n2i)
    correlation, n1, n2 = arrays["r"], arrays["n1i"], arrays["n2i"]
    refuse("r", correlation, np.abs(correlation) >= 1, "must be between -1 and 1, ends excluded")
    for name in ("n1i", "n2i"):
        refuse(name, arrays[name], arrays[name] < 1, "must be at least 1")
    m = n1 + n2 - 2
    d = correlation * np.sqrt((m / n1 + m / n2) / (1 - correlation**2))
    g = hedges_correction(m) * d
    return EffectSizes("SMD", g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2)))


def phi_from_table(table: TwoByTwo) -> EffectSizes:
    """Compute phi coefficients (metafor's "PHI").

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes; nothing is added to zero cells.

    Returns
    -------
    EffectSizes
        Phi, the correlation of group and event, and large-sample variances.

    Raises
    ------
    ValueError
        If all, or none, of the participants of a study had the event, where phi is undefined.

    Notes
    -----
    Yule (1912), J R Stat Soc 75:579, equation for the variance as in metafor's ``escalc``.
    """
    a, b, c, d = table.cells
    n = a + b + c + d
    refuse("ai + ci", a + c, (a + c == 0) | (b + d == 0), "leaves phi undefined")
    row1, row2, column1, column2 = (a + b) / n, (c + d) / n, (a + c) / n, (b + d) / n
    phi = (a * d - b * c) / (n**2 * np.sqrt(row1 * row2 * column1 * column2))
    skew = (row1 - row2) * (column1 - column2) / np.sqrt(row1 * row2 * column1 * column2)
    spread = (row1 - row2) ** 2 / (row1 * row2) + (column1 - column2) ** 2 / (column1 * column2)
    variance = 1 - phi**2 + phi * (1 + phi**2 / 2) * skew - 0.75 * phi**2 * spread
    return EffectSizes("PHI", phi, variance / n)


def log_odds_ratio_to_d(table: TwoByTwo) -> EffectSizes:
    """Convert odds ratios to standardised mean differences (metafor's "OR2DL").

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes; see `binary.effect_sizes` for zero cells.

    Returns
    -------
    EffectSizes
        Log odds ratios times sqrt(3) / pi, and variances.

    Notes
    -----
    Chinn (2000), Stat Med 19:3127: the outcome is thought of as a logistic variable cut in two.
    """
    outcome = effect_sizes(table, "OR")
    factor = math.sqrt(3) / math.pi
    return EffectSizes("OR2DL", factor * outcome.yi, factor**2 * outcome.vi)


def d_to_log_odds_ratio(arms: TwoArms) -> EffectSizes:
    """Convert standardised mean differences to log odds ratios (metafor's "D2ORL").

    Parameters
    ----------
    arms : TwoArms
        Means, standard deviations and sizes.

    Returns
    -------
    EffectSizes
        Standardised mean differences times pi / sqrt(3), and variances.  As in metafor, the
        standardised mean difference is not corrected for bias here.

    Raises
    ------
    ValueError
        If the pooled standard deviation of a study is zero.

    Notes
    -----
    Chinn (2000), Stat Med 19:3127, the inverse of `log_odds_ratio_to_d`.
    """
    sd = arms.pooled_sd
    refuse("pooled SD", sd, sd <= 0, "must be above zero: both standard deviations are zero")
    d = (arms.m1i - arms.m2i) / sd
    variance = 1 / arms.n1i + 1 / arms.n2i + d**2 / (2 * (arms.n1i + arms.n2i))
    factor = math.pi / math.sqrt(3)
    return EffectSizes("D2ORL", factor * d, factor**2 * variance)
