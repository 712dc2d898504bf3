"""Forest plot: effects with intervals, squares by weight, numbers beside the mark."""

from __future__ import annotations

import math
import textwrap

import pandas as pd

from livingreview.data import Review
from livingreview.effects import RATIO, effects
from livingreview.figures.drawing import COMPARATOR, INK, LDN, MUTED, Drawing, canvas

ROW = 0.36  # inches a row
PLACES = (0.25, 0.5, 1.0)  # right ends of the columns of numbers
HEAD = {"fontsize": 9, "color": MUTED, "va": "center"}
TICKS = (0.1, 0.2, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 10)


def forest_plot(review: Review, condition: str, measure: str) -> Drawing:
    """Draw every effect of one measure for the outcomes of a condition.

    One study gives a row an outcome and no diamond: there is nothing to pool.

    Parameters
    ----------
    review : Review
        The data.
    condition : str
        Condition, for example ``"implantation_failure"``.
    measure : str
        ``"risk ratio"`` or ``"Hedges' g"``.

    Raises
    ------
    LookupError
        If the condition has no effect of that measure.
    """
    rows = effects(review, condition)
    rows = rows[rows["measure"] == measure].reset_index(drop=True) if len(rows) else rows
    if rows.empty:
        raise LookupError(f"no {measure} can be computed for the condition {condition!r}")
    ratio = measure == RATIO
    size = (7.2, 1.35 + ROW * len(rows))
    with canvas(*size, ncols=2, width_ratios=(5, 8)) as (figure, (axes, side)):
        axes.axvline(1.0 if ratio else 0.0, color=INK, linewidth=1)
        for y, row in enumerate(rows.itertuples(index=False)):
            _mark(axes, y, row, rows["weight"].max())
        if ratio:
            low, high = rows["low"].min() / 1.15, rows["high"].max() * 1.15
            ticks = [tick for tick in TICKS if low <= tick <= high]
            axes.set_xscale("log")
            axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            axes.minorticks_off()
            axes.set_xlim(low, high)
        axes.set_yticks(range(len(rows)), _labels(review, rows))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(f"{measure[0].upper()}{measure[1:]} with 95% interval")
        figure.text(0.99, 0.035, "↑ more is better   ↓ less is better", ha="right", **HEAD)
        for place, text, align in ((0, "← less", "left"), (1, "more →", "right")):
            axes.text(place, -0.75, text, transform=axes.get_yaxis_transform(), ha=align, **HEAD)
        _numbers(side, rows)
        for panel in (axes, side):
            panel.set_ylim(len(rows) - 0.4, -1)
    name = f"forest-{'ratio' if ratio else 'means'}"
    table = rows.drop(columns=["treated_cells", "comparator_cells"])
    return Drawing(name, figure, _words(rows, measure), table)


def _mark(axes, y: int, row, heaviest: float) -> None:
    colour = LDN if row.better != "neither" else COMPARATOR
    axes.plot([row.low, row.high], [y, y], color=colour, linewidth=1.6)
    # area by weight, as in a Cochrane forest plot
    size = 5 + 5 * math.sqrt(row.weight / heaviest)
    axes.plot(row.estimate, y, "s", color=colour, markersize=size)


def _numbers(side, rows: pd.DataFrame) -> None:
    """Write what each arm reports, and the effect, in columns beside the plot."""
    side.axis("off")
    side.set_xlim(0, 1)
    for place, text in zip(PLACES, ("naltrexone", "without", "effect (interval)"), strict=True):
        side.text(place, -0.75, text, ha="right", **HEAD)
    for y, row in enumerate(rows.itertuples(index=False)):
        effect = f"{row.estimate:.2f} ({row.low:.2f} to {row.high:.2f})"
        for place, text in zip(PLACES, (row.treated, row.comparator, effect), strict=True):
            side.text(place, y, text, va="center", ha="right", fontsize=8.5)


def _labels(review: Review, rows: pd.DataFrame) -> list[str]:
    several = rows["study_id"].nunique() > 1
    labels = []
    for row in rows.itertuples(index=False):
        head = row.outcome
        if several:
            head = f"{review.references[row.reference].short}: {head}"
        sign = {"higher": " ↑", "lower": " ↓"}.get(row.better, "")
        labels.append(textwrap.fill(head + sign, 24))
    return labels


def _words(rows: pd.DataFrame, measure: str) -> str:
    studies = rows["study_id"].nunique()
    parts = [
        f"{row.outcome} {row.estimate:.2f} ({row.low:.2f} to {row.high:.2f})"
        + (f", {row.corrected}" if row.corrected else "")
        for row in rows.itertuples(index=False)
    ]
    word = "study" if studies == 1 else "studies"
    return f"Forest plot, {measure}, {studies} {word}, nothing pooled. " + "; ".join(parts) + "."
