"""Leave-one-out, cumulative and subgroup analyses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from livingreview.meta_analysis.errors import TooFewStudiesError
from livingreview.meta_analysis.pooling import Model, Pooled, pool
from livingreview.meta_analysis.study_rows import check_outcomes, refuse_duplicates


@dataclass(frozen=True)
class Subgroups:
    """Subgroups pooled one by one, and the test for differences between them.

    Attributes
    ----------
    levels : tuple
        Subgroup labels, in order of first appearance.
    pooled : tuple of Pooled
        One result per level, each with a between-study variance of its own.
    q_between, q_p : float
        Chi-squared statistic for subgroup differences and its p-value.
    q_df : int
        Number of subgroups less one.
    notes : tuple of str
        What a reader should know before relying on the test.
    """

    levels: tuple[object, ...]
    pooled: tuple[Pooled, ...]
    q_between: float
    q_df: int
    q_p: float
    notes: tuple[str, ...]


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    model: Model | None = None,
    study: Sequence[object] | None = None,
) -> tuple[Pooled, ...]:
    """Pool the studies again with each one left out in turn.

    Parameters
    ----------
    yi, vi, model, study
        As for `meta_analysis.pool`.

    Returns
    -------
    tuple of Pooled, length k
        Result i leaves out row i.  Equal to metafor's ``leave1out``.

    Raises
    ------
    TooFewStudiesError
        If there is only one study.
    ValueError
        As for `meta_analysis.pool`.
    """
    y, v = check_outcomes(yi, vi)
    refuse_duplicates(study, y.size)
    if y.size == 1:
        raise TooFewStudiesError("one study cannot be left out when it is the only one")
    keep = ~np.eye(y.size, dtype=bool)
    return tuple(pool(y[row], v[row], model) for row in keep)


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    model: Model | None = None,
    order: ArrayLike | None = None,
    *,
    study: Sequence[object] | None = None,
) -> tuple[Pooled, ...]:
    """Pool the first study, the first two, and so on.

    Parameters
    ----------
    yi, vi, model, study
        As for `meta_analysis.pool`.
    order : array_like, shape (k,), optional
        Values to sort by, such as years of publication; ties keep their order.  The order of
        the rows unless given.

    Returns
    -------
    tuple of Pooled, length k
        Result i pools the first i + 1 rows.  Equal to metafor's ``cumul``.

    Raises
    ------
    ValueError
        As for `meta_analysis.pool`, or if `order` has the wrong length.
    """
    y, v = check_outcomes(yi, vi)
    refuse_duplicates(study, y.size)
    rows = np.arange(y.size)
    if order is not None:
        keys = np.asarray(order)
        if keys.shape != y.shape:
            raise ValueError(f"order has shape {keys.shape} for {y.size} rows")
        rows = np.argsort(keys, kind="stable")
    return tuple(pool(y[rows[:end]], v[rows[:end]], model) for end in range(1, y.size + 1))


def subgroups(
    yi: ArrayLike,
    vi: ArrayLike,
    groups: Sequence[object],
    model: Model | None = None,
    *,
    study: Sequence[object] | None = None,
) -> Subgroups:
    """Pool each subgroup and test whether the subgroups differ.

    Parameters
    ----------
    yi, vi, model, study
        As for `meta_analysis.pool`.
    groups : sequence of length k
        Subgroup label of each row.

    Returns
    -------
    Subgroups
        The results.

    Raises
    ------
    ValueError
        As for `meta_analysis.pool`, or if there are fewer than two subgroups.

    Notes
    -----
    The test compares the subgroup estimates as if they were studies of an equal-effects model:
    Borenstein et al. (2009), chapter 19, and the Cochrane Handbook, section 10.11.3.1.  Each
    subgroup has a between-study variance of its own.  For the test with one variance common to
    all, give `meta_regression.dummy_columns` of the groups to `meta_regression`.
    """
    y, v = check_outcomes(yi, vi)
    refuse_duplicates(study, y.size)
    labels = list(groups)
    if len(labels) != y.size:
        raise ValueError(f"there are {len(labels)} subgroup labels for {y.size} rows")
    members: dict[object, list[int]] = {}
    for row, label in enumerate(labels):
        members.setdefault(label, []).append(row)
    if len(members) < 2:
        raise ValueError("a subgroup analysis needs at least two subgroups")
    pooled = tuple(pool(y[rows], v[rows], model) for rows in members.values())
    notes = tuple(
        f"Subgroup {label!r} has one study; its between-study variance is set to 0."
        for label, rows in members.items()
        if len(rows) == 1
    )
    df = len(members) - 1
    if any(result.se == 0 for result in pooled):
        notes += ("A subgroup has a standard error of zero, so the test is undefined.",)
        return Subgroups(tuple(members), pooled, math.nan, df, math.nan, notes)
    estimates = np.array([result.estimate for result in pooled])
    weights = np.array([result.se for result in pooled]) ** -2.0
    centre = float(weights @ estimates / weights.sum())
    q_between = float(weights @ (estimates - centre) ** 2)
    q_p = float(special.chdtrc(df, q_between))
    return Subgroups(tuple(members), pooled, q_between, df, q_p, notes)
