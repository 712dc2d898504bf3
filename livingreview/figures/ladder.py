"""From dish to trial: a row a condition, a column a rung, with direction and dose in each cell."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.legend_handler import HandlerTuple

from livingreview.data import Review
from livingreview.doses import dose_band
from livingreview.evidence import ORDER
from livingreview.figures.drawing import BAND, INK, LINE, MUTED, PAPER, Drawing, canvas
from livingreview.figures.effect_direction import MARKS
from livingreview.ladder import (
    INSIDE,
    NOT_STATED,
    PLACES,
    ladder,
    studies_on_the_ladder,
)
from livingreview.tables.dose_words import dose_in_people, other_antagonists

ROW, HEADING = 0.43, 0.62  # inches a row; a group's name, in rows
SHAPES = MARKS | {NOT_STATED: ("o", MUTED)}
STEP = 0.105  # between the squares of a dose, in columns


def dish_to_trial(review: Review) -> Drawing:
    """Draw how far the evidence of each condition reaches, which way, and at which dose.

    A mark a direction with its number of studies (hollow: not naltrexone), three squares for
    doses below, inside and above the low-dose band, and the range of doses in a person.
    """
    rows, studies = ladder(review), studies_on_the_ladder(review)
    place, headings, bottom = _places(review)
    with canvas(7.2, 1.75 + ROW * bottom) as (figure, axes):
        for x in range(1, len(ORDER)):
            axes.axvline(x - 0.5, color=LINE, linewidth=0.6, zorder=0)
        for group, y in headings.items():
            axes.axhline(y - HEADING / 2, color=MUTED, linewidth=1.1)
            axes.text(-0.45, y, group, fontsize=8.5, weight="bold", va="center")
        for y in place.values():
            axes.axhline(y + 0.5, color=LINE, linewidth=0.6, zorder=0)
        for row in rows[rows["studies"] > 0].itertuples(index=False):
            here = (studies["condition_id"] == row.condition_id) & (studies["rung"] == row.rung)
            x, y = ORDER.index(row.rung), place[row.condition_id]
            _marks(axes, x, y, studies[here])
            _dose(axes, x, y, row)
        names = review.labels("conditions")
        labels = [textwrap.fill(names[key], 16) for key in place]
        axes.set_yticks(list(place.values()), labels, fontsize=8.5, linespacing=1)
        heads = [textwrap.fill(rung, 13) for rung in ORDER]
        axes.set_xticks(range(len(ORDER)), heads, fontsize=8, linespacing=1)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_xlim(-0.5, len(ORDER) - 0.5)
        axes.set_ylim(bottom, 0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        _key(figure, axes, review, studies)
    alt = _alt(rows, studies, dose_band(review, "low dose"))
    named = studies.groupby(["condition_id", "rung"])["study_id"].agg(" ".join).reset_index()
    table = rows.merge(named, on=["condition_id", "rung"], how="left")
    return Drawing("dish-to-trial", figure, alt, table.fillna({"study_id": ""}))


def _places(review: Review) -> tuple[dict[str, float], dict[str, float], float]:
    """Return where each condition and each name of a group stands, and where all ends."""
    place: dict[str, float] = {}
    headings: dict[str, float] = {}
    at = 0.0
    for group, conditions in review.conditions.groupby("group", sort=False):
        headings[group] = at + HEADING / 2
        at += HEADING
        for key in conditions["condition_id"]:
            place[key] = at + 0.5
            at += 1
    return place, headings, at


def _marks(axes, x: float, y: float, studies: pd.DataFrame) -> None:
    counts = studies.groupby(["direction", "other_drug"]).size()
    kinds = [(way, other) for way in SHAPES for other in (False, True) if (way, other) in counts]
    step = min(0.34, 0.96 / len(kinds))
    for i, kind in enumerate(kinds):
        left = x + (i - (len(kinds) - 1) / 2) * step
        _mark(axes, *kind, left - 0.07, y - 0.27)
        axes.text(left + 0.03, y - 0.27, str(counts[kind]), fontsize=8.5, va="center_baseline")


def _mark(axes, way: str, other: bool, x, y):
    marker, colour = SHAPES[way]
    face = PAPER if other else colour
    size = 5.4 if marker == "D" else 6.5  # a square on its tip looks larger
    return axes.plot(
        x, y, marker, color=colour, markerfacecolor=face, markersize=size, markeredgewidth=1.3
    )[0]


def _dose(axes, x: float, y: float, row) -> None:
    """Draw three squares for the places of the doses, and their range in words."""
    if row.doses:
        for i, where in enumerate(PLACES):
            _square(axes, where, where in row.places, x + (i - 1) * STEP, y)
        text = dose_in_people(row.low, row.high, row.scale) + (" ?" if row.undosed else "")
    else:
        text = "dose ?" if row.undosed else "other drug"
    axes.text(x, y + 0.29, text, fontsize=7.2, ha="center", va="center_baseline", color=INK)


def _square(axes, where: str, filled: bool, x, y):
    face = INK if filled else BAND if where == INSIDE else PAPER
    edge = INK if filled else MUTED
    return axes.plot(
        x, y, "s", color=edge, markerfacecolor=face, markersize=4.6, markeredgewidth=0.7
    )[0]


def _key(figure, axes, review: Review, studies: pd.DataFrame) -> None:
    """Put the key below: shapes, hollow marks and squares, as far as they are drawn."""
    shown = [way for way in SHAPES if way in set(studies["direction"])]
    handles = [(_mark(axes, way, False, [], []),) for way in shown]
    words = list(shown)
    if studies["other_drug"].any():
        handles.append((_mark(axes, shown[0], True, [], []),))
        words.append(f"hollow: {other_antagonists(review)}, not naltrexone")
    low, high = dose_band(review, "low dose")
    for filled in PLACES:
        handles.append(tuple(_square(axes, where, where == filled, [], []) for where in PLACES))
        of = f" of {low:g}–{high:g} mg" if filled == INSIDE else ""
        words.append(f"dose {filled} the low-dose band{of}")
    figure.legend(
        handles,
        words,
        loc="outside lower center",
        ncols=2,
        fontsize=8.5,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.15)},
    )


def _alt(rows: pd.DataFrame, studies: pd.DataFrame, band: tuple[float, float]) -> str:
    filled = rows[rows["studies"] > 0]
    by_rung = [
        f"{rung.lower()} {len(here)} (dose printed in {(here['doses'] > 0).sum()}, inside the band "
        f"in {here['places'].str.contains(INSIDE).sum()})"
        for rung in ORDER
        if len(here := filled[filled["rung"] == rung])
    ]
    ways = studies.drop_duplicates("study_id")["direction"].value_counts()
    return (
        f"Grid of {rows['condition_id'].nunique()} conditions by {len(ORDER)} rungs from cells to "
        f"pooled trials; {len(rows) - len(filled)} of {len(rows)} cells are empty. Doses are set "
        f"against the low-dose band of {band[0]:g} to {band[1]:g} mg. Conditions by rung: "
        f"{'; '.join(by_rung)}. Studies: "
        + ", ".join(f"{ways[way]} {way}" for way in SHAPES if way in ways)
        + "."
    )
