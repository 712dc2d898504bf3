"""Windows and thresholds of implantation, as tabulated, with the groups' measured thickness."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.figures.drawing import (
    BAND,
    COMPARATOR,
    DOUBT,
    LDN,
    LINE,
    MUTED,
    Drawing,
    canvas,
)
from livingreview.printed import number
from livingreview.tables.by_arm import AFTER, BEFORE, TREATED, reproduction_measurements


def _value(review: Review, topic: str, meaning: str) -> pd.Series:
    table = review.reference_values
    rows = table[(table["topic"] == topic) & (table["meaning"] == meaning)]
    if len(rows) != 1:
        raise LookupError(
            f"reference_values.csv holds {len(rows)} rows for {topic!r} and {meaning!r}, not one"
        )
    return rows.iloc[0]


def _span(row: pd.Series) -> tuple[float, float]:
    return number(row["low"]), number(row["high"] or row["low"])


def receptive_window(review: Review) -> Drawing:
    """Draw the window of implantation on day of the cycle and thickness of the endometrium."""
    days = _span(_value(review, "implantation window", "receptive period"))
    needed = _span(_value(review, "endometrial thickness", "needed"))
    floor = _span(_value(review, "endometrial thickness", "often prevents implantation"))[0]
    with canvas(7.2, 3.4) as (figure, axes):
        axes.fill_between([1, 28], 0, floor, color=DOUBT, alpha=0.18, linewidth=0)
        axes.fill_between([1, 28], *needed, color=BAND, linewidth=0, alpha=0.6)
        axes.fill_between(days, *needed, color=LDN, linewidth=0)
        axes.axvline(days[0], color=LDN, linewidth=1, linestyle=(0, (3, 2)))
        axes.axvline(days[1], color=LDN, linewidth=1, linestyle=(0, (3, 2)))
        axes.text(1.3, sum(needed) / 2, f"needed: {needed[0]:g}–{needed[1]:g} mm", va="center")
        axes.text(1.3, floor / 2, f"below {floor:g} mm: often prevents implantation", va="center")
        axes.text(
            days[1] + 0.4, needed[1] + 0.9, f"receptive:\ndays {days[0]:g}–{days[1]:g}", va="center"
        )
        axes.set_xlim(1, 28)
        axes.set_ylim(0, needed[1] + 2)
        axes.set_xticks(range(1, 29, 3))
        axes.set_xlabel("Day of the menstrual cycle")
        axes.set_ylabel("Endometrial thickness (mm)")
    table = pd.DataFrame(
        {
            "window": ["receptive days", "thickness needed (mm)", "often prevents (mm)"],
            "low": [days[0], needed[0], float("nan")],
            "high": [days[1], needed[1], floor],
        }
    )
    alt = (
        f"Chart of cycle day by thickness. The window lies at days {days[0]:g} to {days[1]:g} and "
        f"{needed[0]:g} to {needed[1]:g} mm; below {floor:g} mm implantation is often prevented. "
        f"Between {floor:g} and {needed[0]:g} mm the source says nothing."
    )
    return Drawing("receptive-window", figure, alt, table)


def receptivity_signs(review: Review) -> Drawing:
    """Draw the signs of a receptive endometrium, and which of them were measured in a study."""
    table = review.reference_values
    signs = table[table["meaning"] == "sign of receptivity"]
    found = reproduction_measurements(review).query("reproduction")
    measured = found.groupby("outcome_id")["study_id"].agg(lambda keys: " ".join(keys.unique()))
    outcome = {
        "endometrial thickness": "endometrial_thickness",
        "endometrial pattern": "endometrial_pattern",
        "hormones": "estradiol",
        "synchrony": "",
    }
    rows = [
        (row["quantity"], row["topic"], measured.get(outcome.get(row["topic"], ""), ""))
        for _, row in signs.iterrows()
    ]
    with canvas(7.2, 0.7 + 0.5 * len(rows)) as (figure, axes):
        for y, (quantity, _, known) in enumerate(rows):
            axes.plot(
                0,
                y,
                "o",
                color=LDN,
                markersize=13,
                fillstyle="full" if known else "none",
                markeredgewidth=1.6,
            )
            axes.text(0.035, y, quantity[0].upper() + quantity[1:], va="center")
            said = "measured in a study here" if known else "not measured in a study here"
            axes.text(1, y, said, va="center", ha="right", color=MUTED)
            axes.axhline(y + 0.5, color=LINE, linewidth=0.6)
        axes.set_xlim(-0.03, 1)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.axis("off")
    frame = pd.DataFrame(rows, columns=["sign of receptivity", "topic", "study_id"])
    frame["topic was measured"] = frame["study_id"] != ""
    known = int(frame["topic was measured"].sum())
    alt = (
        f"List of {len(rows)} signs that the endometrium is receptive; filled discs mark the "
        f"{known} whose topic a study in this book measured."
    )
    return Drawing("receptivity-signs", figure, alt, frame)


def implantation_window(review: Review) -> Drawing:
    """Draw thresholds of thickness with both groups' means, and the days of implantation."""
    ideal = _span(_value(review, "endometrial thickness", "ideal"))
    floor = _span(_value(review, "endometrial thickness", "often prevents implantation"))[0]
    days = _span(_value(review, "implantation window", "day of implantation"))
    frame = reproduction_measurements(review)
    frame = frame[
        frame["reproduction"] & frame["in_table"] & (frame["outcome_id"] == "endometrial_thickness")
    ]
    with canvas(7.2, 4.1, nrows=2, height_ratios=(3, 1)) as (figure, (top, bottom)):
        top.axvspan(*ideal, color=BAND, zorder=0)
        top.axvspan(0, floor, color=DOUBT, alpha=0.18, linewidth=0, zorder=0)
        rows = []
        for side, word, colour in (
            (TREATED, "naltrexone", LDN),
            ("other", "no naltrexone", COMPARATOR),
        ):
            for time in (BEFORE, AFTER):
                cells = frame[(frame["side"] == side) & (frame["timepoint"] == time)]
                rows += [(f"{word}, {time}", colour, cell) for _, cell in cells.iterrows()]
        for y, (_, colour, cell) in enumerate(rows):
            mean, sd = number(cell["mean"]), number(cell["sd"])
            top.plot([mean - sd, mean + sd], [y, y], color=colour, linewidth=5, alpha=0.4)
            top.plot(mean, y, "o", color=colour)
            top.text(mean + sd + 0.15, y, f"{cell['mean']} ± {cell['sd']}", va="center")
        top.set_yticks(range(len(rows)), [row[0] for row in rows])
        top.set_ylim(len(rows) - 0.4, -1.5)
        reach = [number(cell["mean"]) + number(cell["sd"]) for _, _, cell in rows]
        top.set_xlim(3.5, max([13, *(end + 2 for end in reach)]))
        top.tick_params(axis="y", length=0)
        top.text(sum(ideal) / 2, -0.9, f"ideal: {ideal[0]:g}–{ideal[1]:g} mm", ha="center")
        top.text(
            (floor + 3.5) / 2,
            -0.9,
            f"under {floor:g} mm:\noften prevents",
            ha="center",
            va="center",
        )
        top.set_xlabel("Endometrial thickness (mm), mean ± standard deviation")
        bottom.axvspan(*days, color=BAND, zorder=0)
        bottom.text(
            sum(days) / 2,
            0.5,
            f"days {days[0]:g}–{days[1]:g}\nimplantation",
            ha="center",
            va="center",
            fontsize=9,
        )
        bottom.set_xlim(0, 14)
        bottom.set_xticks(range(0, 15, 1))
        bottom.set_yticks([])
        bottom.spines["left"].set_visible(False)
        bottom.set_xlabel("Day after fertilisation")
    table = pd.DataFrame(
        [
            (label, c["study_id"], number(c["mean"]), number(c["sd"]), c["locator"])
            for label, _, c in rows
        ],
        columns=["group", "study_id", "mean (mm)", "sd (mm)", "place"],
    )
    inside = table["mean (mm)"].between(*ideal).sum()
    alt = (
        f"Mean thickness of {len(table)} groups against the ideal of {ideal[0]:g} to {ideal[1]:g} "
        f"mm: {inside} of {len(table)} means lie inside it, before and after treatment. "
        f"Implantation is placed at days {days[0]:g} to {days[1]:g} after fertilisation."
    )
    return Drawing("implantation-window", figure, alt, table)
