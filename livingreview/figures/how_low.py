"""How low is low: what was given to cells and animals, on the scale of a dose in people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from livingreview.data import Review
from livingreview.doses import concentrations, dose_band, human_equivalents, usual_low_dose
from livingreview.figures.drawing import (
    BAND,
    INK,
    LDN,
    MUTED,
    OTHER,
    STANDARD,
    Drawing,
    canvas,
)
from livingreview.pharmacokinetics import plasma_ceiling, read_parameters

ROW = 0.23  # inches a row
MARKS = {"naltrexone": ("o", LDN), "other opioid antagonist": ("D", OTHER)}


def concentrations_against_plasma(review: Review) -> Drawing:
    """Draw every concentration in cell studies against what a low dose can reach in plasma."""
    parameters = read_parameters(review)
    dose = usual_low_dose(review)
    ceiling = plasma_ceiling(dose, parameters)
    likely = [ceiling * share for share in parameters.bioavailability]
    frame = concentrations(review).dropna(subset=["low"])
    rows = _rows(review, frame)
    with canvas(7.2, 1.2 + ROW * len(rows)) as (figure, axes):
        axes.axvspan(*likely, color=BAND, zorder=0)
        axes.axvline(ceiling, color=LDN, linewidth=1.4, linestyle=(0, (4, 2)))
        _dots(axes, rows, lambda value: _molar(value))
        axes.set_xscale("log")
        axes.set_xlim(min(4e-11, frame["low"].min() / 3), max(3e-2, frame["high"].max() * 3))
        ticks = [10.0**power for power in range(-10, -1, 1)]
        axes.set_xticks(ticks, [_molar(tick) for tick in ticks], fontsize=8.5)
        axes.minorticks_off()
        axes.set_xlabel("Concentration in the dish (mol/L, each step ten times more)")
        _landmark(axes, ceiling, f"← ceiling in plasma after {dose:g} mg: {_molar(ceiling)}")
    above = frame[frame["low"] > ceiling]
    alt = (
        f"Dot plot on a logarithmic scale: {len(frame)} concentrations from "
        f"{frame['reference'].nunique()} reports. {len(above)} of them lie above "
        f"{_molar(ceiling)}, the most that {dose:g} mg by mouth could reach in plasma; the highest "
        f"is {_times(frame['high'].max() / ceiling)} times that."
    )
    return Drawing("how-low-cells", figure, alt, _table(rows, "mol/L"))


def animal_doses_against_band(review: Review) -> Drawing:
    """Draw every animal dose as a human-equivalent dose against the low-dose band."""
    band, standard = dose_band(review, "low dose"), dose_band(review, "standard dose")
    frame = human_equivalents(review).dropna(subset=["low"])
    rows = _rows(review, frame)
    with canvas(7.2, 1.3 + ROW * len(rows)) as (figure, axes):
        axes.axvspan(*band, color=BAND, zorder=0)
        axes.axvspan(*standard, color=STANDARD, alpha=0.14, zorder=0, linewidth=0)
        _dots(axes, rows, lambda value: f"{value:.2g} mg")
        axes.set_xscale("log")
        axes.set_xlim(min(0.15, frame["low"].min() / 2), max(200, frame["high"].max() * 2))
        ticks = [0.2, 0.5, 1, 2, 5, 10, 25, 50, 100]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel(
            f"Human-equivalent dose (mg for an adult of {_weight(review)} kg, logarithmic)"
        )
        for (low, high), text in ((band, "low-dose band"), (standard, "standard dose")):
            _landmark(axes, float(np.sqrt(low * high)), text, centre=True)
    inside = frame[(frame["low"] >= band[0]) & (frame["high"] <= band[1])]
    below, over = frame[frame["high"] < band[0]], frame[frame["low"] > band[1]]
    alt = (
        f"Dot plot on a logarithmic scale: {len(frame)} animal doses from "
        f"{frame['reference'].nunique()} reports as human-equivalent doses. {len(below)} lie below "
        f"the low-dose band of {band[0]:g} to {band[1]:g} mg, {len(inside)} inside and {len(over)} "
        f"above it; the highest equals {frame['high'].max():.0f} mg."
    )
    return Drawing("how-low-animals", figure, alt, _table(rows, "mg"))


def _weight(review: Review) -> str:
    return review.species.set_index("species_id").loc["human", "body_weight"]


def _rows(review: Review, frame: pd.DataFrame) -> pd.DataFrame:
    """One row a study and agent, its lowest value first; every value stays a dot of its own."""
    frame = frame.assign(
        label=[
            f"{review.references[ref].short}" + ("" if kind == "naltrexone" else " (MNTX)")
            for ref, kind in zip(frame["reference"], frame["kind"], strict=True)
        ],
        species=frame["species_id"],
    )
    order = frame.groupby("label", sort=False)["low"].min().sort_values(kind="stable").index
    return (
        frame.set_index("label")
        .loc[order]
        .reset_index()
        .assign(place=lambda f: f["label"].map({label: i for i, label in enumerate(order)}))
    )


def _dots(axes, rows: pd.DataFrame, words) -> None:
    for row in rows.itertuples(index=False):
        marker, colour = MARKS[row.kind]
        if row.high > row.low:
            axes.plot([row.low, row.high], [row.place] * 2, color=colour, linewidth=3, alpha=0.45)
        for value in {row.low, row.high}:
            axes.plot(value, row.place, marker, color=colour, markersize=7.5, zorder=3)
    # in a column of their own, so that no number stands on a line
    for place, group in rows.groupby("place"):
        axes.text(
            1.01,
            place,
            words(group["high"].max()),
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
            color=INK,
        )
    axes.annotate(
        "highest",
        (1.01, 1),
        xycoords="axes fraction",
        xytext=(0, 4),
        textcoords="offset points",
        fontsize=9,
        color=MUTED,
    )
    labels = rows.drop_duplicates("place")
    axes.set_yticks(labels["place"], labels["label"])
    axes.set_ylim(rows["place"].max() + 0.7, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    handles = [
        axes.plot([], [], marker, color=colour, linestyle="", label=label)[0]
        for kind, label in (
            ("naltrexone", "naltrexone"),
            ("other opioid antagonist", "methylnaltrexone (MNTX)"),
        )
        for marker, colour in [MARKS[kind]]
        if kind in set(rows["kind"])
    ]
    if len(handles) > 1:
        axes.figure.legend(handles=handles, loc="outside lower center", ncols=2)


def _landmark(axes, value: float, text: str, centre: bool = False) -> None:
    axes.annotate(
        text,
        (value, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center" if centre else "left",
        va="bottom",
        fontsize=9,
        color=MUTED,
    )


def _molar(value: float) -> str:
    for factor, unit in ((1, "M"), (1e-3, "mM"), (1e-6, "µM"), (1e-9, "nM")):
        if value >= factor * 0.9995:
            return f"{value / factor:.3g} {unit}"
    return f"{value / 1e-12:.3g} pM"


def _times(ratio: float) -> str:
    digits = int(np.floor(np.log10(ratio)))
    return f"{round(ratio, -digits + 1):,.0f}"


def _table(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "study_id": rows["study_id"],
            "agent": rows["agent"],
            "as printed": [
                f"{r.amount}{'–' + r.amount_high if r.amount_high else ''} {r.unit}"
                for r in rows.itertuples(index=False)
            ],
            f"low ({unit})": rows["low"],
            f"high ({unit})": rows["high"],
            "place": rows["locator"],
        }
    )
