"""Outcomes of two-by-two tables and of single proportions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from livingreview.effect_sizes.outcome import EffectSizes, columns_of_one_length, refuse

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TwoByTwo:
    """Events and group sizes of k studies with two arms.

    Attributes
    ----------
    ai, n1i : array_like, shape (k,)
        Number of events and of participants in the first (treatment) arm.
    ci, n2i : array_like, shape (k,)
        The same for the second (control) arm.

    Raises
    ------
    ValueError
        If a count is not a whole number, is negative, or exceeds its group, or a group is
        empty.
    """

    ai: Array
    n1i: Array
    ci: Array
    n2i: Array

    def __post_init__(self) -> None:
        """Check the counts and store them as arrays."""
        arrays = columns_of_one_length(ai=self.ai, n1i=self.n1i, ci=self.ci, n2i=self.n2i)
        for name, values in arrays.items():
            refuse(name, values, values != np.floor(values), "must be a whole number")
            object.__setattr__(self, name, values)
        for events, size in (("ai", "n1i"), ("ci", "n2i")):
            _check_events(events, arrays[events], size, arrays[size])

    @property
    def cells(self) -> tuple[Array, Array, Array, Array]:
        """Cells a, b, c, d: events and non-events of the first, then of the second arm."""
        return self.ai, self.n1i - self.ai, self.ci, self.n2i - self.ci


def _check_events(name: str, events: Array, size_name: str, size: Array) -> None:
    refuse(size_name, size, size < 1, "must be at least 1")
    refuse(name, events, events < 0, "must not be negative")
    refuse(name, events, events > size, f"must not be larger than {size_name}")


def _corrected_cells(table: TwoByTwo) -> tuple[Array, Array, Array, Array]:
    """Add 0.5 to every cell of the tables that have a zero cell (to = "only0")."""
    a, b, c, d = table.cells
    half = np.where((a == 0) | (b == 0) | (c == 0) | (d == 0), 0.5, 0.0)
    return a + half, b + half, c + half, d + half


def effect_sizes(table: TwoByTwo, measure: str, drop00: bool = False) -> EffectSizes:
    """Compute log risk ratios, log odds ratios or risk differences.

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes.
    measure : {"RR", "OR", "RD"}
        Effect measure.
    drop00 : bool
        Whether tables without events in both arms, or without non-events in both arms, get
        NaN.  By default they are kept, as in metafor's ``escalc``, and 0.5 is added to their
        cells as to those of any other table with a zero cell.

    Returns
    -------
    EffectSizes
        Outcomes and variances.

    Raises
    ------
    ValueError
        If `measure` is not one of the three.

    Notes
    -----
    metafor's ``escalc`` with ``add = 1/2, to = "only0"``, its default for all three measures,
    and large-sample variances (``vtype = "LS"``).  The same rule serves outcome and variance.
    """
    a, b, c, d = _corrected_cells(table)
    n1, n2 = a + b, c + d
    if measure == "RR":
        yi = np.log(a / n1) - np.log(c / n2)
        vi = 1 / a - 1 / n1 + 1 / c - 1 / n2
    elif measure == "OR":
        yi = np.log(a / b) - np.log(c / d)
        vi = 1 / a + 1 / b + 1 / c + 1 / d
    elif measure == "RD":
        yi = a / n1 - c / n2
        vi = a * b / n1**3 + c * d / n2**3
    else:
        raise ValueError(f"measure must be RR, OR or RD, not {measure!r}")
    if drop00:
        events, others = table.cells[0] + table.cells[2], table.cells[1] + table.cells[3]
        empty = (events == 0) | (others == 0)
        yi, vi = np.where(empty, np.nan, yi), np.where(empty, np.nan, vi)
    return EffectSizes(measure, yi, vi)


def log_risk_ratio(table: TwoByTwo) -> EffectSizes:
    """Compute log risk ratios (metafor's "RR").

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes.

    Returns
    -------
    EffectSizes
        Natural logarithms of risk ratios, and variances; see `effect_sizes` for zero cells.
    """
    return effect_sizes(table, "RR")


def log_odds_ratio(table: TwoByTwo) -> EffectSizes:
    """Compute log odds ratios (metafor's "OR").

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes.

    Returns
    -------
    EffectSizes
        Natural logarithms of odds ratios, and variances; see `effect_sizes` for zero cells.
    """
    return effect_sizes(table, "OR")


def risk_difference(table: TwoByTwo) -> EffectSizes:
    """Compute risk differences (metafor's "RD").

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes.

    Returns
    -------
    EffectSizes
        Risk differences between -1 and 1, and variances; see `effect_sizes` for zero cells.
    """
    return effect_sizes(table, "RD")


def logit_proportion(xi: ArrayLike, ni: ArrayLike) -> EffectSizes:
    """Compute logit-transformed proportions (metafor's "PLO").

    Parameters
    ----------
    xi : array_like, shape (k,)
        Number of events.
    ni : array_like, shape (k,)
        Number of participants.

    Returns
    -------
    EffectSizes
        Log odds, and variances.  Where all or none had the event, 0.5 is added to both counts.

    Raises
    ------
    ValueError
        If a count is not whole, is negative, or exceeds its group, or a group is empty.

    Notes
    -----
    metafor's ``escalc(measure = "PLO")``.
    """
    arrays = columns_of_one_length(xi=xi, ni=ni)
    for name, values in arrays.items():
        refuse(name, values, values != np.floor(values), "must be a whole number")
    _check_events("xi", arrays["xi"], "ni", arrays["ni"])
    events, others = arrays["xi"], arrays["ni"] - arrays["xi"]
    half = np.where((events == 0) | (others == 0), 0.5, 0.0)
    events, others = events + half, others + half
    return EffectSizes("PLO", np.log(events / others), 1 / events + 1 / others)
