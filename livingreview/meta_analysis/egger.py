"""Egger's regression test for small-study effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from livingreview.meta_analysis import mixed_model
from livingreview.meta_analysis.errors import TooFewStudiesError
from livingreview.meta_analysis.pooling import Model
from livingreview.meta_analysis.study_rows import check_outcomes, refuse_duplicates
from livingreview.meta_analysis.weighted_least_squares import weighted_fit

Array = NDArray[np.float64]

# Cochrane Handbook, section 13.3.5.4: with fewer than ten studies the power of the test is too
# low to tell chance from real asymmetry.
MINIMUM_STUDIES_FOR_EGGER = 10


@dataclass(frozen=True)
class EggerTest:
    """Egger's regression test; every number is a plain float.

    Attributes
    ----------
    k : int
        Number of studies.
    slope, se : float
        Slope of the outcome on its standard error (Egger's bias coefficient), and its standard
        error.
    stat, df, p : float
        z or t statistic, degrees of freedom (NaN for z), and two-sided p-value.
    limit, limit_low, limit_high : float
        Estimate as the standard error goes to zero, with its confidence limits; at 95 % for the
        classical test, at the level of the model otherwise.
    """

    k: int
    slope: float
    se: float
    stat: float
    df: float
    p: float
    limit: float
    limit_low: float
    limit_high: float


def egger_test(
    yi: ArrayLike,
    vi: ArrayLike,
    model: Model | None = None,
    study: Sequence[object] | None = None,
) -> EggerTest:
    """Test for asymmetry of the funnel plot by regression on the standard error.

    Parameters
    ----------
    yi, vi, study
        As for `meta_analysis.pool`.
    model : Model, optional
        None: the classical test, weighted regression with a multiplicative dispersion, as in
        Egger et al. (1997), BMJ 315:629 (metafor's ``regtest(model = "lm")``).
        A Model: the mixed-effects version of Sterne and Egger (2005) (metafor's ``regtest`` of
        an ``rma`` model).

    Returns
    -------
    EggerTest
        The test.

    Raises
    ------
    TooFewStudiesError
        With fewer than ten studies.
    ValueError
        As for `meta_analysis.pool`, or if all standard errors are equal.
    """
    y, v = check_outcomes(yi, vi)
    refuse_duplicates(study, y.size)
    k = y.size
    if k < MINIMUM_STUDIES_FOR_EGGER:
        raise TooFewStudiesError(
            f"Egger's test needs at least {MINIMUM_STUDIES_FOR_EGGER} studies; there are {k}"
        )
    x = standard_error_matrix(v)
    if model is not None:
        fitted = mixed_model.fit(y, v, x, model)
        beta, se, p = fitted.beta, fitted.se, float(fitted.p[1])
        stat, critical = float(fitted.stat[1]), fitted.critical
        df = math.nan if model.test == "wald" else float(k - 2)
    else:
        with mixed_model.double_precision():
            classical = weighted_fit(y, v, x)
        beta, df = classical.beta, float(k - 2)
        se = np.sqrt(np.diag(classical.cov) * classical.rss / df)
        if se[1] == 0:
            raise ValueError("the outcomes lie exactly on a line; the test is undefined")
        stat = float(beta[1] / se[1])
        p = float(2 * special.stdtr(df, -abs(stat)))
        critical = float(-special.stdtrit(df, 0.025))
    return EggerTest(
        k=k,
        slope=float(beta[1]),
        se=float(se[1]),
        stat=stat,
        df=df,
        p=p,
        limit=float(beta[0]),
        limit_low=float(beta[0] - critical * se[0]),
        limit_high=float(beta[0] + critical * se[0]),
    )


def standard_error_matrix(v: Array) -> Array:
    """Build the model matrix of a regression on the standard error.

    Parameters
    ----------
    v : ndarray, shape (k,)
        Sampling variances.

    Returns
    -------
    ndarray, shape (k, 2)
        A column of ones and the standard errors.

    Raises
    ------
    ValueError
        If all standard errors are equal.
    """
    x = np.column_stack([np.ones(v.size), np.sqrt(v)])
    if np.ptp(x[:, 1]) <= 1e-10 * x[:, 1].max():
        raise ValueError("all studies have the same standard error; asymmetry cannot be judged")
    return x
