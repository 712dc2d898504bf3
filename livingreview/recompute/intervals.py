"""The p value that an effect with its 95% confidence interval implies."""

from __future__ import annotations

import math

from scipy.special import ndtr, stdtr, stdtrit

from livingreview.intervals import LEVEL
from livingreview.recompute.spans import Rounded, shown_p, with_minus
from livingreview.recompute.verdicts import Finding

RATIOS = ("odds ratio", "risk ratio", "hazard ratio", "fold of comparator")
DIFFERENCES = ("difference", "mean difference", "standardised mean difference")
_NORMAL = math.inf


def interval_tests(
    effect: Rounded, limits: tuple[Rounded, Rounded], ratio: bool, df: int | None = None
) -> list[Finding]:
    """Compute p from an effect and its 95% interval.

    Parameters
    ----------
    effect : Rounded
        The effect as printed.
    limits : (Rounded, Rounded)
        Lower and upper limit.
    ratio : bool
        Whether to take logarithms first.
    df : int, optional
        Degrees of freedom; adds the test for an interval made with Student's t, which is wider
        than the normal one in small groups.

    Returns
    -------
    list of Finding
        z = effect × 2 × 1.96 / (high - low) and its two-sided p (Altman and Bland 2011, BMJ
        343:d2304); the ends over all numbers that round to the printed ones.

    Raises
    ------
    ValueError
        If the limits are not in ascending order, the effect lies outside them whatever the
        rounding, or a ratio is not above zero.
    """
    low, high = limits
    if ratio and min(effect.value, low.value, high.value) <= 0:
        raise ValueError("a ratio or its limit is not above zero")
    if low.value >= high.value:
        raise ValueError("the limits are not in ascending order")
    if effect.high < low.low or effect.low > high.high:
        raise ValueError("the effect lies outside its interval")
    kinds = [("z from the interval", _NORMAL)]
    if df is not None and not ratio:
        kinds.append(("t from the interval", float(df)))
    return [_finding(name, effect, limits, (ratio, df_)) for name, df_ in kinds]


def _finding(
    name: str, effect: Rounded, limits: tuple[Rounded, Rounded], kind: tuple[bool, float]
) -> Finding:
    ratio, df = kind

    def scale(value: float) -> float:
        if not ratio:
            return value
        return math.log(value) if value > 0 else -math.inf

    low, high = limits
    ends = scale(effect.low), scale(effect.high)
    nearest = 0.0 if ends[0] <= 0 <= ends[1] else min(map(abs, ends))
    narrow = scale(high.low) - scale(low.high)
    wide = scale(high.high) - scale(low.low)
    value = _p(scale(effect.value), scale(high.value) - scale(low.value), df)
    sign = "ln " if ratio else ""
    texts = [with_minus(sign + printed.text) for printed in (effect, high, low)]
    line = (
        f"{name[0]} = {texts[0]} × 2 × {_quantile(df):.3g} / ({texts[1]} − {texts[2]}); "
        f"p = {shown_p(value)}"
    )
    return Finding(name, value, _p(max(map(abs, ends)), narrow, df), _p(nearest, wide, df), line)


def _quantile(df: float) -> float:
    return float(stdtrit(df, 0.5 + LEVEL / 2))


def _p(effect: float, width: float, df: float) -> float:
    """Two-sided p; an interval of no width leaves none but 0, one without limit gives 1."""
    if effect == 0 or math.isinf(width):
        return 1.0
    if width <= 0 or math.isinf(effect):
        return 0.0
    statistic = abs(effect) * 2 * _quantile(df) / width
    return float(2 * (ndtr(-statistic) if math.isinf(df) else stdtr(df, -statistic)))
