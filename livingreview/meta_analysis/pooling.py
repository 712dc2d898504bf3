"""Pooling of study outcomes by inverse variance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from livingreview.meta_analysis import heterogeneity, mixed_model, tau_squared
from livingreview.meta_analysis.mixed_model import METHODS, TESTS, Model
from livingreview.meta_analysis.study_rows import check_outcomes, refuse_duplicates

__all__ = ["METHODS", "TESTS", "Model", "Pooled", "pool"]

Array = NDArray[np.float64]

# metafor warns when the largest sampling variance is this many times the smallest.
_VARIANCE_RATIO = 1e7


@dataclass(frozen=True)
class Pooled:
    """A pooled result, on the analysis scale; every number is a plain float.

    Attributes
    ----------
    k : int
        Number of studies.
    estimate, se, ci_low, ci_high, p : float
        Pooled outcome, its standard error, confidence limits and two-sided p-value.
    tau2, tau2_low, tau2_high : float
        Between-study variance and its Q-profile interval; the interval is NaN for one study
        and for equal effects.
    i2, h2 : float
        I2 in percent, and H2, as metafor's ``rma`` reports them: from tau2 for DL, PM and REML,
        from Q for EE.  `i2_from_q` and `h2_from_q` give the definition from Q for every method.
    q, q_df, q_p : float, int, float
        Cochran's Q, its degrees of freedom and p-value.
    pi_low, pi_high : float
        Prediction interval; NaN for equal effects.
    weights : tuple of float
        Weights in percent, in the order of the rows.
    notes : tuple of str
        What a reader should know before relying on the numbers, in plain sentences.
    model : Model
        Method, test and level that were asked for.
    """

    k: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p: float
    tau2: float
    tau2_low: float
    tau2_high: float
    i2: float
    h2: float
    q: float
    q_df: int
    q_p: float
    pi_low: float
    pi_high: float
    weights: tuple[float, ...]
    notes: tuple[str, ...]
    model: Model

    @property
    def i2_from_q(self) -> float:
        """I2 in percent from Cochran's Q (Cochrane Handbook, section 10.10.2)."""
        return heterogeneity.i2_h2_from_q(self.q, self.q_df)[0]

    @property
    def h2_from_q(self) -> float:
        """H2 from Cochran's Q."""
        return heterogeneity.i2_h2_from_q(self.q, self.q_df)[1]


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    model: Model | None = None,
    study: Sequence[object] | None = None,
) -> Pooled:
    """Pool the outcomes of independent studies.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Observed outcomes on the analysis scale (log ratios, differences, ...).
    vi : array_like, shape (k,)
        Sampling variances, in squared units of `yi`.
    model : Model, optional
        Method, test and level; REML with Wald intervals at 95 % unless given.
    study : sequence of length k, optional
        Study labels.  Two rows with one label are refused; see `study_rows.combine_rows`.

    Returns
    -------
    Pooled
        The pooled result.

    Raises
    ------
    ValueError
        If an outcome is not finite, a variance is not above zero, or the numbers cannot be
        pooled in double precision.
    DuplicateStudyError
        If a study label occurs twice.
    ConvergenceError
        If REML does not converge.

    Notes
    -----
    Viechtbauer (2010), J Stat Softw 36(3):1, and the source of metafor 3.8-1.  The prediction
    interval is that of metafor's ``predict``: estimate -/+ c sqrt(se^2 + tau2), with c a normal
    quantile for "wald" and a t quantile with k - 1 degrees of freedom otherwise.
    """
    model = model or Model()
    y, v = check_outcomes(yi, vi)
    refuse_duplicates(study, y.size)
    with mixed_model.double_precision():
        return _pool(y, v, model)


def _pool(y: Array, v: Array, model: Model) -> Pooled:
    x = np.ones((y.size, 1))
    fitted = mixed_model.fit(y, v, x, model)
    tau2 = fitted.tau2.value
    random_effects = model.method != "EE"
    tau2_low, tau2_high = math.nan, math.nan
    half_width = math.nan
    if random_effects:
        tau2_low, tau2_high = tau_squared.q_profile(y, v, x, model.level)
        half_width = fitted.critical * math.sqrt(float(fitted.se[0]) ** 2 + tau2)
    weights = 1 / (v + tau2)
    estimate = float(fitted.beta[0])
    return Pooled(
        k=int(y.size),
        estimate=estimate,
        se=float(fitted.se[0]),
        ci_low=float(fitted.ci_low[0]),
        ci_high=float(fitted.ci_high[0]),
        p=float(fitted.p[0]),
        tau2=tau2,
        tau2_low=tau2_low,
        tau2_high=tau2_high,
        i2=fitted.i2,
        h2=fitted.h2,
        q=fitted.q,
        q_df=fitted.q_df,
        q_p=fitted.q_p,
        pi_low=estimate - half_width,
        pi_high=estimate + half_width,
        weights=tuple((100 * weights / weights.sum()).tolist()),
        notes=_notes(v, model, fitted, tau2_high),
        model=model,
    )


def _notes(
    v: Array, model: Model, fitted: mixed_model.MixedFit, tau2_high: float
) -> tuple[str, ...]:
    notes = _notes_on_few_studies(v.size, model)
    if model.method == "EE" and model.test != "wald" and v.size > 1:
        notes.append(
            "Knapp and Hartung's method was derived for random-effects models; it was applied "
            "to an equal-effects model because it was asked for."
        )
    if model.test == "knha" and v.size > 1:
        wald = float(-special.ndtri((1 - model.level) / 2))
        if fitted.scale == 0:
            notes.append(
                "The studies agree exactly, so the Knapp-Hartung standard error is zero and "
                "its interval has no width; use 'wald' or 'adhoc'."
            )
        elif fitted.critical * math.sqrt(fitted.scale) < wald:
            notes.append(
                "The Knapp-Hartung interval is narrower than the Wald interval; 'adhoc' never is."
            )
    if fitted.tau2.local_maximum:
        notes.append(
            "The restricted likelihood has a local maximum above zero that is less likely than "
            "zero, so tau2 was set to 0."
        )
    if tau2_high == 0:
        notes.append(
            "The outcomes vary less than their sampling variances allow for: the interval of "
            "tau2 is empty and is given as 0 to 0."
        )
    if v.max() / v.min() >= _VARIANCE_RATIO:
        notes.append(
            "The largest sampling variance is more than ten million times the smallest; "
            "check the variances."
        )
    return tuple(notes)


def _notes_on_few_studies(k: int, model: Model) -> list[str]:
    random_effects = model.method != "EE"
    if k == 1:
        notes = ["There is one study: the pooled result is the result of that study."]
        if random_effects:
            notes.append(
                "Heterogeneity cannot be estimated from one study: tau2 is set to 0, and the "
                "prediction interval only repeats the confidence interval."
            )
        if model.test != "wald":
            notes.append(
                f"'{model.test}' needs at least two studies, so the Wald interval is given."
            )
        return notes
    notes = []
    if k == 2:
        notes.append(
            "There are two studies: Q has one degree of freedom, so tau2 and I2 say very little."
        )
        if model.test != "wald":
            notes.append(
                "With two studies the t distribution has one degree of freedom and the interval "
                "is very wide."
            )
    if k < 5 and random_effects:
        notes.append(
            "There are fewer than five studies: the prediction interval is not to be relied on."
        )
    return notes
