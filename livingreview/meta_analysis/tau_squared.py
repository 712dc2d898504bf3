"""Estimators of the between-study variance, tau-squared, and its Q-profile interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from livingreview.meta_analysis.errors import ConvergenceError
from livingreview.meta_analysis.weighted_least_squares import quadratics, weighted_fit

Array = NDArray[np.float64]

# metafor's control$tol: how much more likely tau2 = 0 must be before a REML estimate is taken
# for a local maximum.
_LOCAL_MAXIMUM_MARGIN = float(np.finfo(float).eps) ** 0.25
_MAX_ITERATIONS = 1000
# Steps of Fisher scoring before its limit is first extrapolated.
_ROUND = 50
_RELATIVE_STEP = 1e-13


class Tau2(NamedTuple):
    """An estimate of the between-study variance.

    Attributes
    ----------
    value : float
        Estimate, in squared units of the outcome; never below zero.
    local_maximum : bool
        True if REML found a local maximum less likely than zero, and zero was taken.
    """

    value: float
    local_maximum: bool = False


def estimate_tau2(y: Array, v: Array, x: Array, method: str) -> Tau2:
    """Estimate the variance between studies.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Outcomes and sampling variances.
    x : ndarray, shape (k, p)
        Model matrix with the intercept first; k > p unless `method` is "EE".
    method : {"EE", "DL", "PM", "REML"}
        Equal effects (tau2 is zero), DerSimonian-Laird, Paule-Mandel, or restricted maximum
        likelihood.

    Returns
    -------
    Tau2
        The estimate, truncated at zero.

    Raises
    ------
    ConvergenceError
        If Fisher scoring does not converge.
    ValueError
        If `method` is unknown.

    Notes
    -----
    DL: DerSimonian and Laird (1986), Control Clin Trials 7:177.  PM: Paule and Mandel (1982),
    J Res Natl Bur Stand 87:377.  REML: Viechtbauer (2005), J Educ Behav Stat 30:261.  With
    moderators, the forms in the source of metafor's ``rma.uni``.
    """
    k, p = x.shape
    if method == "EE" or k == p:
        return Tau2(0.0)
    if method == "DL":
        forms = quadratics(y, v, x)
        return Tau2(max(0.0, (forms.ypy - (k - p)) / forms.trace_p))
    if method == "PM":
        return Tau2(_solve_q(y, v, x, float(k - p)))
    if method == "REML":
        return _reml(y, v, x)
    raise ValueError(f"method must be EE, DL, PM or REML, not {method!r}")


def _scale(y: Array, v: Array) -> float:
    return float(np.mean(v) + np.var(y))


def _solve_q(y: Array, v: Array, x: Array, target: float) -> float:
    """Find the tau2 at which the generalised Q statistic equals `target`, or zero."""

    def excess(tau2: float) -> float:
        return weighted_fit(y, v + tau2, x).rss - target

    if excess(0.0) <= 0:
        return 0.0
    upper = _scale(y, v)
    # Q falls to zero as tau2 grows, so doubling always brackets the root.
    while excess(upper) > 0:
        upper *= 2
    return _root(excess, 0.0, upper)


def _root(function: Callable[[float], float], lower: float, upper: float) -> float:
    tolerance = 4 * np.finfo(float).eps
    return float(
        optimize.brentq(
            function, lower, upper, xtol=tolerance * upper * 1e-6, rtol=tolerance, maxiter=1000
        )
    )


def _reml(y: Array, v: Array, x: Array) -> Tau2:
    """Fisher scoring from the Hedges-Olkin estimate, as in metafor's rma.uni."""
    k, p = x.shape
    forms = quadratics(y, np.ones(k), x)
    leverage = (np.linalg.qr(x)[0] ** 2).sum(axis=1)
    start = max(0.0, (forms.ypy - float((1 - leverage) @ v)) / (k - p))
    # A shorter step is metafor's own remedy (control$stepadj) when the scoring oscillates.
    for step in (1.0, 0.5, 0.25, 0.1):
        tau2 = _fisher_scoring(y, v, x, (start, step))
        if tau2 is not None:
            break
    else:
        raise ConvergenceError("the REML estimate of tau2 did not converge; try DL or PM")
    at_zero = _restricted_log_likelihood(y, v, x)
    if tau2 > 0 and at_zero - _restricted_log_likelihood(y, v + tau2, x) > _LOCAL_MAXIMUM_MARGIN:
        return Tau2(0.0, local_maximum=True)
    return Tau2(tau2)


def _fisher_scoring(y: Array, v: Array, x: Array, begin: tuple[float, float]) -> float | None:
    tau2, step = begin
    tolerance = _RELATIVE_STEP * _scale(y, v)

    def score(at: float) -> float:
        forms = quadratics(y, v + at, x)
        return forms.yppy - forms.trace_p

    previous = 0.0
    for iteration in range(1, _MAX_ITERATIONS + 1):
        forms = quadratics(y, v + tau2, x)
        change = step * (forms.yppy - forms.trace_p) / forms.trace_pp
        if tau2 == 0 and change <= 0:
            return 0.0
        # Halving, not cutting off at zero, is metafor's rule; it decides which maximum is
        # found when the likelihood has more than one.
        while tau2 + change < 0:
            change /= 2
        tau2 += change
        if abs(change) <= tolerance:
            return _settle(y, v, x, tau2)
        # On a flat likelihood the steps shrink by a constant rate close to one.  The rate says
        # where they lead; twice as far brackets the maximum that scoring would creep up to.
        if iteration % _ROUND == 0 and 0 < change / previous < 1:
            rate = change / previous
            beyond = max(0.0, tau2 + 2 * change * rate / (1 - rate))
            if score(beyond) * change < 0 < score(tau2) * change:
                return _root(score, *sorted((tau2, beyond)))
        previous = change
    return None


def _settle(y: Array, v: Array, x: Array, tau2: float) -> float:
    """Return exact zero when the halving has only crept towards the boundary."""
    if tau2 > 1e-9 * _scale(y, v):
        return tau2
    forms = quadratics(y, v, x)
    return 0.0 if forms.yppy <= forms.trace_p else tau2


def _restricted_log_likelihood(y: Array, variances: Array, x: Array) -> float:
    fit = weighted_fit(y, variances, x)
    return -0.5 * (float(np.log(variances).sum()) + fit.log_det + fit.rss)


def q_profile(y: Array, v: Array, x: Array, level: float = 0.95) -> tuple[float, float]:
    """Compute the Q-profile confidence interval of tau-squared.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Outcomes and sampling variances.
    x : ndarray, shape (k, p)
        Model matrix with the intercept first.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit, in squared units of the outcome; both NaN if k = p, and both
        zero if the interval is empty (Q is below its lower quantile even for tau2 = 0), as
        metafor's ``confint`` prints it.

    Notes
    -----
    Viechtbauer (2007), Stat Med 26:37.
    """
    k, p = x.shape
    if k <= p:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    return (
        _solve_q(y, v, x, float(special.chdtri(k - p, tail))),
        _solve_q(y, v, x, float(2 * special.gammaincinv((k - p) / 2, tail))),
    )
