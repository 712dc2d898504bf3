"""Concentration and inhibition in a cell study, with the fitted curve and both IC50 values."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from livingreview.data import Review
from livingreview.dose_response import dose_responses
from livingreview.figures.drawing import INK, LDN, MUTED, STANDARD, Drawing, canvas


def dose_response(review: Review) -> Drawing:
    """Draw every series of inhibition rates with its curve, and the IC50 reported and fitted."""
    series = dose_responses(review)
    if not series:
        raise LookupError("no study has enough inhibition rates for a curve")
    tables, words = [], []
    with canvas(7.2, 3.7 * len(series), nrows=len(series), squeeze=False) as (figure, grid):
        for axes, one in zip(grid[:, 0], series, strict=True):
            _panel(axes, one)
            reference = review.studies.set_index("study_id").loc[one.study_id, "reference"]
            if len(series) > 1:
                axes.set_title(review.references[reference].short)
            tables.append(one.points.assign(study_id=one.study_id, unit=one.unit))
            low, high = one.points["inhibition"].min(), one.points["inhibition"].max()
            words.append(
                f"{len(one.points)} concentrations; inhibition rises from {low:g}% to {high:g}%. "
                f"The fitted half-inhibitory concentration is {one.fitted:.2f} {one.unit}"
                + (
                    f", the reported one {one.reported:g} {one.unit}."
                    if not math.isnan(one.reported)
                    else "; none is reported."
                )
            )
    alt = "Curve of inhibition against concentration. " + " ".join(words)
    return Drawing("dose-response", figure, alt, pd.concat(tables, ignore_index=True))


def _panel(axes, one) -> None:
    points = one.points
    grid = np.geomspace(points["concentration"].min() / 2, points["concentration"].max() * 1.4, 200)
    axes.plot(grid, one.curve(grid), color=LDN)
    axes.errorbar(
        points["concentration"],
        points["inhibition"],
        yerr=points["plus_minus"],
        fmt="o",
        color=LDN,
        capsize=3,
        elinewidth=1.2,
    )
    axes.axhline(50, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    marks = [(one.fitted, LDN, f"fitted {one.fitted:.2f} ± {one.fitted_se:.2f}", "left", 6, 18)]
    if not math.isnan(one.reported):
        marks.append((one.reported, STANDARD, f"reported {one.reported:g}", "right", -6, 6))
    for value, colour, text, align, shift, height in marks:
        axes.plot([value, value], [0, 50], color=colour, linewidth=1.4)
        axes.annotate(
            f"IC50 {text}",
            (value, height - 4),
            xytext=(shift, 0),
            textcoords="offset points",
            ha=align,
            fontsize=9.5,
            color=INK,
        )
    axes.set_xscale("log")
    ticks = list(points["concentration"])
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(0, 105)
    axes.set_xlabel(f"Naltrexone ({one.unit}, logarithmic)")
    axes.set_ylabel("Inhibition of growth (%)")
