"""Effects from what both arms of a study report: counts, and means with their spread."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from livingreview.data import Review, once
from livingreview.effect_sizes import (
    TwoArms,
    TwoByTwo,
    log_risk_ratio,
    mean_difference,
    newcombe_rd,
    number_needed_to_treat,
    se_from_ci,
    standardised_mean_difference,
)
from livingreview.effects.cells import N_CELL, Cell, of_arm
from livingreview.effects.measures import DIFFERENCE, RATIO, STANDARDISED, estimated
from livingreview.effects.places import (
    Row,
    at_the_end,
    from_the_best_place,
    grouped,
    of_the_whole,
)
from livingreview.intervals import LEVEL
from livingreview.printed import bound, number

COUNTS, MEANS = "counts", "means"


@once
def pairs(review: Review) -> tuple[tuple[Row, Row], ...]:
    """Return what two arms of a study report of one outcome, at the time that stands for the study.

    Every treated arm stands against every other arm. Both values come from one place where one
    holds both; what abstract and text repeat of a table is not read again.

    Parameters
    ----------
    review : Review
        The data.

    Returns
    -------
    tuple of (dict, dict)
        A row of ``measurements`` for the treated arm and one for the other, each with
        ``study_id``, ``role``, ``label`` and ``kind``: `COUNTS` or `MEANS`. Of all studies, and
        not to be written to.
    """
    return tuple(_pairs(review))


def _pairs(review: Review) -> Iterator[tuple[Row, Row]]:
    arms = review.arms[["arm_id", "study_id", "role", "label"]]
    frame = review.measurements.merge(arms, on="arm_id")
    frame = frame[frame["role"] != "all participants"]
    frame = frame.assign(kind=[_kind(row) for row in frame.to_dict("records")])
    frame = of_the_whole(frame[frame["kind"] != ""])
    for rows in grouped(frame, ["study_id", "outcome_id", "part", "kind"]):
        both = set.intersection(*({row["timepoint"] for row in side} for side in _sides(rows)))
        at_end = from_the_best_place(review, at_the_end(rows, both))
        for one, other in product(*map(_by_arm, _sides(at_end))):
            yield _together(one, other)


def _sides(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows of treated arms, and those of all others."""
    treated = [row for row in rows if row["role"] == "intervention"]
    return treated, [row for row in rows if row["role"] != "intervention"]


def _by_arm(rows: list[Row]) -> list[list[Row]]:
    arms: dict[str, list[Row]] = {}
    for row in rows:
        arms.setdefault(row["arm_id"], []).append(row)
    return list(arms.values())


def _kind(row: Row) -> str:
    """Say what an effect can be computed from; empty where the row does not hold enough."""

    def exact(*columns: str) -> bool:
        return all(row[column] and not bound(row[column]) for column in columns)

    if exact("events", "n"):
        return COUNTS
    spread = exact("sd") or exact("se") or exact("ci_low", "ci_high")
    return MEANS if spread and exact("mean", "n") and number(row["n"]) >= 2 else ""


def _together(one: list[Row], other: list[Row]) -> tuple[Row, Row]:
    """Return a row of each arm from the first place that holds both, or the first of each."""
    for row in one:
        for against in other:
            if row["source_id"] == against["source_id"] and row["locator"] == against["locator"]:
                return row, against
    return one[0], other[0]


def of_counts(treated: Row, other: Row, harmful: bool) -> dict:
    """Return the columns of a risk ratio, with risk difference and number needed to treat.

    Wald interval on the log scale; Newcombe's interval for the difference.
    """
    counts = [number(arm[key]) for arm in (treated, other) for key in ("events", "n")]
    table = TwoByTwo(*([count] for count in counts))
    low, high = newcombe_rd(table)
    (needed,) = number_needed_to_treat(table, event_is_harmful=harmful)
    return {
        **estimated(RATIO, log_risk_ratio(table)),
        "treated": f"{treated['events']} of {treated['n']}",
        "comparator": f"{other['events']} of {other['n']}",
        "difference": counts[0] / counts[1] - counts[2] / counts[3],
        "difference_low": float(low[0]),
        "difference_high": float(high[0]),
        "nnt": needed.text,
        "treated_cells": of_arm(treated, "events", "n"),
        "comparator_cells": of_arm(other, "events", "n"),
        "effect_cells": (),
    }


def of_means(treated: Row, other: Row, as_difference: bool) -> dict | None:
    """Return the columns of Hedges' g or of a mean difference; None where nothing varies."""
    values = [x for arm in (treated, other) for x in (number(arm["mean"]), spread(arm), size(arm))]
    if values[1] == values[4] == 0:
        return None
    arms = TwoArms(*([value] for value in values))
    if as_difference:
        columns = estimated(DIFFERENCE, mean_difference(arms), treated["unit"])
    else:
        columns = estimated(STANDARDISED, standardised_mean_difference(arms))
    return {
        **columns,
        "treated": _printed(treated),
        "comparator": _printed(other),
        "difference": math.nan,
        "difference_low": math.nan,
        "difference_high": math.nan,
        "nnt": "",
        "treated_cells": of_mean(treated),
        "comparator_cells": of_mean(other),
        "effect_cells": (),
    }


def size(row: Row) -> float:
    """Return how many people a mean is of."""
    return number(row["n"])


def spread(row: Row) -> float:
    """Return the standard deviation of a mean: as printed, or SE × sqrt(n).

    The standard error is as printed, or from the interval of the mean, which is one of Student's t
    (Cochrane Handbook, section 6.5.2.2).
    """
    if row["sd"]:
        return number(row["sd"])
    se = number(row["se"]) if row["se"] else _se_from_interval(row)
    return se * math.sqrt(size(row))


def of_interval(row: Row) -> bool:
    """Tell whether the spread of a mean is known from its interval alone."""
    return row.get("kind") == MEANS and not (row["sd"] or row["se"])


def _se_from_interval(row: Row) -> float:
    return se_from_ci(number(row["ci_low"]), number(row["ci_high"]), LEVEL, size(row) - 1)


def of_mean(row: Row) -> tuple[Cell, ...]:
    """Return the cells of a mean, its spread and its size."""
    spread = ("sd",) if row["sd"] else ("se",) if row["se"] else ("ci_low", "ci_high")
    return of_arm(row, "mean", *spread, "n")


def _printed(row: Row) -> str:
    if row["sd"]:
        return f"{row['mean']} ± {row['sd']}"
    spread = f"SE {row['se']}" if row["se"] else f"{row['ci_low']} to {row['ci_high']}"
    return f"{row['mean']} ({spread})"


def of_the_pregnant(found: list[tuple[Row, Row]]) -> Iterator[tuple[Row, Row]]:
    """Yield losses among those who were pregnant, where the same arms report both."""
    counts = [pair for pair in found if pair[0]["kind"] == COUNTS]
    pregnant = {
        (one["arm_id"], other["arm_id"], one["part"]): (one, other)
        for one, other in counts
        if one["outcome_id"] == "pregnancy"
    }
    for one, other in counts:
        key = one["arm_id"], other["arm_id"], one["part"]
        if one["outcome_id"] == "miscarriage" and key in pregnant:
            yield tuple(
                {**arm, "n": of["events"], N_CELL: of_arm(of, "events")[0]}
                for arm, of in zip((one, other), pregnant[key], strict=True)
            )
