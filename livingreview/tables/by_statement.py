"""Tables with one row a statement: pharmacology, reference values, mechanisms, conduct."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.evidence import people_with
from livingreview.tables.base import BookTable, Column, Group, quiet, study_link
from livingreview.tables.by_arm import CONDITION
from livingreview.tables.left_out import OTHER_STUDIES, leave_out
from livingreview.tables.marks import MarkedRow
from livingreview.tables.phrases import amount

RECEPTORS = ("affinity", "receptor occupancy", "action")


def pharmacology(review: Review) -> BookTable:
    """Return kinetics, safety and dose bands."""
    table = review.pharmacology
    rules = [("of receptors, shown in their own table", table["parameter"].isin(RECEPTORS))]
    return _parameters(review, "pharmacology", "What happens to naltrexone in the body?", rules)


def receptors(review: Review) -> BookTable:
    """Return affinities, occupancy and actions at receptors."""
    table = review.pharmacology
    rules = [
        ("of kinetics and dose, shown in their own table", ~table["parameter"].isin(RECEPTORS))
    ]
    return _parameters(review, "receptors", "Where does naltrexone act?", rules)


def _parameters(review: Review, name: str, caption: str, rules) -> BookTable:
    kept, left = leave_out(review.pharmacology, "parameter_id", rules)
    groups = [
        Group(parameter.capitalize(), [_parameter(review, row) for _, row in rows.iterrows()])
        for parameter, rows in kept.groupby("parameter", sort=False)
    ]
    columns = (
        Column("What"),
        Column("Value", number=True),
        Column("Meaning"),
        Column("Place in the source"),
    )
    shown = frozenset(kept["parameter_id"])
    return BookTable(name, caption, columns, groups, "pharmacology", shown, left)


def _parameter(review: Review, row: pd.Series) -> list[Markup]:
    cells = MarkedRow(review, "pharmacology", row)
    what = cells.show("agent_id", review.labels("agents")[row["agent_id"]])
    what += Markup(": ") + cells.show("target") if row["target"] else cells.marks("target")
    value = escape(_value(row)) + cells.marks("value", "plus_minus", "low", "high", "unit")
    around = "; ".join(filter(None, (row["dose"], row["population"])))
    meaning = cells.show("statement") + quiet(f" {around}" if around else "")
    meaning += cells.marks("dose", "population")
    meaning += quiet("" if row["usable"] == "yes" else " Not used in our calculations.")
    meaning += quiet(f" {row['note']}" if row["note"] else "") + cells.rest()
    return [what, value, meaning, escape(f"{row['locator']} {row['cited_as']}".strip())]


def _value(row: pd.Series) -> str:
    unit = row["unit"]
    if row["value"]:
        text = row["value"] + (f" ± {row['plus_minus']}" if row["plus_minus"] else "")
        text = amount(text, "", unit)
        return f"{text} (range {amount(row['low'], row['high'], unit)})" if row["low"] else text
    return amount(row["low"], row["high"], unit) if row["low"] else ""


def reference_values(review: Review, topics: tuple[str, ...], name: str, caption: str) -> BookTable:
    """Return windows, thresholds and frequencies that sources state as known."""
    table = review.reference_values
    kept, left = leave_out(table, "value_id", [("of other topics", ~table["topic"].isin(topics))])
    groups = [
        Group(topic.capitalize(), [_reference_value(review, row) for _, row in rows.iterrows()])
        for topic, rows in kept.groupby("topic", sort=False)
    ]
    columns = (
        Column("Quantity"),
        Column("Value", number=True),
        Column("Meaning"),
        Column("Statement"),
        Column("Place in the source"),
    )
    shown = frozenset(kept["value_id"])
    return BookTable(name, caption, columns, groups, "reference_values", shown, left)


def _reference_value(review: Review, row: pd.Series) -> list[Markup]:
    cells = MarkedRow(review, "reference_values", row)
    return [
        cells.show("quantity"),
        amount(row["low"], row["high"], row["unit"]) + cells.marks("low", "high", "unit"),
        cells.show("meaning"),
        cells.show("statement") + quiet(f" {row['note']}") + cells.rest(),
        escape(f"{row['locator']} {row['cited_as']}".strip()),
    ]


def mechanisms(review: Review) -> BookTable:
    """Return every causal statement."""
    groups = [
        Group(
            Markup("Behind figure {} of the source").format(figures.replace(" ", " and "))
            if figures
            else "Stated in the text only",
            [_statement(review, row) for _, row in rows.iterrows()],
        )
        for figures, rows in review.mechanisms.groupby("figures", sort=True)
    ]
    columns = (
        Column("From → to"),
        Column("Effect"),
        Column("Under"),
        Column("In, and from what evidence"),
        Column("Place in the source"),
    )
    shown = frozenset(review.mechanisms["edge_id"])
    caption = "Which causal statements do the sources make?"
    return BookTable("mechanisms", caption, columns, groups, "mechanisms", shown, folded=True)


def _statement(review: Review, row: pd.Series) -> list[Markup]:
    nodes = review.labels("mechanism_nodes")
    cells = MarkedRow(review, "mechanisms", row)
    ends = [cells.show(end, nodes[row[end]]) for end in ("source_node", "target_node")]
    under = [cells.show(column) for column in ("driver", "phase")]
    place = escape(f"{row['locator']} {row['cited_as']}".strip())
    seen = [cells.show(column) for column in ("cell", "evidence")]
    return [
        Markup(" → ").join(ends),
        cells.show("effect"),
        Markup("; ").join(filter(None, under)),
        Markup(", ").join(seen),
        place + quiet(f" {row['note']}" if row["note"] else "") + cells.rest(),
    ]


def conduct(review: Review) -> BookTable:
    """Return how the studies of reproduction were done, as far as they tell it."""
    studies = review.studies.set_index("study_id")
    about = review.characteristics["study_id"].isin(people_with(review, CONDITION))
    kept, left = leave_out(
        review.characteristics,
        "characteristic_id",
        [(OTHER_STUDIES, ~about)],
    )
    groups = [
        Group(
            study_link(review, study, studies.loc[study, "reference"]),
            [_item(review, row) for _, row in rows.iterrows()],
        )
        for study, rows in kept.groupby("study_id", sort=False)
    ]
    columns = (Column("Item"), Column("Statement"), Column("Reported"), Column("Place"))
    shown = frozenset(kept["characteristic_id"])
    caption = "How was the study done?"
    return BookTable(
        "conduct", caption, columns, groups, "characteristics", shown, left, folded=True
    )


def _item(review: Review, row: pd.Series) -> list[Markup]:
    cells = MarkedRow(review, "characteristics", row)
    note = quiet(f" {row['note']}" if row["note"] else "")
    return [
        cells.show("item", row["item"].capitalize()),
        cells.show("statement") + note,
        cells.show("reported"),
        escape(row["locator"]) + cells.rest(),
    ]
