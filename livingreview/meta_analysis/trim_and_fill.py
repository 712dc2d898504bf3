"""The trim-and-fill method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from livingreview.meta_analysis import mixed_model
from livingreview.meta_analysis.egger import standard_error_matrix
from livingreview.meta_analysis.errors import ConvergenceError, TooFewStudiesError
from livingreview.meta_analysis.pooling import Model, Pooled, pool
from livingreview.meta_analysis.study_rows import check_outcomes, refuse_duplicates

Array = NDArray[np.float64]

_MAX_TRIMMING_ROUNDS = 100


@dataclass(frozen=True)
class TrimAndFill:
    """Result of the trim-and-fill method.

    Attributes
    ----------
    k0 : int
        Estimated number of missing studies.
    se_k0 : float
        Its standard error; NaN where the variance formula turns negative.
    side : str
        Side of the funnel on which studies are missing, "left" or "right".
    filled_yi, filled_vi : tuple of float
        The imputed studies.
    pooled : Pooled
        Result with the imputed studies included; a sensitivity analysis, not a correction.
    """

    k0: int
    se_k0: float
    side: str
    filled_yi: tuple[float, ...]
    filled_vi: tuple[float, ...]
    pooled: Pooled


def trim_and_fill(
    yi: ArrayLike,
    vi: ArrayLike,
    model: Model | None = None,
    side: Literal["left", "right"] | None = None,
    *,
    study: Sequence[object] | None = None,
) -> TrimAndFill:
    """Estimate the number of missing studies (estimator L0) and fill them in.

    Parameters
    ----------
    yi, vi, model, study
        As for `meta_analysis.pool`.
    side : {"left", "right"}, optional
        Side on which studies are thought to be missing.  Unless given, it is the side that
        the regression on the standard error points to, as in metafor.

    Returns
    -------
    TrimAndFill
        The result.

    Raises
    ------
    TooFewStudiesError
        If there is one study, or there are two and `side` is not given.
    ConvergenceError
        If trimming does not settle.
    ValueError
        As for `meta_analysis.pool`.

    Notes
    -----
    Duval and Tweedie (2000), Biometrics 56:455; metafor's ``trimfill``.  metafor refits with
    Wald intervals whatever the test of the model; here the model that was given is refitted.
    """
    model = model or Model()
    y, v = check_outcomes(yi, vi)
    refuse_duplicates(study, y.size)
    if y.size < 2 or (side is None and y.size < 3):
        raise TooFewStudiesError(f"trim-and-fill is not defined for {y.size} study or studies")
    if side is None:
        wald = Model(model.method)
        slope = float(mixed_model.fit(y, v, standard_error_matrix(v), wald).beta[1])
        side = "right" if slope < 0 else "left"
    elif side not in ("left", "right"):
        raise ValueError(f"side must be 'left' or 'right', not {side!r}")
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    ordered_y, ordered_v = sign * y[order], v[order]
    k0, se_k0, centre = _trim(ordered_y, ordered_v, model)
    last = slice(y.size - k0, y.size)
    filled_y = sign * (2 * centre - ordered_y[last])
    filled_v = ordered_v[last]
    return TrimAndFill(
        k0=k0,
        se_k0=se_k0,
        side=side,
        filled_yi=tuple(filled_y.tolist()),
        filled_vi=tuple(filled_v.tolist()),
        pooled=pool(np.append(y, filled_y), np.append(v, filled_v), model),
    )


def _trim(y: Array, v: Array, model: Model) -> tuple[int, float, float]:
    """Iterate the L0 estimator on outcomes in ascending order."""
    k = y.size
    k0, previous = 0, -1
    se_k0 = centre = math.nan
    rounds = 0
    while k0 != previous:
        rounds += 1
        if rounds > _MAX_TRIMMING_ROUNDS:
            raise ConvergenceError("the trim-and-fill algorithm did not converge")
        previous = k0
        kept = slice(0, k - k0)
        centre = pool(y[kept], v[kept], Model(model.method)).estimate
        deviation = y - centre
        ranks = np.empty(k)
        ranks[np.argsort(np.abs(deviation), kind="stable")] = np.arange(1, k + 1)
        rank_sum = float(ranks[deviation > 0].sum())
        raw = (4 * rank_sum - k * (k + 1)) / (2 * k - 1)
        variance = (
            k * (k + 1) * (2 * k + 1)
            + 10 * raw**3
            + 27 * raw**2
            + 17 * raw
            - 18 * k * raw**2
            - 18 * k * raw
            + 6 * k**2 * raw
        ) / 24
        se_k0 = 4 * math.sqrt(variance) / (2 * k - 1) if variance >= 0 else math.nan
        k0 = max(0, round(raw))
    return k0, se_k0, centre
