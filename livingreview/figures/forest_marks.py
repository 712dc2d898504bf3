"""What stands on the axis of a forest plot: squares with intervals, diamonds, and both sides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

from matplotlib.transforms import blended_transform_factory

from livingreview.effects import RATIOS
from livingreview.figures.drawing import COMPARATOR, INK, LDN, MUTED
from livingreview.figures.forest_lines import (
    EFFECT,
    FAVOURS,
    FOOT,
    HEAD,
    POOLED,
    TOLD,
    Line,
    Section,
)
from livingreview.pooled import Pooled

SMALL = {"fontsize": 7.8, "va": "center"}
QUIET = {**SMALL, "color": MUTED}
MOST_TICKS = 5
TICKS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000)


def set_scale(axes, section: Section) -> None:
    """Set the axis by the intervals of the studies; what reaches beyond it is cut with an arrow."""
    rows, measure = section.rows, section.measure
    ratio = measure in RATIOS
    low, high = rows["low"].min(), rows["high"].max()
    if ratio:
        axes.set_xscale("log")
        low, high = min(low, 0.8) / 1.2, max(high, 1.25) * 1.2
        ticks = [tick for tick in TICKS if low <= tick <= high]
        # of many, so many that they do not run into one another, counted from no effect
        step, middle = math.ceil(len(ticks) / MOST_TICKS), ticks.index(1)
        ticks = [tick for i, tick in enumerate(ticks) if (i - middle) % step == 0]
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


def draw_line(axes, y: float, line: Line) -> None:
    """Draw one line at a height: its words, and the diamond that it shows."""
    across = blended_transform_factory(axes.figure.transFigure, axes.transData)
    if line.kind == FOOT:
        left, right = FAVOURS[line.text]
        for text, align, gap in ((f"← {left}", "right", -5), (f"{right} →", "left", 5)):
            place = {"xytext": (gap, 0), "textcoords": "offset points", "annotation_clip": False}
            axes.annotate(text, (_null(axes), y - 0.15), ha=align, **place, **QUIET)
        return
    style = QUIET if line.kind == TOLD else {**SMALL, "fontsize": 8.5}
    if line.kind in (HEAD, POOLED):
        style = {**style, "weight": "bold"}
    indent = 0.01 if line.kind in (HEAD, TOLD) else 0.02
    axes.text(indent, y, line.text, transform=across, linespacing=1.15, **style)
    if line.kind == POOLED:
        _diamond(axes, y, line.pool)


def _null(axes) -> float:
    return 1.0 if axes.get_xscale() == "log" else 0.0


def draw_null(axes, lines: Sequence[Line]) -> None:
    """Draw the line of no effect along the lines that show one, so that it crosses no words."""
    ends, top = [], 0.0
    for shows, together in groupby(lines, key=lambda line: line.kind in (EFFECT, POOLED)):
        bottom = top + sum(line.height for line in together)
        if shows:
            ends.append((top, bottom))
        top = bottom
    _draw_apart(axes, [((_null(axes), _null(axes)), end) for end in ends], 1)


def draw_effects(axes, placed: Sequence[tuple[float, Mapping]]) -> None:
    """Draw each effect at its height, as a square in its interval."""
    heaviest = max((row["weight"] for _, row in placed), default=1)
    for y, row in placed:
        colour = LDN if row["better"] != "neither" else COMPARATOR
        # area by weight, as in a Cochrane forest plot
        size = 4 + 5 * math.sqrt(row["weight"] / heaviest)
        axes.plot(row["estimate"], y, "s", color=colour, markersize=size)
    # over the squares, which would hide a short interval
    _draw_apart(axes, [((row["low"], row["high"]), (y, y)) for y, row in placed], 1.2)


def _draw_apart(axes, pieces: Sequence[tuple[tuple, tuple]], width: float) -> None:
    # as one line with gaps: of a thousand studies, a line for each takes long and much memory
    gap = (math.nan,)
    xs, ys = ([end for piece in pieces for end in piece[side] + gap] for side in (0, 1))
    axes.plot(xs, ys, color=INK, linewidth=width)


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
