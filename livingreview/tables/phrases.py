"""Rows of the data in words: doses, measurements and comparisons as short phrases."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.ladder import LEAST, OTHER_DRUG, PRINTED, doses_in_people
from livingreview.tables.base import quiet
from livingreview.tables.marks import MarkedRow

DIRECTIONS = {
    "increase": "↑ higher",
    "decrease": "↓ lower",
    "no difference": "↔ no difference",
    "not reported": "not reported",
}


def amount(low: str, high: str, unit: str) -> str:
    """Return an amount or a range with its unit, as printed: ``300–600 mg``."""
    text = f"{low}–{high}" if high else low
    gap = "" if unit == "%" else " "
    return f"{text}{gap}{unit}".strip() if unit not in ("ratio", "count", "grade") else text


def dose_in_people(low: float, high: float, scale: str) -> str:
    """Return a dose of naltrexone in a person in words: ``4.5 mg``, ``2.4–49 mg``, ``≥270 g``.

    Parameters
    ----------
    low, high : float
        mg.
    scale : str
        From `livingreview.ladder.ladder`: a dose as printed keeps its digits, one worked out
        has two, and the least dose that could reach a concentration is marked as such.
    """
    mark = "≥" if LEAST in scale else ""
    (first, unit), (last, last_unit) = (_mass(mg, exact=scale == PRINTED) for mg in (low, high))
    if (first, unit) == (last, last_unit):
        return f"{mark}{first} {unit}"
    between = "" if unit == last_unit else f" {unit}"
    return f"{mark}{first}{between}–{last} {last_unit}"


def other_antagonists(review: Review, studies: set[str] | None = None) -> str:
    """Return the names of the opioid antagonists other than naltrexone that studies gave.

    Parameters
    ----------
    review : Review
        The data.
    studies : set of str, optional
        Only what these gave; all by default.
    """
    doses = doses_in_people(review)
    doses = doses[doses["use"] == OTHER_DRUG]
    if studies is not None:
        doses = doses[doses["study_id"].isin(studies)]
    return ", ".join(dict.fromkeys(doses["agent"].str.lower()))


def _mass(milligrams: float, exact: bool) -> tuple[str, str]:
    digits = 12 if exact else 2
    # rounded first: 999.6 mg is 1 g, not 1000 mg
    rounded = float(f"{milligrams:.{digits}g}")
    if rounded < 1e3:
        return f"{rounded:g}", "mg"
    return (f"{rounded / 1e3:g}", "g") if rounded < 1e6 else (f"{rounded / 1e6:g}", "kg")


def dose_phrases(review: Review, rows: pd.DataFrame) -> list[Markup]:
    """Return doses in words: ``LDN 0.1 mg/kg, intraperitoneal, daily``.

    Doses of one agent that differ in their amount alone share a phrase.
    """
    same = ["agent_id", "called", "amount_high", "unit", "route", "schedule", "note"]
    phrases = []
    for _, group in rows.groupby(same, sort=False):
        doses = [MarkedRow(review, "doses", row) for _, row in group.iterrows()]
        first = group.iloc[0]
        amounts = [dose.show("amount") for dose in doses]
        if not first["amount"]:
            size = Markup(" (no amount printed)") + Markup("").join(amounts)
        else:
            unit = "" if first["unit"] in ("", "ratio", "count", "grade") else f" {first['unit']}"
            high = f"–{first['amount_high']}" if first["amount_high"] else ""
            size = Markup(" ") + Markup(", ").join(amounts) + high + unit
        size += _marks(doses, "amount_high", "unit")
        words = escape(first["called"]) + _marks(doses, "called") + size
        for column in ("route", "schedule"):
            words += (f", {first[column]}" if first[column] else "") + _marks(doses, column)
        words += quiet(f" {first['note']}" if first["note"] else "")
        phrases.append(words + Markup("").join(dose.rest() for dose in doses))
    return phrases


def _marks(rows: list[MarkedRow], *columns: str) -> Markup:
    """Return the marks of columns that several rows share."""
    return Markup("").join(row.marks(*columns) for row in rows)


def value_phrase(review: Review, row: pd.Series) -> Markup:
    """Return the value of a measurement: ``9.8 ± 1.2 mm`` or ``84 of 175 (48.0%)``."""
    cells = MarkedRow(review, "measurements", row)
    unit = "" if row["unit"] in ("count", "grade", "ratio") else row["unit"]
    gap = "" if unit in ("%", "") else " "
    parts = []
    if row["mean"]:
        text = cells.show("mean")
        spread = next((column for column in ("sd", "se", "plus_minus") if row[column]), "")
        text += Markup(" ± ") + cells.show(spread) if spread else ""
        parts.append(text + f"{gap}{unit}")
    if row["events"]:
        text = cells.show("events")
        text += Markup(" of ") + cells.show("n") if row["n"] else ""
        if row["percent"]:
            text += Markup(" ") + cells.show("percent", f"({row['percent']}%)")
        parts.append(text)
    elif row["percent"]:
        parts.append(escape(f"{row['percent']}%"))
    if row["value"]:
        parts.append(escape(amount(row["value"], row["value_high"], unit)))
    return Markup("; ").join(parts) + cells.rest()


def value_text(row: Mapping[str, str]) -> str:
    """Return the value of a measurement as plain text, without marks."""
    unit = "" if row["unit"] in ("count", "grade", "ratio") else row["unit"]
    gap = "" if unit in ("%", "") else " "
    parts = []
    if row["mean"]:
        spread = row["sd"] or row["se"] or row["plus_minus"]
        text = f"{row['mean']} ± {spread}" if spread else row["mean"]
        parts.append(f"{text}{gap}{unit}")
    if row["events"]:
        text = row["events"] + (f" of {row['n']}" if row["n"] else "")
        parts.append(text + (f" ({row['percent']}%)" if row["percent"] else ""))
    elif row["percent"]:
        parts.append(f"{row['percent']}%")
    if row["value"]:
        parts.append(amount(row["value"], row["value_high"], unit))
    return "; ".join(parts)


def measurement_phrases(review: Review, rows: pd.DataFrame) -> list[Markup]:
    """Return measurements in words; those of one outcome, time and place share a phrase."""
    outcomes, arms = review.labels("outcomes"), review.labels("arms")
    phrases = []
    same = ["outcome_id", "part", "timepoint", "locator", "note"]
    for _, group in rows.groupby(same, sort=False):
        first = group.iloc[0]
        inside = ", ".join(x for x in (outcomes[first["outcome_id"]], first["part"]) if x)
        inside += f", {first['timepoint']}" if first["timepoint"] else ""
        values = [
            Markup("{} ({})").format(value_phrase(review, row), arms[row["arm_id"]])
            for _, row in group.iterrows()
        ]
        phrases.append(_with_tail(Markup("{}: ").format(inside) + Markup("; ").join(values), first))
    return phrases


def direction_phrase(cells: MarkedRow) -> Markup:
    """Return the direction of a comparison with its marks: ``↓ lower``."""
    return cells.show("direction", DIRECTIONS[cells.row["direction"]])


def effect_phrase(cells: MarkedRow) -> Markup:
    """Return direction and size of a comparison with their marks: ``↓ lower by 36–61%``."""
    text = direction_phrase(cells) + _size(cells.row)
    text += cells.marks("measure", "effect", "effect_high", "unit") + _interval(cells.row)
    return text + cells.marks("ci_low", "ci_high")


def effect_text(row: Mapping[str, str]) -> str:
    """Return direction and size of a comparison as plain text, without marks."""
    return DIRECTIONS[row["direction"]] + _size(row) + _interval(row)


def _size(row: Mapping[str, str]) -> str:
    if not row["effect"]:
        return ""
    size = amount(row["effect"], row["effect_high"], row["unit"])
    sizes = {
        "percent difference": f" by {size}",
        "fold of comparator": f", {size} times",
        "time to a significant difference": f", from day {row['effect']}",
        "difference": f" by {size}",
    }
    return sizes.get(row["measure"], f", {row['measure']} {size}")


def _interval(row: Mapping[str, str]) -> str:
    return f" ({row['ci_low']} to {row['ci_high']})" if row["ci_low"] else ""


def comparison_phrases(review: Review, rows: pd.DataFrame) -> list[Markup]:
    """Return comparisons in words; outcomes that go the same way in one arm share a phrase.

    A comparison that a fault touches has a phrase of its own, so that its marks belong to it alone.
    """
    outcomes, arms = review.labels("outcomes"), review.labels("arms")
    apart = {"comparison_id", "outcome_id", "extracted", "checked"}
    same = [column for column in review.comparisons.columns if column not in apart]
    touched = rows["comparison_id"].where(
        [("comparisons", key) in review.faults for key in rows["comparison_id"]], ""
    )
    phrases = []
    for _, group in rows.assign(touched=touched).groupby([*same, "touched"], sort=False):
        first = group.iloc[0]
        cells = MarkedRow(review, "comparisons", first)
        between = arms[first["arm_id"]]
        if first["comparator_id"]:
            between += f" v {arms[first['comparator_id']]}"
        inside = [cells.show("arm_id", between) + cells.marks("comparator_id")]
        inside += [cells.show(column) for column in ("part", "timepoint")]
        named = [_lower(outcomes[key], place) for place, key in enumerate(group["outcome_id"])]
        words = escape(", ".join(named)) + cells.marks("outcome_id") + ": " + effect_phrase(cells)
        words += Markup(" ({})").format(Markup("; ").join(part for part in inside if part))
        said = [cells.show("p", f"p {p_phrase(first['p'])}" if first["p"] else "")]
        said += [cells.show(column) for column in ("significance", "strength")]
        words += Markup("").join(Markup(", ") + part for part in said if part)
        phrases.append(_with_tail(words, first) + cells.rest())
    return phrases


def _lower(label: str, place: int) -> str:
    """Return a label for its place in a list: only the first keeps a capital that is no name."""
    plain = place > 0 and label[1:2].islower()
    return label[0].lower() + label[1:] if plain else label


def p_phrase(text: str) -> str:
    """Return a p value with its sign of comparison: ``= 0.03`` or ``<0.001``."""
    return text if text[0] in "<>≤≥=" else f"= {text}"


def _with_tail(words: Markup, row: pd.Series) -> Markup:
    note = f" {row['note']}" if row["note"] else ""
    return words + quiet(f" [{row['locator']}]{note}")
