"""Effect direction plot: a row a study, a column an outcome family (Boon and Thomson 2021)."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from livingreview.data import Review
from livingreview.figures.drawing import (
    COMPARATOR,
    INK,
    LDN,
    LINE,
    MUTED,
    PAPER,
    STANDARD,
    Drawing,
    canvas,
)
from livingreview.figures.study_key import study_key
from livingreview.synthesis import AGAINST, FOR, HIGH, LOWER, MIXED, UNSURE, directions

# shape, colour: told apart by shape first
MARKS = {FOR: ("^", LDN), AGAINST: ("v", STANDARD), MIXED: ("D", COMPARATOR)}
# the fuller the mark, the lower the risk of bias
FILLS = {LOWER: "full", UNSURE: "left", HIGH: "none"}
ROW = 0.29  # inches a row


def effect_direction(review: Review, group: str) -> Drawing:
    """Draw which way the outcomes of each study point, by family, in cells and animals.

    The marks are of one size: a number of animals is seldom told, and dishes have none. Where a
    number is told it stands beside the study.

    Parameters
    ----------
    review : Review
        The data.
    group : str
        Group of conditions, for example ``"Cancer"``.

    Raises
    ------
    LookupError
        If the group has no study outside of people with a direction.
    """
    frame = directions(review, group)
    if frame.empty:
        raise LookupError(f"no study in cells or animals with a direction in the group {group!r}")
    order = review.package.tables["outcomes"].by_name["family"].enum
    families = [family for family in order if family in set(frame["family"])]
    key = study_key(review, frame)
    place = {study: y for y, study in enumerate(key["study_id"])}
    told = dict(zip(review.studies["study_id"], review.studies["n"], strict=True))
    with canvas(7.2, 2.2 + ROW * len(place)) as (figure, axes):
        for x in range(len(families)):
            axes.axvline(x, color=LINE, linewidth=0.6, zorder=0)
        for y in place.values():
            axes.axhline(y, color=LINE, linewidth=0.6, zorder=0)
        for row in frame.itertuples(index=False):
            x, y = families.index(row.family), place[row.study_id]
            axes.plot(x, y, **_mark(*MARKS[row.direction], row.risk))
            if row.outcomes > 1:
                axes.text(
                    x + 0.2, y + 0.1, str(row.outcomes), fontsize=7.5, color=MUTED, va="center"
                )
        labels = [
            f"{row.label}, {row.rung.lower()}"
            + (f", n = {told[row.study_id]}" if told[row.study_id] else "")
            for row in key.itertuples(index=False)
        ]
        axes.set_yticks(range(len(labels)), labels, fontsize=8.5)
        heads = [textwrap.fill(family, 17) for family in families]
        axes.set_xticks(range(len(families)), heads, fontsize=8.5, rotation=90, linespacing=1)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_xlim(-0.5, len(families) - 0.4)
        axes.set_ylim(len(place) - 0.45, -0.6)
        for spine in axes.spines.values():
            spine.set_visible(False)
        ways = {way: (*MARKS[way], LOWER) for way in MARKS if way in set(frame["direction"])}
        shades = {
            f"risk of bias: {risk}": ("o", INK, risk)
            for risk in FILLS
            if risk in set(frame["risk"])
        }
        figure.legend(
            handles=_column(axes, ways, len(shades)) + _column(axes, shades, len(ways)),
            loc="outside lower center",
            ncols=2,
        )
    return Drawing("effect-direction", figure, _alt(frame, key, len(families)), frame)


def _column(axes: Axes, marks: dict[str, tuple], least: int) -> list[Line2D]:
    """Return a column of a legend, filled up with nothing to be as long as the one beside it."""
    handles = [axes.plot([], [], label=word, **_mark(*mark))[0] for word, mark in marks.items()]
    return handles + [Line2D([], [], linestyle="", label=" ")] * (least - len(handles))


def _mark(shape: str, colour: str, risk: str) -> dict:
    empty = FILLS[risk] == "none"
    return {
        "marker": shape,
        "color": colour,
        "markersize": 8.5,
        "markeredgewidth": 1.2,
        "linestyle": "",
        # paper, not nothing: the empty half or whole hides the line behind it
        "fillstyle": "full" if empty else FILLS[risk],
        "markerfacecolor": PAPER if empty else colour,
        "markerfacecoloralt": PAPER,
    }


def _alt(frame, key, families: int) -> str:
    ways, risks = frame["direction"].value_counts(), key["risk"].value_counts()
    marks = "; ".join(f"{ways.get(way, 0)} marks: {way}" for way in MARKS)
    shades = "; ".join(f"{risks.get(risk, 0)} {risk}" for risk in FILLS)
    return (
        f"Effect direction plot: {len(key)} studies in cells and animals by {families} outcome "
        f"families. {marks}. Studies by overall risk of bias: {shades}."
    )
