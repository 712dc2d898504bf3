"""Means before and after treatment in both arms, with 95 % intervals."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.figures.drawing import COMPARATOR, INK, LDN, Drawing, canvas
from livingreview.intervals import mean_interval
from livingreview.printed import number
from livingreview.tables.by_arm import AFTER, BEFORE, TREATED, reproduction_measurements

SIDES = ((TREATED, "Naltrexone", LDN, "o"), ("other", "Comparator", COMPARATOR, "s"))


def before_after(review: Review, family: str, name: str) -> Drawing:
    """Draw outcomes of one family before and after treatment, both arms on one scale.

    Parameters
    ----------
    review : Review
        The data.
    family : str
        Family of outcomes, for example ``"endometrium and ovary"``.
    name : str
        Short name of the figure.
    """
    means = arm_means(review, family)
    if means.empty:
        raise LookupError(f"no means before and after treatment for the family {family!r}")
    outcomes = list(dict.fromkeys(means["outcome"]))
    columns = 2 if len(outcomes) == 4 else min(3, len(outcomes))
    rows = -(-len(outcomes) // columns)
    with canvas(7.2, 0.4 + 2.8 * rows, nrows=rows, ncols=columns, squeeze=False) as (figure, grid):
        for axes, outcome in zip(grid.flat, outcomes, strict=False):
            _panel(axes, means[means["outcome"] == outcome])
        for axes in list(grid.flat)[len(outcomes) :]:
            axes.axis("off")
        handles, labels = grid.flat[0].get_legend_handles_labels()
        named = dict(zip(labels, handles, strict=True))
        figure.legend(named.values(), named.keys(), loc="outside lower center", ncols=2)
    return Drawing(name, figure, _words(means), means)


def arm_means(review: Review, family: str) -> pd.DataFrame:
    """Return means with 95 % intervals by outcome, arm and time, from the sources' tables.

    Returns
    -------
    DataFrame
        ``outcome``, ``unit``, ``study_id``, ``side``, ``time``, ``mean``, ``low``, ``high``, ``n``
        and ``place``.
    """
    frame = reproduction_measurements(review)
    frame = frame[
        frame["reproduction"]
        & frame["in_table"]
        & (frame["family"] == family)
        & (frame["mean"] != "")
        & (frame["sd"] != "")
        & (frame["n"] != "")
        & frame["timepoint"].isin([BEFORE, AFTER])
    ]
    labels = review.labels("outcomes")
    rows = []
    for row in frame.itertuples(index=False):
        mean, sd, n = number(row.mean), number(row.sd), number(row.n)
        low, high = mean_interval(mean, sd, n)
        rows.append(
            {
                "outcome": labels[row.outcome_id],
                "unit": "" if row.unit in ("count", "grade", "ratio") else row.unit,
                "study_id": row.study_id,
                "side": row.side,
                "time": row.timepoint,
                "mean": mean,
                "low": low,
                "high": high,
                "n": n,
                "printed": row.mean,
                "place": row.locator,
            }
        )
    return pd.DataFrame(rows)


def _panel(axes, means: pd.DataFrame) -> None:
    unit = means["unit"].iloc[0]
    title = means["outcome"].iloc[0]
    axes.set_title(title if len(title) < 22 else _wrap(title), fontsize=10)
    for study in dict.fromkeys(means["study_id"]):
        of_study = means[means["study_id"] == study]
        middle = of_study.groupby("time")["mean"].mean()
        for shift, (side, word, colour, marker) in zip((-0.05, 0.05), SIDES, strict=True):
            cells = of_study[of_study["side"] == side].set_index("time")
            times = [time for time in (BEFORE, AFTER) if time in cells.index]
            places = [shift + (0 if time == BEFORE else 1) for time in times]
            values = cells.loc[times]
            axes.errorbar(
                places,
                values["mean"],
                yerr=[values["mean"] - values["low"], values["high"] - values["mean"]],
                fmt=f"-{marker}",
                color=colour,
                capsize=3,
                elinewidth=1.2,
                label=word,
            )
            for place, value in zip(places, values.itertuples(index=False), strict=True):
                axes.annotate(
                    value.printed,
                    (place, value.mean),
                    xytext=(9 if place > 0.5 else -9, 0),
                    textcoords="offset points",
                    ha="left" if place > 0.5 else "right",
                    va="bottom"
                    if value.mean >= middle[BEFORE if place < 0.5 else AFTER]
                    else "top",
                    fontsize=9,
                    color=INK,
                )
    axes.set_xlim(-0.55, 1.55)
    axes.margins(y=0.18)
    axes.set_xticks([0, 1], ["before", "after"])
    axes.set_ylabel(unit)


def _wrap(title: str) -> str:
    words = title.split(" ")
    half = len(words) // 2
    return " ".join(words[:half]) + "\n" + " ".join(words[half:])


def _words(means: pd.DataFrame) -> str:
    parts = []
    for outcome, cells in means.groupby("outcome", sort=False):
        for side, word, *_ in SIDES:
            arm = cells[cells["side"] == side].set_index("time")
            if {BEFORE, AFTER} <= set(arm.index):
                unit = f" {arm['unit'].iloc[0]}".rstrip()
                parts.append(
                    f"{outcome}, {word.lower()}: {arm.loc[BEFORE, 'printed']} to "
                    f"{arm.loc[AFTER, 'printed']}{unit}"
                )
    return "Means before and after treatment with 95% intervals. " + "; ".join(parts) + "."
