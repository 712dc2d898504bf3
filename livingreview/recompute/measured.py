"""Audit of percentages, means and standard deviations: the table ``measurements``."""

from __future__ import annotations

from fractions import Fraction

from livingreview.printed import bound, decimals, half_even, half_up
from livingreview.recompute.cells import AmbiguousError, Cells, Row, read_counts, share
from livingreview.recompute.counts import Counts
from livingreview.recompute.granularity import Possible, debit, granular, grim, grimmer
from livingreview.recompute.spans import Rounded, rounded, whole
from livingreview.recompute.verdicts import (
    CONSISTENT,
    IMPOSSIBLE,
    INCONSISTENT,
    Assessment,
    not_assessable,
)

COUNT = "count"
# Binary outcomes may be given as shares or as percentages.
SCALES = {"%": 100, "ratio": 1, COUNT: 1}


def assess_percent(row: Row, cells: Cells) -> Assessment:
    """Assess a percentage against its count.

    Parameters
    ----------
    row : mapping
        A row of the table ``measurements`` with a percentage.
    cells : Cells
        The measurements, for a percentage whose count stands elsewhere.

    Returns
    -------
    Assessment
        ``consistent`` if 100 × events / n, rounded up or to the even digit at a half, is printed.
    """
    if "^" in row["percent"] or bound(row["percent"]):
        return not_assessable("The percentage is not printed as one exact number.")
    events, n = whole(row["events"]), whole(row["n"])
    if events is not None and n is not None and events > n:
        return Assessment(IMPOSSIBLE, "More events than participants.")
    counts, source = read_counts(row), ""
    if counts is None:
        counts, source = _counts_elsewhere(row, cells)
    if counts is None:
        return not_assessable("No count with its number of participants is given for it.")
    places = decimals(row["percent"])
    exact, printed = share(counts), Fraction(row["percent"].replace(",", ""))
    up, even = half_up(exact, places), half_even(exact, places)
    agrees = printed in (up, even)
    why = source
    if not agrees and places and printed in (half_up(exact, 0), half_even(exact, 0)):
        why = f"A whole number printed with a decimal that it does not have. {source}".strip()
    texts = [f"{float(x):.{places}f}" for x in (up, min(up, even), max(up, even))]
    line = f"100 × {counts.events} / {counts.n} = {float(exact):.{places + 2}f}"
    return Assessment(
        CONSISTENT if agrees else INCONSISTENT, why, "percentage of the count", *texts, line
    )


def _counts_elsewhere(row: Row, cells: Cells) -> tuple[Counts | None, str]:
    """Return the count of the same arm, outcome and time from another place, and say where."""
    both = {**row, "comparator_id": row["arm_id"]}
    try:
        pair = cells.pair(both, read_counts, (row["timepoint"],))
    except AmbiguousError:
        return None, ""
    return (pair.treated, f"Count from {pair.place}.") if pair else (None, "")


def assess_mean(row: Row) -> Assessment | None:
    """Assess a mean of counts by GRIM; None where the row is not of counts or gives no size."""
    mean, n = rounded(row["mean"]), whole(row["n"])
    if row["unit"] != COUNT or mean is None or not n:
        return None
    if not granular(row["mean"], n):
        return not_assessable(_too_coarse(row["mean"], n))
    found = grim(mean, n)
    line = f"nearest mean of {n} whole numbers = {_near(found, mean)[0]}"
    why = "" if found.agrees else f"No {n} whole numbers have this mean."
    return Assessment(_verdict(found), why, "GRIM", *_near(found, mean), line)


def assess_sd(row: Row, cells: Cells) -> Assessment | None:
    """Assess an SD by DEBIT for outcomes counted as events, or by GRIMMER for means of counts.

    Returns
    -------
    Assessment or None
        None where the row is of neither kind or does not give mean, SD and size.
    """
    mean, sd, n = rounded(row["mean"]), rounded(row["sd"]), whole(row["n"])
    if mean is None or sd is None or not n or n < 2:
        return None
    scale = SCALES.get(row["unit"])
    binary = (cells.study[row["arm_id"]], row["outcome_id"]) in cells.binary
    try:
        if binary and scale and 0 <= mean.value <= scale:
            found, name = debit(mean, sd, n, scale), "DEBIT"
            line = f"SD = {scale} × sqrt(p (1 − p) × {n}/{n - 1}), p near {mean.text}/{scale}"
        elif row["unit"] != COUNT:
            return None
        elif not granular(row["mean"], n):
            return not_assessable(_too_coarse(row["mean"], n))
        else:
            found, name = grimmer(mean, sd, n), "GRIMMER"
            line = f"SD = sqrt((Σx² − (Σx)²/{n}) / {n - 1}), Σx² odd as Σx near {mean.text} × {n}"
    except ValueError as fault:
        return not_assessable(f"The mean is not possible: {fault}.")
    why = "" if found.agrees else f"No {n} such values have this mean and SD."
    near = _near(found, sd)
    return Assessment(_verdict(found), why, name, *near, f"{line}: nearest {near[0]}")


def _verdict(found: Possible) -> str:
    return CONSISTENT if found.agrees else IMPOSSIBLE


def _near(found: Possible, printed: Rounded) -> list[str]:
    places = decimals(printed.text) + 2
    return [f"{value:.{places}f}" for value in (found.nearest, found.low, found.high)]


def _too_coarse(text: str, n: int) -> str:
    if decimals(text) == 0:
        return "A mean without decimals can be that of any whole numbers."
    ending = "s" if decimals(text) > 1 else ""
    return f"{n} whole numbers can have every mean of {decimals(text)} decimal{ending}."
