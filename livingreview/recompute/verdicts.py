"""The verdicts, and how a reported statistic gets one from what was recomputed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from livingreview.recompute.spans import Span, shown_p

CONSISTENT = "consistent"
INCONSISTENT = "inconsistent"
DECISION = "inconsistent and changes the decision at 0.05"
IMPOSSIBLE = "impossible"
NOT_ASSESSABLE = "not assessable"
VERDICTS = (CONSISTENT, INCONSISTENT, DECISION, IMPOSSIBLE, NOT_ASSESSABLE)
ALPHA = 0.05


@dataclass(frozen=True)
class Finding:
    """What one test gives.

    Attributes
    ----------
    test : str
        Name of the test.
    value : float
        Result from the printed numbers themselves.
    low, high : float
        Smallest and largest result over all numbers that round to the printed ones.
    arithmetic : str
        The formula with its numbers, in one line of plain text.
    """

    test: str
    value: float
    low: float
    high: float
    arithmetic: str


@dataclass(frozen=True)
class Assessment:
    """The audit of one reported statistic, in texts as they stand in the result."""

    verdict: str
    why: str = ""
    test: str = ""
    recomputed: str = ""
    low: str = ""
    high: str = ""
    arithmetic: str = ""


def not_assessable(why: str) -> Assessment:
    """Return the assessment of a statistic that cannot be recomputed."""
    return Assessment(NOT_ASSESSABLE, why)


def judge_p(reported: Span, findings: list[Finding], source: str) -> Assessment:
    """Compare a reported p value with those of all plausible tests.

    Parameters
    ----------
    reported : Span
        Values that the printed p stands for.
    findings : list of Finding
        One for each plausible test, at least one.
    source : str
        Sentence that says where the numbers are from; may be empty.

    Returns
    -------
    Assessment
        ``consistent`` if the span of the printed p meets the range of any test. Otherwise the
        decision changes where the printed p and the ranges of all tests lie wholly on opposite
        sides of 0.05. The numbers shown are those of the closest test.
    """
    fitting = [f for f in findings if reported.meets(f.low, f.high)]
    closest = min(fitting or findings, key=lambda f: _distance(reported, f))
    printed, sides = _side(reported), {_side(Span(f.low, f.high)) for f in findings}
    *others, last = dict.fromkeys(f.test for f in findings)
    names = f"{', '.join(others)} and {last}" if others else last
    if fitting:
        verdict, why = CONSISTENT, f"Tried: {names}."
    elif printed and sides == {-printed}:
        verdict, why = (
            DECISION,
            f"Not reached within rounding by {names}: all lie on the other side of 0.05.",
        )
    elif sides == {printed}:
        verdict = INCONSISTENT
        why = f"Not reached within rounding by {names}; the decision at 0.05 stays."
    else:
        verdict = INCONSISTENT
        why = f"Not reached within rounding by {names}; the decision at 0.05 cannot be told."
    low, value, high = (shown_p(p) for p in (closest.low, closest.value, closest.high))
    return Assessment(
        verdict, f"{why} {source}".strip(), closest.test, value, low, high, closest.arithmetic
    )


def _distance(reported: Span, finding: Finding) -> float:
    """Distance in powers of ten, since p values span many of them."""
    middle = (reported.low + reported.high) / 2
    return abs(math.log10(max(finding.value, 1e-300)) - math.log10(max(middle, 1e-300)))


def _side(span: Span) -> int:
    """-1 wholly below 0.05 (significant), 1 wholly at or above it, 0 on both sides."""
    if span.high < ALPHA or (span.high_open and span.high <= ALPHA):
        return -1
    return 1 if span.low >= ALPHA else 0
