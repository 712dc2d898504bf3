"""Rows of a meta-analysis: checking them, and combining several rows of one study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from livingreview.meta_analysis.errors import DuplicateStudyError

Array = NDArray[np.float64]


def check_outcomes(yi: ArrayLike, vi: ArrayLike) -> tuple[Array, Array]:
    """Check observed outcomes and their sampling variances.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Observed outcomes, on the analysis scale (log ratios, differences, ...).
    vi : array_like, shape (k,)
        Sampling variances, in squared units of `yi`.

    Returns
    -------
    tuple of ndarray
        `yi` and `vi` as arrays of floats.

    Raises
    ------
    ValueError
        If there are no rows, the lengths differ, a value is not finite, or a variance is not
        above zero.  metafor admits a zero variance for some methods; here it is refused,
        because a study without sampling error would take all the weight.
    """
    y = np.asarray(yi, dtype=float)
    v = np.asarray(vi, dtype=float)
    if y.ndim != 1 or v.ndim != 1 or y.shape != v.shape:
        raise ValueError(
            f"yi and vi must be one-dimensional and of one length, not {y.shape} and {v.shape}"
        )
    if y.size == 0:
        raise ValueError("there are no studies to pool")
    for name, values in (("yi", y), ("vi", v)):
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            raise ValueError(f"{name}[{bad[0]}] is {values[bad[0]]}; it must be a finite number")
    bad = np.flatnonzero(v <= 0)
    if bad.size:
        raise ValueError(f"vi[{bad[0]}] is {v[bad[0]]}; a sampling variance must be above zero")
    return y, v


def refuse_duplicates(study: Sequence[object] | None, k: int) -> None:
    """Refuse two rows that carry the same study label.

    Parameters
    ----------
    study : sequence of length k, or None
        Study labels; None means that the caller vouches for one row per study.
    k : int
        Number of rows.

    Raises
    ------
    ValueError
        If the number of labels is not `k`.
    DuplicateStudyError
        If a label occurs more than once.  The rows of one study share participants or at least
        a research team, so counting them as independent would overstate the evidence.
    """
    if study is None:
        return
    labels = list(study)
    if len(labels) != k:
        raise ValueError(f"there are {len(labels)} study labels for {k} rows")
    repeated = [label for label, count in Counter(labels).items() if count > 1]
    if repeated:
        names = ", ".join(repr(label) for label in repeated[:5])
        raise DuplicateStudyError(
            f"{len(repeated)} study label(s) occur on more than one row: {names}; keep one row "
            "per study, or combine them first with combine_rows(), which asks how"
        )


def combine_rows(
    yi: ArrayLike,
    vi: ArrayLike,
    study: Sequence[object],
    how: Literal["independent"] | float,
) -> tuple[Array, Array, tuple[object, ...]]:
    """Combine the rows of each study into one row, in the way the caller names.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Observed outcomes and sampling variances.
    study : sequence of length k
        Study labels; rows with equal labels are combined.
    how : {"independent"} or float
        ``"independent"``: the rows share no participants (men and women, two sites).  They are
        pooled with inverse-variance weights.
        A number between -1 and 1: the rows share participants and their sampling errors have
        this correlation (two outcomes, two time points).  The rows are averaged without
        weights, and the variance of the average allows for the correlation.

    Returns
    -------
    yi, vi : ndarray, shape (m,)
        One row per study, in order of first appearance.
    labels : tuple of length m
        The study labels.

    Raises
    ------
    ValueError
        If the lengths differ, `how` is neither of the two, or the implied variance is zero.

    Notes
    -----
    Borenstein M, Hedges LV, Higgins JPT, Rothstein HR (2009), Introduction to Meta-Analysis,
    chapters 23 (independent subgroups) and 24 (multiple outcomes).  The results equal those of
    metafor's ``aggregate(struct = "ID")`` and ``aggregate(rho = how, weighted = FALSE)``.
    """
    y, v = check_outcomes(yi, vi)
    labels = list(study)
    if len(labels) != y.size:
        raise ValueError(f"there are {len(labels)} study labels for {y.size} rows")
    if how != "independent" and (isinstance(how, (str, bool)) or not -1 <= float(how) <= 1):
        raise ValueError(f"how must be 'independent' or a correlation from -1 to 1, not {how!r}")
    members: dict[object, list[int]] = {}
    for row, label in enumerate(labels):
        members.setdefault(label, []).append(row)
    out_y, out_v = [], []
    for label, rows in members.items():
        if how == "independent":
            weights = 1 / v[rows]
            out_y.append(float(weights @ y[rows] / weights.sum()))
            out_v.append(float(1 / weights.sum()))
            continue
        se = np.sqrt(v[rows])
        # Diagonal terms have correlation one, the others `how`.
        total = float(how) * se.sum() ** 2 + (1 - float(how)) * v[rows].sum()
        if total <= 0:
            raise ValueError(
                f"a correlation of {how} leaves the average of study {label!r} no variance"
            )
        out_y.append(float(y[rows].mean()))
        out_v.append(float(total / len(rows) ** 2))
    return np.array(out_y), np.array(out_v), tuple(members)
