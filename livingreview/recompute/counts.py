"""Tests and the correlation from the events of two groups."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import chdtrc

from livingreview.recompute.spans import shown_p, shown_r, with_minus
from livingreview.recompute.verdicts import Finding

# R's fisher.test counts a table as no more likely than the one seen up to one part in so many.
_R_TOLERANCE = 10**7


@dataclass(frozen=True)
class Counts:
    """Events and size of one group: whole numbers, with 0 <= events <= n and n of at least 1."""

    events: int
    n: int


def _cells(first: Counts, second: Counts) -> tuple[int, int, int, int]:
    return first.events, first.n - first.events, second.events, second.n - second.events


def chi_square(first: Counts, second: Counts, yates: bool) -> tuple[float, float]:
    """Return Pearson's chi-square of a two-by-two table and its p value.

    Parameters
    ----------
    first, second : Counts
        The two groups.
    yates : bool
        Whether to correct for continuity (Yates 1934). As in R's ``chisq.test``, the correction
        is never larger than the distance of the counts from what is expected.

    Returns
    -------
    (float, float)
        N (|ad - bc| - N/2)² / (product of the four margins), and p on 1 degree of freedom.

    Raises
    ------
    ValueError
        If all or none had the event, where chi-square is not defined.
    """
    a, b, c, d = _cells(first, second)
    n = first.n + second.n
    if a + c == 0 or b + d == 0:
        raise ValueError("chi-square needs events and non-events")
    distance = abs(a * d - b * c)
    distance -= min(n / 2, distance) if yates else 0
    value = n * distance**2 / (first.n * second.n * (a + c) * (b + d))
    return value, float(chdtrc(1, value))


def fisher_exact(first: Counts, second: Counts) -> float:
    """Return the two-sided p value of Fisher's exact test, as R's ``fisher.test`` gives it.

    Parameters
    ----------
    first, second : Counts
        The two groups.

    Returns
    -------
    float
        Sum of the probabilities of all tables with the same margins that are not more probable
        than the one seen.
    """
    events = first.events + second.events
    possible = range(max(0, events - second.n), min(first.n, events) + 1)
    # whole numbers: how many ways there are to come to each table
    ways = {k: math.comb(first.n, k) * math.comb(second.n, events - k) for k in possible}
    most = ways[first.events] * (_R_TOLERANCE + 1)
    return sum(n for n in ways.values() if n * _R_TOLERANCE <= most) / sum(ways.values())


def phi(first: Counts, second: Counts) -> float:
    """Return phi, Pearson's correlation of group and event (Yule 1912).

    Raises
    ------
    ValueError
        If all or none had the event, where phi is not defined.
    """
    a, b, c, d = _cells(first, second)
    if a + c == 0 or b + d == 0:
        raise ValueError("phi needs events and non-events")
    return (a * d - b * c) / math.sqrt(first.n * second.n * (a + c) * (b + d))


def count_tests(first: Counts, second: Counts) -> list[Finding]:
    """Compute chi-square without and with Yates' correction, and Fisher's exact test.

    Counts are exact, so each range is one value. Where all or none had the event only Fisher's
    test is defined.
    """
    a, b, c, d = _cells(first, second)
    n, margins = first.n + second.n, f"({first.n} × {second.n} × {a + c} × {b + d})"
    found = []
    if a + c and b + d:
        for yates in (False, True):
            value, p = chi_square(first, second, yates)
            top = f"(|{a}×{d} − {b}×{c}| − {n}/2)²" if yates else f"({a}×{d} − {b}×{c})²"
            line = f"χ² = {n} × {top} / {margins} = {value:.3g}; p = {shown_p(p)}"
            name = "chi-square with Yates' correction" if yates else "chi-square"
            found.append(Finding(name, p, p, p, line))
    p = fisher_exact(first, second)
    line = f"exact, {a} of {first.n} against {c} of {second.n}: p = {shown_p(p)}"
    return [*found, Finding("Fisher exact", p, p, p, line)]


def phi_finding(first: Counts, second: Counts) -> Finding:
    """Return phi with its formula; see `phi`."""
    a, b, c, d = _cells(first, second)
    r = phi(first, second)
    margins = f"{first.n} × {second.n} × {a + c} × {b + d}"
    line = f"φ = ({a}×{d} − {b}×{c}) / sqrt({margins}) = {with_minus(shown_r(r))}"
    return Finding("phi", r, r, r, line)
