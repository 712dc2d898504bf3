"""Forest plot: effects with intervals, pools as diamonds, numbers and risk of bias beside them."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping

import pandas as pd

from livingreview.data import Review
from livingreview.effects import CELLS, MEASURES
from livingreview.evidence import people_with
from livingreview.figures.bias_strip import draw_strip, key_of
from livingreview.figures.drawing import Drawing, canvas
from livingreview.figures.forest_lines import EFFECT, POOLED, Line, Section, forest_sections
from livingreview.figures.forest_marks import (
    QUIET,
    SMALL,
    draw_effects,
    draw_line,
    draw_null,
    set_scale,
)

WIDTH, ROW, TOP = 7.2, 0.27, 0.42  # inches: width of the figure, of a row, of the heads
AXIS, KEY = 0.62, 0.14  # inches: of the axis with its label, of a line of the key
PANELS = ((0.26, 0.19), (0.452, 0.397), (0.855, 0.145))  # left edge and width of each panel
PLACES = (0.29, 0.58, 0.58, 1.0)  # right ends of the columns of numbers
WITH_WEIGHT = (0.225, 0.432, 0.573, 1.0)
ALONE = ": there is one study"
KEY_STYLE = {**QUIET, "fontsize": 7.4, "va": "top", "linespacing": 1.25}
LETTERS = 118  # characters of a line of the key


def forest_plot(review: Review, about: str, measure: str = "", family: str = "") -> Drawing:
    """Draw the effects on the outcomes of a condition or a group, each measure on its own axis.

    Outcomes stand together by which way is better, so that what each side favours is said once
    and is true of every row above it. Studies of one outcome stand under it with the pooled
    result as a diamond over its prediction interval, or with the reason why there is none. Where
    there is no effect, the figure says so.

    Parameters
    ----------
    review : Review
        The data.
    about : str
        Condition or group of conditions, for example ``"implantation_failure"`` or ``"Pain"``, or
        `evidence.EVERYTHING`.
    measure : str
        Measure of the effects, for example ``"risk ratio"`` or ``"Hedges' g"``; every measure that
        there is, one under another, unless told.
    family : str
        Family of outcomes to draw; all unless told.

    Raises
    ------
    LookupError
        If there is no such condition, or no such measure.
    """
    if measure not in ("", *MEASURES):
        raise LookupError(f"no measure of effects is called {measure!r}")
    sections = forest_sections(review, about, measure, family)
    name = re.sub(r"[^a-z]+", "-", f"forest {about} {measure} {family}".lower()).strip("-")
    if not sections:
        return _nothing(name, review, about, measure)
    studies = [study for section in sections for study in section.rows["study_id"]]
    key = textwrap.wrap(_alone(sections) + key_of(review, studies), LETTERS)
    foot = KEY * (len(key) + 0.5)
    height = foot + sum(TOP + ROW * section.height + AXIS for section in sections)
    with canvas(WIDTH, height, nrows=len(sections), ncols=3, squeeze=False) as (figure, grid):
        figure.set_layout_engine("none")
        bottom = height
        for section, panels in zip(sections, grid, strict=True):
            bottom -= TOP + ROW * section.height
            for panel, (left, width) in zip(panels, PANELS, strict=True):
                panel.set_position((left, bottom / height, width, ROW * section.height / height))
            _draw(panels, review, section)
            bottom -= AXIS
        figure.text(0.01, (foot - 0.3 * KEY) / height, "\n".join(key), **KEY_STYLE)
    table = pd.concat([section.rows for section in sections]).drop(columns=CELLS)
    return Drawing(name, figure, " ".join(map(_words, sections)), table)


def _nothing(name: str, review: Review, about: str, measure: str) -> Drawing:
    label = review.labels("conditions").get(about, about)
    studies = sorted(people_with(review, about))
    what = measure or "effect with an interval"
    words = f"{label}: no {what} can be had from studies in people ({len(studies)} in the data)."
    lines = textwrap.wrap(words, LETTERS)
    with canvas(WIDTH, KEY * (len(lines) + 1.5)) as (figure, axes):
        axes.axis("off")
        figure.text(0.01, 0.8, "\n".join(lines), **KEY_STYLE)
    row = {"condition": label, "studies": len(studies), "study_id": " ".join(studies)}
    return Drawing(name, figure, words, pd.DataFrame([row]))


def _alone(sections: list[Section]) -> str:
    if any(section.shown for section in sections):
        return ""
    one = len({study for section in sections for study in section.rows["study_id"]}) == 1
    return "Nothing is pooled" + ALONE * one + ". "


def _draw(panels, review: Review, section: Section) -> None:
    axes, side, strip = panels
    for panel in panels:
        panel.set_ylim(section.height, 0)
    for panel in (side, strip):
        panel.axis("off")
    # one unit of the strip is a disc of fixed size, whatever the number of domains
    strip.set_xlim(-0.6, PANELS[2][1] * WIDTH / 0.125 - 0.6)
    set_scale(axes, section)
    places = WITH_WEIGHT if section.shown else PLACES
    cells, top, placed = section.rows.to_dict("index"), 0.0, []
    draw_null(axes, section.lines)
    for line in section.lines:
        y = top + line.height / 2
        draw_line(axes, y, line)
        if line.kind == EFFECT:
            placed.append((y, cells[line.row]))
            _numbers(side, y, line, cells[line.row], places)
        elif line.kind == POOLED:
            total = {"treated": "", "comparator": "", **line.pool.printed._asdict()}
            _numbers(side, y, line, total, places)
        top += line.height
    draw_effects(axes, placed)
    _heads(side, strip, places)
    draw_strip(strip, review, [(y, row["study_id"]) for y, row in placed], -0.45)


def _numbers(side, y: float, line: Line, row: Mapping, places: tuple[float, ...]) -> None:
    """Write what each arm reports, weight and effect in columns beside the plot."""
    weight = "" if math.isnan(line.weight) else f"{line.weight:.0f}%"
    texts = (row["treated"], row["comparator"], weight, _effect(row))
    for place, text in zip(places, texts, strict=True):
        if text:
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


def _words(section: Section) -> str:
    rows, studies = section.rows, section.rows["study_id"].nunique()
    parts = [
        f"{row['outcome']} {_effect(row)}" + (f", {row['corrected']}" if row["corrected"] else "")
        for _, row in rows.iterrows()
    ]
    pooled = [
        f"{pool.outcome}, {pool.k} studies pooled: {_effect(pool.printed._asdict())}"
        for pool in section.shown
    ]
    word = "study" if studies == 1 else "studies"
    head = f"Forest plot, {section.measure}, {studies} {word}, "
    head += f"{len(pooled)} pooled" if pooled else "nothing pooled"
    return f"{head}. " + "; ".join([*pooled, *parts]) + "."
