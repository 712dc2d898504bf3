"""The result that every effect-size function returns, and checks they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]


@dataclass(frozen=True)
class EffectSizes:
    """Observed outcomes and their sampling variances.

    Attributes
    ----------
    measure : str
        metafor's name of the measure, such as "RR" (whose outcomes are log risk ratios).
    yi : ndarray, shape (k,)
        Observed outcomes on the analysis scale.
    vi : ndarray, shape (k,)
        Sampling variances, in squared units of `yi`.
    """

    measure: str
    yi: Array
    vi: Array

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Compute Wald confidence intervals.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        tuple of ndarray, each of shape (k,)
            Lower and upper limits on the analysis scale.

        Raises
        ------
        ValueError
            If `level` is not between 0 and 1.
        """
        half_width = normal_quantile(level) * np.sqrt(self.vi)
        return self.yi - half_width, self.yi + half_width


def normal_quantile(level: float) -> float:
    """Compute the two-sided standard normal quantile of a confidence level.

    Parameters
    ----------
    level : float
        Confidence level.

    Returns
    -------
    float
        The quantile, about 1.96 for 0.95.

    Raises
    ------
    ValueError
        If `level` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, not {level!r}")
    return float(-special.ndtri((1 - level) / 2))


def columns_of_one_length(**columns: ArrayLike) -> dict[str, Array]:
    """Turn columns into float arrays of one length, refusing what is not a finite number.

    Parameters
    ----------
    **columns : array_like, shape (k,) or scalar
        Columns by name; scalars become arrays of length one.

    Returns
    -------
    dict of str to ndarray, shape (k,)
        The columns.

    Raises
    ------
    ValueError
        If lengths differ or a value is not finite; the message names column and row.
    """
    arrays = {name: np.atleast_1d(np.asarray(value, float)) for name, value in columns.items()}
    if len({array.shape for array in arrays.values()}) > 1 or any(
        array.ndim != 1 for array in arrays.values()
    ):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"columns must be one-dimensional and of one length: {shapes}")
    for name, array in arrays.items():
        refuse(name, array, ~np.isfinite(array), "must be a finite number")
    return arrays


def refuse(name: str, values: Array, bad: NDArray[np.bool_], rule: str) -> None:
    """Raise an error that names the first bad value of a column.

    Parameters
    ----------
    name : str
        Name of the column.
    values : ndarray, shape (k,)
        The column.
    bad : ndarray of bool, shape (k,)
        Which values break the rule.
    rule : str
        The rule, as the end of a sentence.

    Raises
    ------
    ValueError
        If any value is bad.
    """
    rows = np.flatnonzero(bad)
    if rows.size:
        raise ValueError(f"{name}[{rows[0]}] is {values[rows[0]]:g}; it {rule}")
