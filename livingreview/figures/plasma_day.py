"""Naltrexone in plasma over a day, for the usual low dose and the highest standard dose."""

from __future__ import annotations

import numpy as np
import pandas as pd

from livingreview.data import Review
from livingreview.doses import dose_band, usual_low_dose
from livingreview.figures.drawing import INK, LDN, STANDARD, Drawing, canvas
from livingreview.pharmacokinetics import plasma_level, read_parameters

DAY = 24.0  # hours


def plasma_day(review: Review) -> Drawing:
    """Draw the level after one oral dose; the band spans the tabulated bioavailability."""
    parameters = read_parameters(review)
    doses = ((dose_band(review, "standard dose")[1], STANDARD), (usual_low_dose(review), LDN))
    hours = np.linspace(0, DAY, 97)
    table = {"hours": hours}
    with canvas(7.2, 3.9) as (figure, axes):
        for dose, colour in doses:
            low, high = (
                1e9 * plasma_level(hours, dose, share, parameters)
                for share in parameters.bioavailability
            )
            axes.fill_between(hours, low, high, color=colour, alpha=0.25, linewidth=0)
            axes.plot(hours, high, color=colour)
            axes.plot(hours, low, color=colour, linestyle=(0, (4, 2)))
            table[f"{dose:g} mg, lowest (nmol/L)"] = low
            table[f"{dose:g} mg, highest (nmol/L)"] = high
            axes.annotate(
                f"{dose:g} mg",
                (hours[-1], float(np.sqrt(low[-1] * high[-1]))),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=INK,
                fontweight="bold",
            )
        axes.set_yscale("log")
        ticks = [0.01, 0.1, 1, 10, 100]
        axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xticks(range(0, 25, 4))
        axes.set_xlim(0, DAY)
        axes.grid(axis="y")
        axes.set_xlabel("Hours after the dose")
        axes.set_ylabel("Naltrexone in plasma (nmol/L, log)")
    frame = pd.DataFrame(table)
    small, large = doses[1][0], doses[0][0]
    shares = [f"{100 * share:g}%" for share in parameters.bioavailability]
    alt = (
        f"Two falling bands on a logarithmic scale over {DAY:g} hours. With {shares[0]} to "
        f"{shares[1]} of the dose reaching the blood, {small:g} mg starts at "
        f"{frame.iloc[0, 3]:.1f} to {frame.iloc[0, 4]:.1f} nmol/L and {large:g} mg at "
        f"{frame.iloc[0, 1]:.0f} to {frame.iloc[0, 2]:.0f} nmol/L; both halve every "
        f"{parameters.half_life:g} hours."
    )
    return Drawing("plasma-day", figure, alt, frame)
