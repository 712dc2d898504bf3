"""I-squared and H-squared, from tau-squared and from Cochran's Q."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livingreview.meta_analysis.weighted_least_squares import quadratics

Array = NDArray[np.float64]


def typical_variance(y: Array, v: Array, x: Array) -> float:
    """Compute the "typical" within-study variance of Higgins and Thompson.

    Parameters
    ----------
    y, v, x : ndarray
        As for `tau_squared.estimate_tau2`; k > p.

    Returns
    -------
    float
        (k - p) / trace(P), in squared units of the outcome.

    Notes
    -----
    Higgins and Thompson (2002), Stat Med 21:1539, equation 9, in the form for any number of
    moderators that metafor's ``rma.uni`` uses.
    """
    k, p = x.shape
    return (k - p) / quadratics(y, v, x).trace_p


def i2_h2_from_tau2(tau2: float, typical: float) -> tuple[float, float]:
    """Compute I2 (percent) and H2 from tau2, metafor's definition for random effects.

    Parameters
    ----------
    tau2 : float
        Between-study variance.
    typical : float
        Typical within-study variance, from `typical_variance`.

    Returns
    -------
    tuple of float
        I2 = 100 tau2 / (tau2 + typical) and H2 = 1 + tau2 / typical.
    """
    return 100 * tau2 / (tau2 + typical), 1 + tau2 / typical


def i2_h2_from_q(q: float, df: int) -> tuple[float, float]:
    """Compute I2 (percent) and H2 from Cochran's Q.

    This is the definition in the Cochrane Handbook, section 10.10.2, and the one metafor uses
    for equal-effects models.  It equals the one from tau2 when tau2 is the DerSimonian-Laird
    estimate and above zero.

    Parameters
    ----------
    q : float
        Cochran's Q.
    df : int
        Its degrees of freedom.

    Returns
    -------
    tuple of float
        I2 = 100 max(0, (Q - df) / Q) and H2 = Q / df; 0 and 1 when `df` is 0.
    """
    if df == 0:
        return 0.0, 1.0
    return (max(0.0, 100 * (q - df) / q) if q > 0 else 0.0), q / df
