"""Forest plot: effects with intervals, pools as diamonds, numbers and risk of bias beside them."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.transforms import blended_transform_factory

from livingreview.data import Review
from livingreview.effects import CELLS, RATIOS
from livingreview.figures.bias_strip import draw_strip, key_of
from livingreview.figures.drawing import COMPARATOR, INK, LDN, MUTED, Drawing, canvas
from livingreview.figures.forest_lines import (
    EFFECT,
    FAVOURS,
    FOOT,
    HEAD,
    POOLED,
    TOLD,
    Line,
    forest_lines,
)
from livingreview.pooled import Pooled

WIDTH, ROW, TOP = 7.2, 0.27, 0.42  # inches: width of the figure, of a row, of the heads
AXIS, KEY = 0.62, 0.14  # inches: of the axis with its label, of a line of the key
PANELS = ((0.26, 0.19), (0.452, 0.397), (0.855, 0.145))  # left edge and width of each panel
PLACES = (0.29, 0.58, 0.58, 1.0)  # right ends of the columns of numbers
WITH_WEIGHT = (0.25, 0.48, 0.625, 1.0)
ALONE = ": there is one study"
SMALL = {"fontsize": 7.8, "va": "center"}
QUIET = {**SMALL, "color": MUTED}
KEY_STYLE = {"fontsize": 7.4, "color": MUTED, "linespacing": 1.25}
TICKS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000)


def forest_plot(review: Review, condition: str, measure: str) -> Drawing:
    """Draw every effect of one measure for the outcomes of a condition.

    Outcomes stand together by which way is better, so that what each side favours is said once
    and is true of every row above it. Studies of one outcome stand under it with the pooled
    result as a diamond over its prediction interval, or with the reason why there is none.

    Parameters
    ----------
    review : Review
        The data.
    condition : str
        Condition, for example ``"implantation_failure"``.
    measure : str
        Measure of the effects, for example ``"risk ratio"`` or ``"Hedges' g"``.

    Raises
    ------
    LookupError
        If the condition has no effect of that measure.
    """
    lines, rows, shown = forest_lines(review, condition, measure)
    rows = rows.loc[[line.row for line in lines if line.kind == EFFECT]]
    total = sum(line.height for line in lines)
    alone = "" if shown else "Nothing is pooled" + ALONE * (rows["study_id"].nunique() == 1) + ". "
    key = textwrap.wrap(alone + key_of(review, list(rows["study_id"])), 118)
    foot = AXIS + KEY * (len(key) + 0.5)
    height = TOP + ROW * total + foot
    with canvas(WIDTH, height, ncols=3) as (figure, panels):
        figure.set_layout_engine("none")
        axes, side, strip = panels
        for panel, (left, width) in zip(panels, PANELS, strict=True):
            panel.set_position((left, foot / height, width, ROW * total / height))
            panel.set_ylim(total, 0)
        for panel in (side, strip):
            panel.axis("off")
        # one unit of the strip is a disc of fixed size, whatever the number of domains
        strip.set_xlim(-0.6, PANELS[2][1] * WIDTH / 0.125 - 0.6)
        _scale(axes, rows, measure)
        places = WITH_WEIGHT if shown else PLACES
        y, placed = 0.0, []
        for line in lines:
            _draw(axes, y + line.height / 2, line, rows)
            _numbers(side, y + line.height / 2, line, rows, places)
            if line.kind == EFFECT:
                placed.append((y + line.height / 2, rows.loc[line.row, "study_id"]))
            y += line.height
        _heads(side, strip, places)
        draw_strip(strip, review, placed, -0.45)
        figure.text(0.01, KEY * (len(key) + 0.2) / height, "\n".join(key), va="top", **KEY_STYLE)
    name = "forest-" + measure.lower().replace(" ", "-").replace("'", "")
    return Drawing(name, figure, _words(rows, shown, measure), rows.drop(columns=CELLS))


def _scale(axes, rows: pd.DataFrame, measure: str) -> None:
    """Set the axis by the intervals of the studies; what reaches beyond it is cut with an arrow."""
    ratio = measure in RATIOS
    low, high = rows["low"].min(), rows["high"].max()
    if ratio:
        axes.set_xscale("log")
        low, high = min(low, 0.8) / 1.2, max(high, 1.25) * 1.2
        ticks = [tick for tick in TICKS if low <= tick <= high]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlim(low, high)
    else:
        low, high = min(low, 0), max(high, 0)
        room = 0.08 * (high - low)
        axes.set_xlim(low - room, high + room)
        axes.locator_params(axis="x", nbins=4)
    axes.set_yticks([])
    axes.tick_params(axis="x", labelsize=8.5)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{measure[0].upper()}{measure[1:]} with 95% interval", fontsize=9)


def _draw(axes, y: float, line: Line, rows: pd.DataFrame) -> None:
    null = 1.0 if axes.get_xscale() == "log" else 0.0
    across = blended_transform_factory(axes.figure.transFigure, axes.transData)
    if line.kind == FOOT:
        left, right = FAVOURS[line.text]
        for text, align, gap in ((f"← {left}", "right", -5), (f"{right} →", "left", 5)):
            place = {"xytext": (gap, 0), "textcoords": "offset points", "annotation_clip": False}
            axes.annotate(text, (null, y - 0.15), ha=align, **place, **QUIET)
        return
    style = QUIET if line.kind == TOLD else {**SMALL, "fontsize": 8.5}
    if line.kind in (HEAD, POOLED):
        style = {**style, "weight": "bold"}
    indent = 0.01 if line.kind in (HEAD, TOLD) else 0.02
    axes.text(indent, y, line.text, transform=across, linespacing=1.15, **style)
    if line.kind in (EFFECT, POOLED):
        # drawn line by line, so that it crosses no words
        half = line.height / 2
        axes.plot([null, null], [y - half, y + half], color=INK, linewidth=1)
    if line.kind == EFFECT:
        _mark(axes, y, rows.loc[line.row], rows["weight"].max())
    elif line.kind == POOLED:
        _diamond(axes, y, line.pool)


def _mark(axes, y: float, row: pd.Series, heaviest: float) -> None:
    colour = LDN if row["better"] != "neither" else COMPARATOR
    # area by weight, as in a Cochrane forest plot
    size = 4 + 5 * math.sqrt(row["weight"] / heaviest)
    axes.plot(row["estimate"], y, "s", color=colour, markersize=size)
    # over the square, which would hide a short interval
    axes.plot([row["low"], row["high"]], [y, y], color=INK, linewidth=1.2)


def _diamond(axes, y: float, pool: Pooled) -> None:
    scaled = pool.printed
    low, high = axes.get_xlim()
    ends = (scaled.expected_low, scaled.expected_high)
    inside = [min(max(end, low), high) for end in ends]
    axes.plot(inside, [y, y], color=COMPARATOR, linewidth=4, solid_capstyle="butt", zorder=1.5)
    axes.fill(
        [scaled.low, scaled.estimate, scaled.high, scaled.estimate],
        [y, y - 0.32, y, y + 0.32],
        color=INK,
        linewidth=0,
        zorder=2.5,
    )
    for end, beyond, marker in ((low, ends[0] < low, "<"), (high, ends[1] > high, ">")):
        if beyond:
            axes.plot(end, y, marker, color=COMPARATOR, markersize=6, clip_on=False)


def _numbers(side, y: float, line: Line, rows: pd.DataFrame, places: tuple[float, ...]) -> None:
    """Write what each arm reports, weight and effect in columns beside the plot."""
    weight = "" if math.isnan(line.weight) else f"{line.weight:.0f}%"
    if line.kind == EFFECT:
        row = rows.loc[line.row]
        texts = (row["treated"], row["comparator"], weight, _effect(row))
    elif line.kind == POOLED:
        texts = ("", "", weight, _effect(line.pool.printed._asdict()))
    else:
        return
    for place, text in zip(places, texts, strict=True):
        side.text(place, y, text, ha="right", **SMALL)


def _heads(side, strip, places: tuple[float, ...]) -> None:
    weight = "weight" if places is WITH_WEIGHT else ""
    for place, text in zip(
        places, ("naltrexone", "control", weight, "effect (interval)"), strict=True
    ):
        side.text(place, -0.45, text, ha="right", **QUIET)
    strip.text(-0.5, -1.2, "risk of bias", **QUIET)


def _effect(values) -> str:
    return f"{values['estimate']:.2f} ({values['low']:.2f} to {values['high']:.2f})"


def _words(rows: pd.DataFrame, shown: list[Pooled], measure: str) -> str:
    studies = rows["study_id"].nunique()
    parts = [
        f"{row['outcome']} {_effect(row)}" + (f", {row['corrected']}" if row["corrected"] else "")
        for _, row in rows.iterrows()
    ]
    pooled = [
        f"{pool.outcome}, {pool.k} studies pooled: {_effect(pool.printed._asdict())}"
        for pool in shown
    ]
    word = "study" if studies == 1 else "studies"
    head = f"Forest plot, {measure}, {studies} {word}, "
    head += f"{len(pooled)} pooled" if pooled else "nothing pooled"
    return f"{head}. " + "; ".join([*pooled, *parts]) + "."
