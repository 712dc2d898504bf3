"""Rows of the data in words: doses, measurements and comparisons as short phrases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd
from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.tables.base import quiet
from livingreview.tables.marks import MarkedRow
from livingreview.tables.seen_on import place_phrase

Row = Mapping[str, str]
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


def records(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame as the phrases take them."""
    return frame.to_dict("records")


def records_by_study(frame: pd.DataFrame) -> dict[str, list[Row]]:
    """Return the rows of each study, so that none is searched for among all."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in records(frame):
        rows[row["study_id"]].append(row)
    return rows


def _alike(rows: Iterable[Row], columns: Iterable[str]) -> list[list[Row]]:
    """Return rows in groups that agree in some columns, in the order of their first rows."""
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[column] for column in columns), []).append(row)
    return list(groups.values())


def dose_phrases(review: Review, rows: Iterable[Row]) -> list[Markup]:
    """Return doses in words: ``LDN 0.1 mg/kg, intraperitoneal, daily``.

    Doses of one agent that differ in their amount alone share a phrase.
    """
    same = ["agent_id", "called", "amount_high", "unit", "route", "schedule", "note"]
    phrases = []
    for group in _alike(rows, same):
        doses = [MarkedRow(review, "doses", row) for row in group]
        first = group[0]
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


def value_phrase(review: Review, row: Row) -> Markup:
    """Return the value of a measurement: ``9.8 ± 1.2 mm`` or ``84 of 175 (48.0%)``."""
    cells = MarkedRow(review, "measurements", row)
    unit = "" if row["unit"] in ("count", "grade", "ratio") else row["unit"]
    gap = "" if unit in ("%", "") else " "
    interval = Markup("")
    if row["mean"] or row["value"]:
        interval = escape(_interval({"se": "", **_limits(row)})) + cells.marks("ci_low", "ci_high")
    parts = []
    if row["mean"]:
        text = cells.show("mean")
        spread = next((column for column in ("sd", "se", "plus_minus") if row[column]), "")
        text += Markup(" ± ") + cells.show(spread) if spread else ""
        parts.append(text + f"{gap}{unit}" + interval)
    if row["events"]:
        text = cells.show("events")
        text += Markup(" of ") + cells.show("n") if row["n"] else ""
        if row["percent"]:
            text += Markup(" ") + cells.show("percent", f"({row['percent']}%)")
        parts.append(text)
    elif row["percent"]:
        text = cells.show("percent", f"{row['percent']}%")
        parts.append(text + (Markup(" of ") + cells.show("n") if row["n"] else ""))
    if row["value"]:
        text = escape(_statistic(row) + amount(row["value"], row["value_high"], unit))
        parts.append(text if row["mean"] else text + interval)
    return Markup("; ").join(parts) + cells.rest()


def _limits(row: Row) -> Row:
    return {column: row[column] for column in ("ci_low", "ci_high")}


def _statistic(row: Row) -> str:
    return "median " if row["statistic"] == "median" else ""


def value_text(row: Row) -> str:
    """Return the value of a measurement as plain text, without marks."""
    unit = "" if row["unit"] in ("count", "grade", "ratio") else row["unit"]
    gap = "" if unit in ("%", "") else " "
    interval = _interval({"se": "", **_limits(row)})
    parts = []
    if row["mean"]:
        spread = row["sd"] or row["se"] or row["plus_minus"]
        text = f"{row['mean']} ± {spread}" if spread else row["mean"]
        parts.append(f"{text}{gap}{unit}{interval}")
    if row["events"]:
        text = row["events"] + (f" of {row['n']}" if row["n"] else "")
        parts.append(text + (f" ({row['percent']}%)" if row["percent"] else ""))
    elif row["percent"]:
        parts.append(f"{row['percent']}%")
    if row["value"]:
        text = _statistic(row) + amount(row["value"], row["value_high"], unit)
        parts.append(text if row["mean"] else text + interval)
    return "; ".join(parts)


def measurement_phrases(review: Review, rows: Iterable[Row]) -> list[Markup]:
    """Return measurements in words; those of one outcome, time and place share a phrase."""
    outcomes, arms = review.labels("outcomes"), review.labels("arms")
    phrases = []
    same = ["outcome_id", "part", "timepoint", "source_id", "locator", "note"]
    for group in _alike(rows, same):
        first = group[0]
        inside = ", ".join(x for x in (outcomes[first["outcome_id"]], first["part"]) if x)
        inside += f", {first['timepoint']}" if first["timepoint"] else ""
        values = [
            Markup("{} ({})").format(value_phrase(review, row), arms[row["arm_id"]])
            for row in group
        ]
        words = Markup("{}: ").format(inside) + Markup("; ").join(values)
        phrases.append(_with_tail(review, words, first))
    return phrases


def direction_phrase(cells: MarkedRow) -> Markup:
    """Return the direction of a comparison with its marks: ``↓ lower``."""
    return cells.show("direction", DIRECTIONS[cells.row["direction"]])


def effect_phrase(cells: MarkedRow) -> Markup:
    """Return direction and size of a comparison with their marks: ``↓ lower by 36–61%``."""
    text = direction_phrase(cells) + _size(cells.row)
    text += cells.marks("measure", "effect", "effect_high", "unit") + _interval(cells.row)
    return text + cells.marks("ci_low", "ci_high", "se")


def effect_text(row: Row) -> str:
    """Return direction and size of a comparison as plain text, without marks."""
    return DIRECTIONS[row["direction"]] + _size(row) + _interval(row)


def _size(row: Row) -> str:
    if not row["effect"]:
        return ""
    size = amount(row["effect"], row["effect_high"], row["unit"])
    sizes = {
        "percent difference": f" by {size}",
        "fold of comparator": f", {size} times",
        "time to a significant difference": f", from day {row['effect']}",
        "difference": f" by {size}",
        "mean change": f", change {size}",
        "percent change": f", change {size}",
    }
    return sizes.get(row["measure"], f", {row['measure']} {size}")


def _interval(row: Row) -> str:
    text = f" ({row['ci_low']} to {row['ci_high']})" if row["ci_low"] else ""
    return text + (f" (SE {row['se']})" if row["se"] else "")


def comparison_phrases(review: Review, rows: Iterable[Row]) -> list[Markup]:
    """Return comparisons in words; outcomes that go the same way in one arm share a phrase.

    A comparison that a fault touches has a phrase of its own, so that its marks belong to it alone.
    """
    outcomes, arms = review.labels("outcomes"), review.labels("arms")
    apart = {"comparison_id", "outcome_id", "extracted", "checked"}
    columns = review.package.tables["comparisons"].by_name
    same = [*(column for column in columns if column not in apart), "touched"]
    phrases = []
    told = (
        {**row, "touched": key if ("comparisons", key) in review.faults else ""}
        for row in rows
        for key in (row["comparison_id"],)
    )
    for group in _alike(told, same):
        first = group[0]
        cells = MarkedRow(review, "comparisons", first)
        between = arms[first["arm_id"]]
        if first["comparator_id"]:
            between += f" v {arms[first['comparator_id']]}"
        inside = [cells.show("arm_id", between) + cells.marks("comparator_id")]
        inside += [cells.show(column) for column in ("part", "timepoint")]
        named = [
            _lower(outcomes[key], place)
            for place, key in enumerate(row["outcome_id"] for row in group)
        ]
        words = escape(", ".join(named)) + cells.marks("outcome_id") + ": " + effect_phrase(cells)
        words += Markup(" ({})").format(Markup("; ").join(part for part in inside if part))
        said = [cells.show("p", f"p {p_phrase(first['p'])}" if first["p"] else "")]
        said += [cells.show(column) for column in ("significance", "strength")]
        words += Markup("").join(Markup(", ") + part for part in said if part)
        phrases.append(_with_tail(review, words, first) + cells.rest())
    return phrases


def _lower(label: str, place: int) -> str:
    """Return a label for its place in a list: only the first keeps a capital that is no name."""
    plain = place > 0 and label[1:2].islower()
    return label[0].lower() + label[1:] if plain else label


def p_phrase(text: str) -> str:
    """Return a p value with its sign of comparison: ``= 0.03`` or ``<0.001``."""
    return text if text[0] in "<>≤≥=" else f"= {text}"


def _with_tail(review: Review, words: Markup, row: Row) -> Markup:
    note = f" {row['note']}" if row["note"] else ""
    return words + quiet(Markup(" [{}]{}").format(place_phrase(review, row), note))
