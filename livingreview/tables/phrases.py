"""Rows of the data in words: doses, measurements and comparisons as short phrases."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from livingreview.data import Review
from livingreview.tables.base import marked, quiet

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


def dose_phrases(review: Review, rows: pd.DataFrame) -> list[Markup]:
    """Return doses in words: ``LDN 0.1 mg/kg, intraperitoneal, daily``.

    Doses of one agent that differ in their amount alone share a phrase.
    """
    same = ["agent_id", "called", "amount_high", "unit", "route", "schedule", "note"]
    phrases = []
    for _, group in rows.groupby(same, sort=False):
        first = group.iloc[0]
        amounts = [
            marked(review, "doses", row.dose_id, row.amount)
            for row in group.itertuples(index=False)
        ]
        if not first["amount"]:
            size = Markup(" (no amount printed)") + Markup("").join(amounts)
        else:
            unit = "" if first["unit"] in ("", "ratio", "count", "grade") else f" {first['unit']}"
            high = f"–{first['amount_high']}" if first["amount_high"] else ""
            size = Markup(" ") + Markup(", ").join(amounts) + high + unit
        rest = ", ".join(part for part in (first["route"], first["schedule"]) if part)
        words = Markup("{}{}").format(first["called"], size) + (f", {rest}" if rest else "")
        phrases.append(words + quiet(f" {first['note']}" if first["note"] else ""))
    return phrases


def value_phrase(review: Review, row: pd.Series) -> Markup:
    """Return the value of a measurement as printed, with a mark for each fault that touches it."""
    return marked(review, "measurements", row["measurement_id"], value_text(row))


def value_text(row: Mapping[str, str]) -> str:
    """Return the value of a measurement as printed: ``9.8 ± 1.2 mm`` or ``84 of 175 (48.0%)``."""
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


def effect_phrase(row: pd.Series) -> str:
    """Return direction and size of a comparison: ``↓ lower by 36–61%``."""
    text = DIRECTIONS[row["direction"]]
    if not row["effect"]:
        return text
    size = amount(row["effect"], row["effect_high"], row["unit"])
    sizes = {
        "percent difference": f" by {size}",
        "fold of comparator": f", {size} times",
        "time to a significant difference": f", from day {row['effect']}",
        "difference": f" by {size}",
    }
    text += sizes.get(row["measure"], f", {row['measure']} {size}")
    return text + (f" ({row['ci_low']} to {row['ci_high']})" if row["ci_low"] else "")


def comparison_phrases(review: Review, rows: pd.DataFrame) -> list[Markup]:
    """Return comparisons in words; outcomes that go the same way in one arm share a phrase."""
    outcomes, arms = review.labels("outcomes"), review.labels("arms")
    apart = {"comparison_id", "outcome_id", "extracted", "checked"}
    same = [column for column in review.comparisons.columns if column not in apart]
    phrases = []
    for _, group in rows.groupby(same, sort=False):
        first = group.iloc[0]
        between = arms[first["arm_id"]]
        if first["comparator_id"]:
            between += f" v {arms[first['comparator_id']]}"
        inside = "; ".join(x for x in (between, first["part"], first["timepoint"]) if x)
        named = [
            marked(review, "comparisons", row.comparison_id, _lower(outcomes[row.outcome_id], i))
            for i, row in enumerate(group.itertuples(index=False))
        ]
        words = Markup(", ").join(named) + Markup(": {} ({})").format(effect_phrase(first), inside)
        p = f"p {p_phrase(first['p'])}" if first["p"] else ""
        tail = [p, first["significance"], first["strength"]]
        said = ", ".join(part for part in tail if part)
        phrases.append(_with_tail(words + (f", {said}" if said else ""), first))
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
