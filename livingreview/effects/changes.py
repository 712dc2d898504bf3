"""Change from the baseline, as bounds: sources print no correlation of before with after."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.effect_sizes import PrePost, change_bounds, difference_in_change_bounds
from livingreview.effects.cells import corrected
from livingreview.effects.from_arms import MEANS, of_mean, pairs, size, spread
from livingreview.effects.places import Row, from_the_best_place
from livingreview.evidence import people_with
from livingreview.printed import bound, decimals, number
from livingreview.timepoints import BEFORE, is_change

# Two measurements of one person rarely go against each other, and rarely agree much better.
CORRELATIONS = (0.0, 0.9)
NAMES = ("treated", "other", "difference")
KEY = ("arm_id", "outcome_id", "part", "unit")  # what is measured before and after


def changes(review: Review, condition: str) -> pd.DataFrame:
    """Return change in each arm and difference in changes, for both ends of the correlation.

    The change itself does not depend on the correlation of before with after; its interval does.

    Parameters
    ----------
    review : Review
        The data.
    condition : str
        Condition; only studies in people are taken, with means before and after in both arms.

    Returns
    -------
    DataFrame
        ``study_id``, ``outcome_id``, ``outcome``, ``arms`` (words), ``unit``, ``decimals`` (of the
        printed means), and for each of `NAMES` the ``change`` with the 95 % interval at the low
        end of the range of the correlation (``low_0``, ``high_0``) and at the high end (``low_1``,
        ``high_1``), as ``treated_change``, ``treated_low_0`` and so on; ``corrected`` and the cells
        ``treated_cells`` and ``other_cells`` as in `effects`.
    """
    frame = review.measurements
    frame = frame[frame["timepoint"].isin(BEFORE) & (frame["mean"] != "")]
    before: dict[tuple[str, ...], Row] = {}
    for row in from_the_best_place(review, frame.to_dict("records")):
        before.setdefault(tuple(row[c] for c in KEY), row)
    labels, rows = review.labels("outcomes"), []
    studies = people_with(review, condition)
    for pair in pairs(review):
        one = pair[0]
        keys = [tuple(arm[c] for c in KEY) for arm in pair]
        if one["study_id"] not in studies or one["kind"] != MEANS or is_change(one["timepoint"]):
            continue
        if not all(key in before and _usable(before[key]) for key in keys):
            continue
        two = [_pre_post(before[key], after) for key, after in zip(keys, pair, strict=True)]
        bounds = [
            *(change_bounds(arm, CORRELATIONS) for arm in two),
            difference_in_change_bounds(*two, CORRELATIONS),
        ]
        cells = [
            of_mean(before[key]) + of_mean(after) for key, after in zip(keys, pair, strict=True)
        ]
        rows.append(
            {
                "study_id": one["study_id"],
                "outcome_id": one["outcome_id"],
                "outcome": labels[one["outcome_id"]] + (f", {one['part']}" if one["part"] else ""),
                "arms": f"{one['label']} v {pair[1]['label']}",
                "unit": one["unit"],
                "decimals": max(decimals(arm["mean"]) for arm in pair),
                **_columns(bounds),
                "corrected": corrected(review, cells[0] + cells[1]),
                "treated_cells": cells[0],
                "other_cells": cells[1],
            }
        )
    return pd.DataFrame(rows)


def _usable(row: dict[str, str]) -> bool:
    told = row["sd"] or row["se"]
    return bool(told and row["n"]) and not any(map(bound, (row["mean"], told, row["n"])))


def _pre_post(before: dict[str, str], after: dict[str, str]) -> PrePost:
    # of those measured at the start, no more can have been measured at both times
    n = min(size(before), size(after))
    means = [[number(row["mean"])] for row in (after, before)]
    spreads = [[spread(row)] for row in (after, before)]
    return PrePost(means[0], spreads[0], means[1], spreads[1], [n])


def _columns(bounds: list) -> dict[str, float]:
    columns = {}
    for name, bound_ in zip(NAMES, bounds, strict=True):
        columns[f"{name}_change"] = float(bound_.at_low.yi[0])
        for end, effect in enumerate((bound_.at_low, bound_.at_high)):
            low, high = effect.interval()
            columns[f"{name}_low_{end}"] = float(low[0])
            columns[f"{name}_high_{end}"] = float(high[0])
    return columns
