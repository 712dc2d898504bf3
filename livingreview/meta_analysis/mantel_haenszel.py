"""The Mantel-Haenszel method for two-by-two tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from livingreview.effect_sizes.binary import TwoByTwo, effect_sizes
from livingreview.meta_analysis.heterogeneity import i2_h2_from_q
from livingreview.meta_analysis.study_rows import refuse_duplicates


@dataclass(frozen=True)
class MantelHaenszel:
    """A Mantel-Haenszel estimate; every number is a plain float.

    Attributes
    ----------
    measure : str
        "RR", "OR" or "RD".
    k, k_yi : int
        Number of tables, and of those with an outcome of their own (double-zero tables have
        none and do not count towards Q).
    estimate, se, ci_low, ci_high, p : float
        Log risk ratio, log odds ratio or risk difference, with Wald limits and p-value; NaN if
        one arm has no events in any table.
    q, q_df, q_p, i2, h2 : float, int, float, float, float
        Heterogeneity of the study outcomes about the estimate.
    cmh, cmh_p : float
        Cochran-Mantel-Haenszel test with continuity correction; NaN unless OR.
    bd, bd_p, tarone, tarone_p : float
        Breslow-Day test of homogeneity, and with Tarone's correction; NaN unless OR.
    """

    measure: str
    k: int
    k_yi: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p: float
    q: float
    q_df: int
    q_p: float
    i2: float
    h2: float
    cmh: float = math.nan
    cmh_p: float = math.nan
    bd: float = math.nan
    bd_p: float = math.nan
    tarone: float = math.nan
    tarone_p: float = math.nan


def mantel_haenszel(
    table: TwoByTwo,
    measure: Literal["RR", "OR", "RD"] = "RR",
    level: float = 0.95,
    study: Sequence[object] | None = None,
) -> MantelHaenszel:
    """Pool two-by-two tables by the Mantel-Haenszel method.

    Parameters
    ----------
    table : TwoByTwo
        Events and group sizes, arrays of length k.
    measure : {"RR", "OR", "RD"}
        Effect measure.
    level : float
        Confidence level.
    study : sequence of length k, optional
        Study labels; a label that occurs twice is refused.

    Returns
    -------
    MantelHaenszel
        The pooled result.

    Raises
    ------
    ValueError
        If `measure` or `level` is not admissible.
    DuplicateStudyError
        If a study label occurs twice.

    Notes
    -----
    Variances: Greenland and Robins (1985), Biometrics 41:55 (RR); Robins, Breslow and
    Greenland (1986), Biometrics 42:311 (OR); Sato, Greenland and Robins (1989), Biometrics
    45:1323 (RD).  metafor's ``rma.mh`` with its defaults: nothing is added to the cells for the
    estimate; for Q, 0.5 is added to tables with a zero cell and double-zero tables are left
    out.
    """
    if measure not in ("RR", "OR", "RD"):
        raise ValueError(f"measure must be RR, OR or RD, not {measure!r}")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, not {level!r}")
    refuse_duplicates(study, table.ai.size)
    estimate, se = {"RR": _risk_ratio, "OR": _odds_ratio, "RD": _risk_difference}[measure](table)
    half_width = float(-special.ndtri((1 - level) / 2)) * se
    stat = abs(estimate / se) if se > 0 else math.nan
    outcomes = effect_sizes(table, measure, drop00=True)
    used = ~np.isnan(outcomes.yi)
    k_yi = int(used.sum())
    q, q_p, i2, h2 = 0.0, 1.0, 0.0, 1.0
    if k_yi > 1:
        q = float((((outcomes.yi - estimate) ** 2) / outcomes.vi)[used].sum())
        q_p = float(special.chdtrc(k_yi - 1, q))
        i2, h2 = i2_h2_from_q(q, k_yi - 1)
    return MantelHaenszel(
        measure=measure,
        k=int(table.ai.size),
        k_yi=k_yi,
        estimate=estimate,
        se=se,
        ci_low=estimate - half_width,
        ci_high=estimate + half_width,
        p=float(2 * special.ndtr(-stat)),
        q=q,
        q_df=max(0, k_yi - 1),
        q_p=q_p,
        i2=i2,
        h2=h2,
        **(_odds_ratio_tests(table, estimate) if measure == "OR" else {}),
    )


def _risk_ratio(table: TwoByTwo) -> tuple[float, float]:
    a, n1, c, n2 = table.ai, table.n1i, table.ci, table.n2i
    n = n1 + n2
    r, s = float((a * n2 / n).sum()), float((c * n1 / n).sum())
    if r == 0 or s == 0:
        return math.nan, math.nan
    total = float((n1 * n2 * (a + c) / n**2 - a * c / n).sum())
    return math.log(r / s), math.sqrt(total / (r * s))


def _odds_ratio(table: TwoByTwo) -> tuple[float, float]:
    a, b, c, d = table.cells
    n = table.n1i + table.n2i
    p, q = (a + d) / n, (b + c) / n
    r, s = a * d / n, b * c / n
    big_r, big_s = float(r.sum()), float(s.sum())
    if big_r == 0 or big_s == 0:
        return math.nan, math.nan
    variance = 0.5 * float(
        (p * r).sum() / big_r**2
        + (p * s + q * r).sum() / (big_r * big_s)
        + (q * s).sum() / big_s**2
    )
    return math.log(big_r / big_s), math.sqrt(variance)


def _risk_difference(table: TwoByTwo) -> tuple[float, float]:
    a, n1, c, n2 = table.ai, table.n1i, table.ci, table.n2i
    n = n1 + n2
    weight = float((n1 * n2 / n).sum())
    estimate = float((a * n2 / n - c * n1 / n).sum()) / weight
    first = float((c * (n1 / n) ** 2 - a * (n2 / n) ** 2 + n1 * n2 * (n2 - n1) / (2 * n**2)).sum())
    second = float((a * (n2 - c) / n + c * (n1 - a) / n).sum()) / 2
    variance = (estimate * first + second) / weight**2
    # The variance is zero, up to rounding, when no table has both events and non-events.
    return estimate, math.sqrt(max(0.0, variance))


def _odds_ratio_tests(table: TwoByTwo, log_odds_ratio: float) -> dict[str, float]:
    a, n1, n2 = table.ai, table.n1i, table.n2i
    n, events = n1 + n2, table.ai + table.ci
    others = n - events
    tests: dict[str, float] = {}
    if events.sum() > 0 and others.sum() > 0:
        difference = abs(float((a - n1 / n * events).sum())) - 0.5
        variance = float((n1 * n2 * events * others / (n**2 * (n - 1))).sum())
        tests["cmh"] = difference**2 / variance
        tests["cmh_p"] = float(special.chdtrc(1, tests["cmh"]))
    if math.isnan(log_odds_ratio):
        return tests
    expected = _fitted_events(table, math.exp(log_odds_ratio))
    use = (expected > 0) & (events > 0) & (others > 0)
    cells = (expected, n1 - expected, events - expected, n2 - events + expected)
    information = 1 / sum(1 / cell[use] for cell in cells)
    excess = (a - expected)[use]
    tests["bd"] = float((excess**2 / information).sum())
    tests["tarone"] = max(0.0, tests["bd"] - float(excess.sum()) ** 2 / float(information.sum()))
    df = int(use.sum()) - 1
    if df > 0:
        tests["bd_p"] = float(special.chdtrc(df, tests["bd"]))
        tests["tarone_p"] = float(special.chdtrc(df, tests["tarone"]))
    return tests


def _fitted_events(table: TwoByTwo, odds_ratio: float) -> np.ndarray:
    """Events in the first arm that the margins and the odds ratio imply."""
    n1, n2, events = table.n1i, table.n2i, table.ai + table.ci
    if odds_ratio == 1:
        return n1 * events / (n1 + n2)
    a = odds_ratio * (n1 + events) + (n2 - events)
    root = np.sqrt(a**2 - 4 * n1 * events * odds_ratio * (odds_ratio - 1))
    return (a - root) / (2 * (odds_ratio - 1))
