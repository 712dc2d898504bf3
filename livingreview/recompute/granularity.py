"""Whether a mean and an SD of whole numbers can exist: GRIM, GRIMMER and DEBIT."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from livingreview.printed import decimals
from livingreview.recompute.spans import Rounded


@dataclass(frozen=True)
class Possible:
    """Whether a printed value can exist, and the values nearest to it that can.

    Attributes
    ----------
    agrees : bool
        Whether a possible value rounds to the printed one.
    nearest, low, high : float
        The possible value nearest to the printed one, and the nearest on either side of it
        (equal to `nearest` where it is the printed value itself or no other exists).
    """

    agrees: bool
    nearest: float
    low: float
    high: float


def granular(text: str, n: int) -> bool:
    """Whether means of n whole numbers are too sparse to give every printed number.

    Brown and Heathers (2017): n must be below 10 to the power of the decimals.
    """
    return n < 10 ** decimals(text)


def _sums(mean: Rounded, n: int) -> range:
    """Return the sums of n whole numbers whose mean rounds to the printed one."""
    low, high = mean.exact
    return range(max(0, math.ceil(low * n)), math.floor(high * n) + 1)


def _nearest(values: list[float], target: float) -> tuple[float, float, float]:
    """Return the value nearest to a target, and the nearest on either side."""
    nearest = min(values, key=lambda v: (abs(v - target), v))
    below = [v for v in values if v <= target] or [nearest]
    above = [v for v in values if v >= target] or [nearest]
    return nearest, max(below), min(above)


def grim(mean: Rounded, n: int) -> Possible:
    """Test whether n whole numbers, none below zero, can have a printed mean.

    Parameters
    ----------
    mean : Rounded
        The mean as printed.
    n : int
        Number of values, at least 1.

    Returns
    -------
    Possible
        Granularity-related inconsistency of means (Brown and Heathers 2017, Soc Psychol Personal
        Sci 8:363): a whole sum divided by n must round, up or down at a half, to the mean.
    """
    around = round(mean.value * n)
    means = [s / n for s in range(max(0, around - 1), around + 2)]
    return Possible(bool(_sums(mean, n)), *_nearest(means, mean.value))


def _squares(total: int, n: int) -> range:
    """Return the sums of squares that n whole numbers of a given sum may have.

    Each square is odd as its number is, so the sum of squares is odd as the sum is. It is least
    where the numbers are as equal as can be, and largest where one of them holds the whole sum.
    """
    each, left = divmod(total, n)
    least = left * (each + 1) ** 2 + (n - left) * each**2
    return range(least, total**2 + 1, 2)


def _sd(squares: int, total: int, n: int) -> float:
    return math.sqrt((squares - Fraction(total**2, n)) / (n - 1))


def grimmer(mean: Rounded, sd: Rounded, n: int) -> Possible:
    """Test whether n whole numbers, none below zero, can have a printed mean and SD.

    Parameters
    ----------
    mean, sd : Rounded
        Mean and standard deviation (with n - 1) as printed.
    n : int
        Number of values, at least 2.

    Returns
    -------
    Possible
        Of the SD. A rejection is certain; in very small groups a few SDs pass that no sample has.

    Raises
    ------
    ValueError
        If the mean itself is not possible.

    Notes
    -----
    Anaya (2016, PeerJ Preprints 4:e2400v1) in the analytic form of Allard (2018): some sum of
    squares Q with Q = (n - 1) SD² + S²/n, S being the sum, must be a whole number, odd as S is.
    Bounds on Q are added here, as counts are not below zero.
    """
    sums = _sums(mean, n)
    if not sums:
        raise ValueError(f"no {n} whole numbers have the mean {mean.text}")
    low, high = max(Fraction(0), sd.exact[0]), sd.exact[1]
    agrees, values = False, []
    for total in sums:
        squares, centre = _squares(total, n), Fraction(total**2, n)
        first, last = (n - 1) * low**2 + centre, (n - 1) * high**2 + centre
        step = max(0, math.ceil((first - squares.start) / 2))
        agrees |= step < len(squares) and squares[step] <= last
        middle = math.floor(((n - 1) * Fraction(sd.value) ** 2 + centre - squares.start) / 2)
        steps = {min(max(0, middle + i), len(squares) - 1) for i in (-1, 0, 1)}
        values += [_sd(squares[i], total, n) for i in sorted(steps)]
    return Possible(agrees, *_nearest(values, sd.value))


def debit(mean: Rounded, sd: Rounded, n: int, scale: int = 1) -> Possible:
    """Test whether n values of 0 or 1 can have a printed mean and SD.

    Parameters
    ----------
    mean, sd : Rounded
        Mean and standard deviation (with n - 1) as printed, from 0 to `scale`.
    n : int
        Number of values, at least 2.
    scale : int
        1, or 100 for percentages.

    Returns
    -------
    Possible
        Of the SD.

    Raises
    ------
    ValueError
        If no number of ones gives the mean.

    Notes
    -----
    Heathers and Brown (2019, DEBIT): SD² = p (1 - p) n / (n - 1), here for each whole number of
    ones whose share p rounds to the mean.
    """
    low, high = mean.exact
    ones = range(max(0, math.ceil(low * n / scale)), min(n, math.floor(high * n / scale)) + 1)
    if not ones:
        raise ValueError(f"no whole number of {n} gives the mean {mean.text}")
    squared = [scale**2 * Fraction(k * (n - k), n * (n - 1)) for k in ones]
    least, most = max(Fraction(0), sd.exact[0]), sd.exact[1]
    agrees = any(least**2 <= value <= most**2 for value in squared)
    return Possible(agrees, *_nearest([math.sqrt(v) for v in squared], sd.value))
