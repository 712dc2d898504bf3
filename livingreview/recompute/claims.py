"""Audit of p values and correlations: the table ``comparisons``."""

from __future__ import annotations

from livingreview.effects import BEFORE
from livingreview.recompute.cells import (
    AmbiguousError,
    Cells,
    Pair,
    Row,
    read_counts,
    read_group,
)
from livingreview.recompute.correlations import after_treatment, change_scores, p_of_r
from livingreview.recompute.counts import Counts, count_tests, phi_finding
from livingreview.recompute.intervals import DIFFERENCES, RATIOS, interval_tests
from livingreview.recompute.means import t_tests
from livingreview.recompute.spans import Span, rounded, shown_r, span_of_p, with_minus
from livingreview.recompute.verdicts import (
    CONSISTENT,
    IMPOSSIBLE,
    INCONSISTENT,
    Assessment,
    Finding,
    judge_p,
    not_assessable,
)

CORRELATION = "correlation"


def assess_p(claim: Row, cells: Cells) -> Assessment:
    """Assess a reported p value against every plausible test that the data allow.

    Parameters
    ----------
    claim : mapping
        A row of the table ``comparisons`` with a p value.
    cells : Cells
        The measurements.

    Returns
    -------
    Assessment
        Against Student's and Welch's t, or chi-square without and with Yates' correction and
        Fisher's exact test; against the test of the effect printed in the same row; or why not.
    """
    from_effect, normal_only, faults, pair = [], False, [], None
    try:
        from_effect, normal_only = _effect_tests(claim, cells)
    except ValueError as fault:
        faults.append(_sentence(str(fault)))
    try:
        pair = _values(claim, cells) if claim["comparator_id"] else None
    except AmbiguousError as fault:
        faults.append(_sentence(str(fault)))
    findings = from_effect + _tests(claim, pair)
    if not findings:
        return not_assessable(" ".join(faults) or _why_not(claim, cells))
    notes = " ".join([_source(claim, pair) if pair else "", *faults]).strip()
    assessed = judge_p(span_of_p(claim["p"]), findings, notes)
    if normal_only and not pair and assessed.verdict != CONSISTENT:
        return not_assessable(
            "The interval may be of Student's t, and the sizes of the arms are not given."
        )
    return assessed


def _effect_tests(claim: Row, cells: Cells) -> tuple[list[Finding], bool]:
    """Return tests of the effect printed with p, and whether only the normal one was possible."""
    effect, limits = rounded(claim["effect"]), (rounded(claim["ci_low"]), rounded(claim["ci_high"]))
    if effect is None or claim["effect_high"]:
        return [], False
    n = cells.size(claim)
    if claim["measure"] == CORRELATION:
        return ([p_of_r(effect, n)] if n and n > 2 else []), False
    if None in limits or claim["measure"] not in RATIOS + DIFFERENCES:
        return [], False
    ratio = claim["measure"] in RATIOS
    df = n - 2 if n and n > 2 else None
    return interval_tests(effect, limits, ratio, df), not ratio and df is None


def _values(claim: Row, cells: Cells) -> Pair | None:
    """Return the events of both arms or, where there are none, their means."""
    return cells.pair(claim, read_counts) or cells.pair(claim, read_group)


def _tests(claim: Row, pair: Pair | None) -> list[Finding]:
    if pair is None or claim["measure"] == CORRELATION:
        return []
    return (count_tests if isinstance(pair.treated, Counts) else t_tests)(pair.treated, pair.other)


def assess_r(claim: Row, cells: Cells) -> Assessment:
    """Assess a reported correlation of an outcome with the treatment.

    Parameters
    ----------
    claim : mapping
        A row of the table ``comparisons`` whose measure is a correlation.
    cells : Cells
        The measurements.

    Returns
    -------
    Assessment
        Against phi, or the point-biserial correlation of the values after treatment.
        ``impossible`` where neither these nor, for means, change scores with any correlation
        between the two times from 0 to 0.99 reach the printed r under rounding.
    """
    printed = rounded(claim["effect"])
    if printed is None or claim["effect_high"]:
        return not_assessable("The correlation is not printed as one exact number.")
    if printed.low > 1 or printed.high < -1:
        return Assessment(IMPOSSIBLE, "A correlation lies between −1 and 1.")
    if not claim["comparator_id"]:
        return not_assessable("The claim names no second arm.")
    try:
        pair = _values(claim, cells)
        if pair is None:
            return not_assessable(_why_not(claim, cells))
        assess = _r_of_counts if isinstance(pair.treated, Counts) else _r_of_means
        finding, change, reach = assess(claim, cells, pair)
    except (AmbiguousError, ValueError) as fault:
        return not_assessable(_sentence(str(fault)))
    span = Span(printed.low, printed.high)
    if span.meets(finding.low, finding.high):
        verdict, why = CONSISTENT, ""
    elif change is None:
        verdict, why = IMPOSSIBLE, f"{reach}."
    elif span.meets(*change):
        verdict, why = INCONSISTENT, f"{reach}; the typed data describe no change scores."
    else:
        verdict, why = IMPOSSIBLE, f"{reach}; neither reaches the printed r as Pearson's."
    why = f"{why} {_source(claim, pair)}".strip()
    value, low, high = (shown_r(r) for r in (finding.value, finding.low, finding.high))
    return Assessment(verdict, why, finding.test, value, low, high, finding.arithmetic)


# What either kind of outcome gives: r from the values, the range of r from change scores (None
# where there can be no such scores), and words for both.
_Reach = tuple[Finding, tuple[float, float] | None, str]


def _r_of_counts(claim: Row, cells: Cells, pair: Pair) -> _Reach:
    words = "Phi, Pearson's and Spearman's r of two yes-or-no values, is exact for these counts"
    return phi_finding(pair.treated, pair.other), None, words


def _r_of_means(claim: Row, cells: Cells, pair: Pair) -> _Reach:
    finding = after_treatment(pair.treated, pair.other)
    words = f"The values themselves give {_words(finding.low, finding.high)}"
    before = None if pair.timepoint in BEFORE else cells.pair(claim, read_group, BEFORE)
    if before is None:
        # Without a baseline no correlation with the change can be ruled out.
        return (
            finding,
            (-1.0, 1.0),
            f"{words}; change scores, for which no baseline is given, cannot be tried",
        )
    change = change_scores((before.treated, before.other), (pair.treated, pair.other))
    words += f", change scores with a pre–post correlation of 0 to 0.99 {_words(*change)}"
    return finding, change, words


def _words(low: float, high: float) -> str:
    return with_minus(f"{shown_r(low)} to {shown_r(high)}")


def _source(claim: Row, pair: Pair) -> str:
    """Say where the values are from, unless they stand beside the claim."""
    return "" if pair.place == claim["locator"] else f"Values from {pair.place}."


def _why_not(claim: Row, cells: Cells) -> str:
    """Say what is missing."""
    if not claim["comparator_id"]:
        return "The claim names no second arm and prints no effect with an interval."
    if not all(cells.rows(claim, side) for side in ("arm_id", "comparator_id")):
        return "No values of both arms are given."
    return "Values with SD and size, or events and size, of both arms at that time are not given."


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
