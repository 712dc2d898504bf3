"""The mixed-effects model behind pooling and meta-regression."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from livingreview.meta_analysis import heterogeneity, tau_squared
from livingreview.meta_analysis.weighted_least_squares import weighted_fit

Array = NDArray[np.float64]

METHODS = ("EE", "DL", "PM", "REML")
TESTS = ("wald", "knha", "adhoc")


@dataclass(frozen=True)
class Model:
    """How studies are pooled.

    Attributes
    ----------
    method : {"REML", "PM", "DL", "EE"}
        Estimator of the between-study variance; "EE" assumes equal effects.
    test : {"wald", "knha", "adhoc"}
        "wald": standard normal quantiles.  "knha": Knapp and Hartung (2003), Stat Med 22:2693,
        a rescaled standard error and t quantiles.  "adhoc": the same, but the standard error
        is never made smaller (metafor's ``test = "adhoc"``), so the interval is never narrower
        than the Wald interval.  None is applied unless asked for.
    level : float
        Confidence level of every interval.

    Raises
    ------
    ValueError
        If a setting is unknown or `level` is not between 0 and 1.
    """

    method: str = "REML"
    test: str = "wald"
    level: float = 0.95

    def __post_init__(self) -> None:
        """Check the settings."""
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")
        if self.test not in TESTS:
            raise ValueError(f"test must be one of {', '.join(TESTS)}, not {self.test!r}")
        if not 0 < self.level < 1:
            raise ValueError(f"level must be between 0 and 1, not {self.level!r}")


class MixedFit(NamedTuple):
    """A fitted mixed-effects model.

    Attributes
    ----------
    beta, se, stat, p, ci_low, ci_high : ndarray, shape (p,)
        Coefficients, standard errors, z or t statistics, two-sided p-values, limits.
    cov : ndarray, shape (p, p)
        Covariance matrix of the coefficients.
    critical : float
        Quantile behind the limits, normal or t.
    scale : float
        Factor by which the Wald variance was multiplied; 1 for "wald".
    tau2 : tau_squared.Tau2
        Between-study variance.
    q, q_p : float
        (Residual) Q statistic and its p-value.
    q_df : int
        Degrees of freedom, k - p.
    i2, h2 : float
        (Residual) I2 in percent, and H2, as metafor's ``rma`` reports them.
    """

    beta: Array
    se: Array
    stat: Array
    p: Array
    ci_low: Array
    ci_high: Array
    cov: Array
    critical: float
    scale: float
    tau2: tau_squared.Tau2
    q: float
    q_p: float
    q_df: int
    i2: float
    h2: float


def fit(y: Array, v: Array, x: Array, model: Model) -> MixedFit:
    """Fit the mixed-effects model with known sampling variances.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Outcomes and sampling variances, already checked.
    x : ndarray, shape (k, p)
        Model matrix of full column rank with the intercept first; k > p, or k = p = 1.
    model : Model
        Method, test and level.

    Returns
    -------
    MixedFit
        The fit.

    Raises
    ------
    ValueError
        If the numbers are too large or too small for double precision.
    ConvergenceError
        If REML does not converge.

    Notes
    -----
    With k = 1 the test is Wald whatever `model` says, as in metafor: there are no degrees of
    freedom for a t distribution.
    """
    with double_precision():
        return _fit(y, v, x, model)


@contextmanager
def double_precision() -> Iterator[None]:
    """Turn overflow and division by zero into an error that says what the matter is.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    ValueError
        If a number leaves the range of double precision.
    """
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            yield
    except (FloatingPointError, OverflowError, ZeroDivisionError, np.linalg.LinAlgError) as error:
        raise ValueError(
            "the outcomes or their variances are too large, too small or too far apart to be "
            f"pooled in double precision ({error})"
        ) from error


def _fit(y: Array, v: Array, x: Array, model: Model) -> MixedFit:
    k, p = x.shape
    df = k - p
    tau2 = tau_squared.estimate_tau2(y, v, x, model.method)
    at_tau2 = weighted_fit(y, v + tau2.value, x)
    scale = 1.0
    if model.test != "wald" and df > 0:
        scale = at_tau2.rss / df if at_tau2.rss > np.finfo(float).eps else 0.0
        if model.test == "adhoc":
            scale = max(1.0, scale)
    use_t = model.test != "wald" and df > 0
    tail = (1 - model.level) / 2
    critical = float(-special.stdtrit(df, tail) if use_t else -special.ndtri(tail))
    cov = scale * at_tau2.cov
    se = np.sqrt(np.diag(cov))
    stat = _ratio(at_tau2.beta, se)
    p_value = 2 * (special.stdtr(df, -np.abs(stat)) if use_t else special.ndtr(-np.abs(stat)))
    q, q_p, i2, h2 = _heterogeneity(y, v, x, (model.method, tau2.value))
    return MixedFit(
        beta=at_tau2.beta,
        se=se,
        stat=stat,
        p=p_value,
        ci_low=at_tau2.beta - critical * se,
        ci_high=at_tau2.beta + critical * se,
        cov=cov,
        critical=critical,
        scale=scale,
        tau2=tau2,
        q=q,
        q_p=q_p,
        q_df=df,
        i2=i2,
        h2=h2,
    )


def _ratio(beta: Array, se: Array) -> Array:
    """Divide, letting a zero standard error give an infinite or undefined statistic."""
    values = [
        b / s if s > 0 else (math.nan if b == 0 else math.copysign(math.inf, b))
        for b, s in zip(beta.tolist(), se.tolist(), strict=True)
    ]
    return np.array(values)


def _heterogeneity(
    y: Array, v: Array, x: Array, estimate: tuple[str, float]
) -> tuple[float, float, float, float]:
    method, tau2 = estimate
    k, p = x.shape
    if k == p:
        return 0.0, 1.0, 0.0, 1.0
    q = weighted_fit(y, v, x).rss
    q_p = float(special.chdtrc(k - p, q))
    if method == "EE":
        return q, q_p, *heterogeneity.i2_h2_from_q(q, k - p)
    typical = heterogeneity.typical_variance(y, v, x)
    return q, q_p, *heterogeneity.i2_h2_from_tau2(tau2, typical)
