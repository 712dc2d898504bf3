"""Numbers needed to treat, with intervals that may pass through infinity."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livingreview.effect_sizes.binary import TwoByTwo
from livingreview.effect_sizes.score_intervals import newcombe_rd

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NumberNeededToTreat:
    """Number needed to treat, for one study.

    Attributes
    ----------
    estimate : float
        1 / |risk difference|; infinite if the difference is zero.
    direction : str
        "benefit" (NNTB), "harm" (NNTH), or "none" if the difference is zero.
    limits : tuple of (float, str)
        Both limits with the direction of each, in the order of the risk difference from most
        benefit to most harm.
    through_infinity : bool
        True if the interval of the risk difference includes zero.  The limits then do not
        enclose the interval: it runs from one limit through infinity to the other.
    text : str
        The result in words, in the notation of Altman.
    """

    estimate: float
    direction: str
    limits: tuple[tuple[float, str], tuple[float, str]]
    through_infinity: bool
    text: str


def number_needed_to_treat(
    table: TwoByTwo,
    level: float = 0.95,
    method: Callable[[TwoByTwo, float], tuple[Array, Array]] = newcombe_rd,
    event_is_harmful: bool = True,
) -> tuple[NumberNeededToTreat, ...]:
    """Compute numbers needed to treat with intervals that may pass through infinity.

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes, treatment first.
    level : float
        Confidence level.
    method : callable
        Interval of the risk difference; Newcombe's unless given.
    event_is_harmful : bool
        Whether the event is something to be avoided.

    Returns
    -------
    tuple of NumberNeededToTreat, length k
        One result per study.

    Raises
    ------
    ValueError
        If `level` is out of range.

    Notes
    -----
    Altman (1998), BMJ 317:1309: the limits are the inverses of those of the risk difference;
    if these enclose zero, the interval goes from NNTB through infinity to NNTH.
    """
    sign = -1.0 if event_is_harmful else 1.0
    observed = sign * (table.ai / table.n1i - table.ci / table.n2i)
    low, high = method(table, level)
    benefit = np.maximum(sign * low, sign * high).tolist()
    harm = np.minimum(sign * low, sign * high).tolist()
    return tuple(
        _describe(*values) for values in zip(observed.tolist(), benefit, harm, strict=True)
    )


def _inverse(gain: float) -> tuple[float, str]:
    if gain == 0:
        return math.inf, "none"
    return 1 / abs(gain), "benefit" if gain > 0 else "harm"


def _describe(observed: float, benefit: float, harm: float) -> NumberNeededToTreat:
    estimate, direction = _inverse(observed)
    limits = (_inverse(benefit), _inverse(harm))
    through = harm <= 0 <= benefit
    names = {"benefit": "NNTB", "harm": "NNTH", "none": "NNT"}

    def say(value: tuple[float, str]) -> str:
        return f"{names[value[1]]} {'infinity' if math.isinf(value[0]) else f'{value[0]:.1f}'}"

    if through:
        span = f"{say(limits[1])} to infinity to {say(limits[0])}"
    else:
        span = f"{say(limits[0])} to {say(limits[1])}"
    text = f"{say((estimate, direction))} ({span})"
    return NumberNeededToTreat(estimate, direction, limits, through, text)
