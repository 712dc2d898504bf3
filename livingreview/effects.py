"""From the tables to effects with intervals: naltrexone against its comparator, study by study."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from livingreview.data import Review
from livingreview.effect_sizes import (
    TwoArms,
    TwoByTwo,
    log_risk_ratio,
    newcombe_rd,
    number_needed_to_treat,
    standardised_mean_difference,
)
from livingreview.evidence import people_with
from livingreview.printed import number

AFTER = "after treatment"
RATIO, STANDARDISED = "risk ratio", "Hedges' g"


def effects(review: Review, condition: str) -> pd.DataFrame:
    """Return one effect for each outcome that both arms of a study report after treatment.

    Events become a risk ratio (Wald interval on the log scale) with the risk difference
    (Newcombe's interval) and the number needed to treat; means become Hedges' g. Values come from
    the sources' tables, not from what their text repeats. Where a study reports pregnancies and
    miscarriages, miscarriage stands twice: of all women, and of those who were pregnant. A study
    with more than two arms gives an effect for each pair, named by its arms. A cell with a
    correction counts as corrected, and the effect says so; a corrected percentage changes no
    effect, since counts are taken and not percentages.

    Parameters
    ----------
    review : Review
        The data.
    condition : str
        Condition, for example ``"implantation_failure"``; only studies in people are taken.

    Returns
    -------
    DataFrame
        ``study_id``, ``reference``, ``outcome``, ``better``, ``measure``, ``estimate``, ``low``,
        ``high`` (on the printed scale: ratios not in logarithms), ``weight`` (inverse variance),
        ``treated`` and ``comparator`` (what each arm reports), ``difference``,
        ``difference_low``, ``difference_high`` (risk difference, NaN for means), ``nnt`` (words),
        ``place``, ``corrected`` (words on each corrected cell it rests on; mostly empty), and
        ``treated_cells`` and ``comparator_cells`` (tuples of measurement and column).
    """
    studies = review.studies[review.studies["study_id"].isin(people_with(review, condition))]
    arms = review.arms[["arm_id", "study_id", "role", "label"]]
    frame = review.measurements.merge(arms, on="arm_id")
    frame = frame[
        frame["study_id"].isin(studies["study_id"])
        & (frame["timepoint"] == AFTER)
        & frame["locator"].str.contains("Table", regex=False)
    ]
    reference = studies.set_index("study_id")["reference"]
    printed = review.printed.measurements.set_index("measurement_id")
    now = review.measurements.set_index("measurement_id")
    outcomes = review.outcomes.set_index("outcome_id")
    rows = []
    for study, cells in frame.groupby("study_id", sort=False):
        for outcome, label, treated, other in _pairs(cells, outcomes["label"]):
            better = outcomes.loc[outcome, "better"]
            if treated["events"]:
                row = _of_events(treated, other, better == "lower")
            else:
                row = _of_means(treated, other)
            if row:
                used = row["treated_cells"] + row["comparator_cells"]
                rows.append(
                    {
                        "study_id": study,
                        "reference": reference[study],
                        "outcome": label,
                        "better": better,
                        **row,
                        "place": treated["locator"],
                        "corrected": "; ".join(
                            f"{column} corrected from {printed.at[key, column] or 'nothing'} "
                            f"to {now.at[key, column]}"
                            for key, column in used
                            if printed.at[key, column] != now.at[key, column]
                        ),
                    }
                )
    return pd.DataFrame(rows)


def _pairs(
    cells: pd.DataFrame, labels: pd.Series
) -> Iterator[tuple[str, str, dict[str, str], dict[str, str]]]:
    """Yield outcome, label, and the row of each arm, for outcomes that both arms report."""
    found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for (outcome, _), rows in cells.groupby(["outcome_id", "locator"], sort=False):
        treated = rows[rows["role"] == "intervention"].to_dict("records")
        other = rows[rows["role"] != "intervention"].to_dict("records")
        several = len(treated) * len(other) > 1
        for one in treated:
            for against in other:
                arms = f" ({one['label']} v {against['label']})" if several else ""
                found.setdefault(outcome, (one, against))
                yield outcome, labels[outcome] + arms, one, against
    if "pregnancy" in found and "miscarriage" in found:
        arms = (
            {**lost, "n": pregnant["events"], "n_cell": (pregnant["measurement_id"], "events")}
            for lost, pregnant in zip(found["miscarriage"], found["pregnancy"], strict=True)
        )
        yield "miscarriage", f"{labels['miscarriage']}, of the women pregnant", *arms


def _of_events(treated: dict[str, str], other: dict[str, str], harmful: bool) -> dict | None:
    if not all((treated["n"], other["events"], other["n"])):
        return None
    counts = [number(arm[key]) for arm in (treated, other) for key in ("events", "n")]
    table = TwoByTwo(*([count] for count in counts))
    effect = log_risk_ratio(table)
    low, high = effect.interval()
    difference_low, difference_high = newcombe_rd(table)
    (needed,) = number_needed_to_treat(table, event_is_harmful=harmful)
    return {
        "measure": RATIO,
        "estimate": math.exp(effect.yi[0]),
        "low": math.exp(low[0]),
        "high": math.exp(high[0]),
        "weight": 1 / float(effect.vi[0]),
        "treated": f"{treated['events']} of {treated['n']}",
        "comparator": f"{other['events']} of {other['n']}",
        "difference": counts[0] / counts[1] - counts[2] / counts[3],
        "difference_low": float(difference_low[0]),
        "difference_high": float(difference_high[0]),
        "nnt": needed.text,
        "treated_cells": _cells(treated, "events", "n"),
        "comparator_cells": _cells(other, "events", "n"),
    }


def _of_means(treated: dict[str, str], other: dict[str, str]) -> dict | None:
    if not all(arm[key] for arm in (treated, other) for key in ("mean", "sd", "n")):
        return None
    values = [number(arm[key]) for arm in (treated, other) for key in ("mean", "sd", "n")]
    effect = standardised_mean_difference(TwoArms(*([value] for value in values)))
    low, high = effect.interval()
    return {
        "measure": STANDARDISED,
        "estimate": float(effect.yi[0]),
        "low": float(low[0]),
        "high": float(high[0]),
        "weight": 1 / float(effect.vi[0]),
        "treated": f"{treated['mean']} ± {treated['sd']}",
        "comparator": f"{other['mean']} ± {other['sd']}",
        "difference": math.nan,
        "difference_low": math.nan,
        "difference_high": math.nan,
        "nnt": "",
        "treated_cells": _cells(treated, "mean", "sd", "n"),
        "comparator_cells": _cells(other, "mean", "sd", "n"),
    }


def _cells(arm: dict, *columns: str) -> tuple[tuple[str, str], ...]:
    """Return the cells that the columns of an arm stand in; its size may be another row's count."""
    own = [(arm["measurement_id"], column) for column in columns]
    return tuple(arm.get("n_cell", cell) if cell[1] == "n" else cell for cell in own)
