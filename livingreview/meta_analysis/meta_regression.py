"""Meta-regression: how the outcome varies with characteristics of the studies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from livingreview.meta_analysis import mixed_model, tau_squared
from livingreview.meta_analysis.errors import TooFewStudiesError
from livingreview.meta_analysis.pooling import Model
from livingreview.meta_analysis.study_rows import check_outcomes, refuse_duplicates
from livingreview.meta_analysis.weighted_least_squares import weighted_fit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MetaRegression:
    """A fitted meta-regression; every number is a plain float.

    Attributes
    ----------
    k : int
        Number of studies.
    names : tuple of str
        "intercept" and the names of the moderators.
    beta, se, stat, p, ci_low, ci_high : tuple of float
        Coefficients, standard errors, z or t statistics, p-values and limits, per name.
    tau2, tau2_low, tau2_high : float
        Residual between-study variance and its Q-profile interval; NaN limits for EE.
    i2, h2 : float
        Residual I2 in percent, and H2.
    qe, qe_df, qe_p : float, int, float
        Test of residual heterogeneity.
    qm, qm_df, qm_df2, qm_p : float, int, float, float
        Joint test of the moderators: chi-squared with `qm_df` degrees of freedom and `qm_df2`
        NaN for "wald", otherwise F with `qm_df` and `qm_df2`.
    r2 : float
        Percentage of the between-study variance that the moderators account for (metafor's
        R^2); for EE the adjusted R-squared of the weighted regression.
    notes : tuple of str
        What a reader should know before relying on the numbers.
    model : Model
        Method, test and level that were asked for.
    """

    k: int
    names: tuple[str, ...]
    beta: tuple[float, ...]
    se: tuple[float, ...]
    stat: tuple[float, ...]
    p: tuple[float, ...]
    ci_low: tuple[float, ...]
    ci_high: tuple[float, ...]
    tau2: float
    tau2_low: float
    tau2_high: float
    i2: float
    h2: float
    qe: float
    qe_df: int
    qe_p: float
    qm: float
    qm_df: int
    qm_df2: float
    qm_p: float
    r2: float
    notes: tuple[str, ...]
    model: Model


def dummy_columns(labels: Sequence[object]) -> dict[str, Array]:
    """Code a categorical moderator as columns of zeros and ones.

    Parameters
    ----------
    labels : sequence of length k
        Category of each study.

    Returns
    -------
    dict of str to ndarray, shape (k,)
        One column per category but the first in sorted order, which is the reference.

    Raises
    ------
    ValueError
        If there are fewer than two categories.
    """
    text = [str(label) for label in labels]
    levels = sorted(set(text))
    if len(levels) < 2:
        raise ValueError("a categorical moderator needs at least two categories")
    return {level: np.array([float(label == level) for label in text]) for level in levels[1:]}


def _model_matrix(moderators: Mapping[str, ArrayLike], k: int) -> Array:
    columns = [np.ones(k)]
    for name, values in moderators.items():
        column = np.asarray(values, dtype=float)
        if column.shape != (k,):
            raise ValueError(f"moderator {name!r} has shape {column.shape}; expected ({k},)")
        if not np.isfinite(column).all():
            raise ValueError(f"moderator {name!r} has a value that is not a finite number")
        columns.append(column)
    if len(columns) == 1:
        raise ValueError("give at least one moderator, or use pool()")
    x = np.column_stack(columns)
    # Columns are brought to one length first, so that units do not decide about the rank.
    lengths = np.linalg.norm(x, axis=0)
    if (lengths == 0).any() or np.linalg.matrix_rank(x / lengths, tol=1e-10) < x.shape[1]:
        raise ValueError(
            "the moderators are constant or a linear combination of one another; drop one"
        )
    return x


def meta_regression(
    yi: ArrayLike,
    vi: ArrayLike,
    moderators: Mapping[str, ArrayLike],
    model: Model | None = None,
    *,
    study: Sequence[object] | None = None,
) -> MetaRegression:
    """Regress the outcomes on one or more moderators.

    Parameters
    ----------
    yi, vi, model, study
        As for `meta_analysis.pool`.
    moderators : mapping of str to array_like, shape (k,)
        Moderators by name, in their own units.  An intercept is always included.

    Returns
    -------
    MetaRegression
        The fitted model.

    Raises
    ------
    TooFewStudiesError
        If there are not more studies than coefficients.
    ValueError
        As for `meta_analysis.pool`, or if the moderators are not finite or are collinear.
        metafor drops collinear moderators; here the choice is left to the caller.

    Notes
    -----
    Viechtbauer (2010), J Stat Softw 36(3):1; metafor's ``rma(yi, vi, mods = )``.
    """
    model = model or Model()
    y, v = check_outcomes(yi, vi)
    refuse_duplicates(study, y.size)
    x = _model_matrix(moderators, y.size)
    k, p = x.shape
    if k <= p:
        raise TooFewStudiesError(f"{k} studies cannot determine {p} coefficients and a residual")
    with mixed_model.double_precision():
        return _regress(y, v, x, (("intercept", *moderators), model))


def _regress(
    y: Array, v: Array, x: Array, setting: tuple[tuple[str, ...], Model]
) -> MetaRegression:
    names, model = setting
    k, p = x.shape
    fitted = mixed_model.fit(y, v, x, model)
    tau2 = fitted.tau2.value
    low, high = math.nan, math.nan
    if model.method != "EE":
        low, high = tau_squared.q_profile(y, v, x, model.level)
    qm, qm_df2, qm_p = _joint_test(fitted, model, k)
    notes: tuple[str, ...] = ()
    if k < 10 * (p - 1):
        notes = (
            f"There are {k} studies for {p - 1} moderator(s); the Cochrane Handbook (section "
            "10.11.4) advises at least ten studies for each.",
        )
    return MetaRegression(
        k=k,
        names=names,
        beta=tuple(fitted.beta.tolist()),
        se=tuple(fitted.se.tolist()),
        stat=tuple(fitted.stat.tolist()),
        p=tuple(fitted.p.tolist()),
        ci_low=tuple(fitted.ci_low.tolist()),
        ci_high=tuple(fitted.ci_high.tolist()),
        tau2=tau2,
        tau2_low=low,
        tau2_high=high,
        i2=fitted.i2,
        h2=fitted.h2,
        qe=fitted.q,
        qe_df=fitted.q_df,
        qe_p=fitted.q_p,
        qm=qm,
        qm_df=p - 1,
        qm_df2=qm_df2,
        qm_p=qm_p,
        r2=_r2(y, v, x, (model.method, tau2)),
        notes=notes,
        model=model,
    )


def _joint_test(fitted: mixed_model.MixedFit, model: Model, k: int) -> tuple[float, float, float]:
    slopes = fitted.beta[1:]
    m = slopes.size
    if fitted.scale == 0:
        return math.nan, math.nan, math.nan
    qm = float(slopes @ np.linalg.solve(fitted.cov[1:, 1:], slopes))
    if model.test == "wald":
        return qm, math.nan, float(special.chdtrc(m, qm))
    df2 = float(k - m - 1)
    return qm / m, df2, float(special.fdtrc(m, df2, qm / m))


def _r2(y: Array, v: Array, x: Array, estimate: tuple[str, float]) -> float:
    method, tau2 = estimate
    k, p = x.shape
    if method == "EE":
        total = weighted_fit(y, v, x[:, :1]).rss
        if total == 0:
            return 0.0
        unexplained = weighted_fit(y, v, x).rss / (k - p) * (k - 1) / total
        return max(0.0, 100 * (1 - unexplained))
    without = tau_squared.estimate_tau2(y, v, x[:, :1], method).value
    return max(0.0, 100 * (without - tau2) / without) if without > 0 else 0.0
