"""Effects that a source reports with interval, standard error or exact p, and not by arm."""

from __future__ import annotations

import math
from collections.abc import Iterator

from livingreview.data import Review, once
from livingreview.effect_sizes import se_from_ci, se_from_p
from livingreview.effect_sizes.outcome import normal_quantile
from livingreview.effects.measures import DIFFERENCE, RATIOS, REPORTABLE, on_printed_scale
from livingreview.effects.places import (
    Row,
    at_the_end,
    from_the_best_place,
    grouped,
    of_the_whole,
)
from livingreview.intervals import LEVEL
from livingreview.printed import bound, number
from livingreview.timepoints import BEFORE


@once
def reports(review: Review) -> tuple[Row, ...]:
    """Return the printed effects of a treated arm against another arm.

    Of an effect that a source states at several times the one at the end, of several places the
    first of `places.from_the_best_place`.

    Parameters
    ----------
    review : Review
        The data.

    Returns
    -------
    tuple of dict
        Rows of ``comparisons`` with ``study_id``, ``label`` and the size of both arms, ``n`` and
        ``comparator_n``, as printed. Of all studies, and not to be written to.
    """
    return tuple(_reports(review))


def _reports(review: Review) -> Iterator[Row]:
    arms = review.arms[["arm_id", "study_id", "role", "label", "n"]]
    sizes = review.labels("arms", "n")
    frame = review.comparisons.merge(arms, on="arm_id")
    frame = frame[
        (frame["role"] == "intervention")
        & (frame["comparator_id"] != "")
        & frame["measure"].isin(REPORTABLE)
        & (frame["effect_high"] == "")
        & ~frame["timepoint"].isin(BEFORE)
    ]
    usable = [row["comparison_id"] for row in frame.to_dict("records") if of_report(row)]
    frame = of_the_whole(frame[frame["comparison_id"].isin(usable)])
    frame = frame.assign(comparator_n=frame["comparator_id"].map(sizes))
    same = ["arm_id", "comparator_id", "outcome_id", "part", "measure"]
    for rows in grouped(frame, same):
        # the baseline is left out above, so that there is an end
        yield from_the_best_place(review, at_the_end(rows))[0]


def of_report(row: Row, df: float | None = None) -> dict | None:
    """Return the columns of a printed effect; None where its precision is not told.

    The interval stands as printed and the standard error comes from it; else the standard error is
    the printed one, or comes from p, on the scale on which the interval is symmetric (Cochrane
    Handbook, sections 6.3.1, 6.3.2 and 6.5.2.3).

    Parameters
    ----------
    row : dict
        A row of ``comparisons``.
    df : float, optional
        Degrees of freedom for a mean difference, whose interval or p is one of Student's t.
    """
    scale = math.log if row["measure"] in RATIOS else float
    df = df if row["measure"] == DIFFERENCE else None
    try:
        yi = scale(_exact(row["effect"]))
        if row["ci_low"] and row["ci_high"]:
            used = ("effect", "ci_low", "ci_high")
            low, high = _exact(row["ci_low"]), _exact(row["ci_high"])
            se = se_from_ci(scale(low), scale(high), LEVEL, df)
        else:
            used = ("effect", "se" if row["se"] else "p")
            se = _exact(row["se"]) if row["se"] else se_from_p(yi, _exact(row["p"].lstrip("=")), df)
            half = normal_quantile(LEVEL) * se
            low, high = (on_printed_scale(row["measure"], yi + sign * half) for sign in (-1, 1))
    except ValueError:
        # no interval, "<0.001" for a p, a ratio of zero: there is no standard error to be had
        return None
    if se <= 0:
        return None
    return {
        "measure": row["measure"],
        "unit": row["unit"] if row["measure"] == DIFFERENCE else "",
        "estimate": number(row["effect"]),
        "low": low,
        "high": high,
        "yi": yi,
        "vi": se**2,
        "weight": 1 / se**2,
        "treated": _people(row.get("n", "")),
        "comparator": _people(row.get("comparator_n", "")),
        "difference": math.nan,
        "difference_low": math.nan,
        "difference_high": math.nan,
        "nnt": "",
        "treated_cells": (("arms", row["arm_id"], "n"),),
        "comparator_cells": (("arms", row["comparator_id"], "n"),),
        "effect_cells": tuple(("comparisons", row["comparison_id"], column) for column in used),
    }


def degrees_of_freedom(row: Row, paired: bool) -> float | None:
    """Return the degrees of freedom of a mean difference; None where the sizes are not told.

    Those of a paired t test where the same people took both treatments, n - 1 of the smaller
    arm; otherwise n1 + n2 - 2.
    """
    if not row["n"] or not row["comparator_n"]:
        return None
    sizes = number(row["n"]), number(row["comparator_n"])
    df = min(sizes) - 1 if paired else sum(sizes) - 2
    return df if df > 0 else None


def _exact(text: str) -> float:
    if not text or bound(text):
        raise ValueError(f"no exact number is printed, but {text!r}")
    return number(text)


def _people(n: str) -> str:
    return f"n = {n}" if n else "n not told"
