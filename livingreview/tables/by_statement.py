"""Tables with one row a statement: pharmacology, reference values, mechanisms, conduct."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from livingreview.data import Review
from livingreview.evidence import people_with
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    leave_out,
    marked,
    quiet,
    reference_link,
)
from livingreview.tables.by_arm import CONDITION
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
    agents = review.labels("agents")
    groups = [
        Group(
            parameter.capitalize(),
            [
                [
                    agents[row["agent_id"]] + (f": {row['target']}" if row["target"] else ""),
                    marked(review, "pharmacology", row["parameter_id"], _value(row)),
                    Markup("{}").format(row["statement"])
                    + quiet(" " + "; ".join(x for x in (row["dose"], row["population"]) if x))
                    + quiet("" if row["usable"] == "yes" else " Not used in our calculations.")
                    + quiet(f" {row['note']}" if row["note"] else ""),
                    f"{row['locator']} {row['cited_as']}".strip(),
                ]
                for _, row in rows.iterrows()
            ],
        )
        for parameter, rows in kept.groupby("parameter", sort=False)
    ]
    columns = (
        Column("What"),
        Column("Value as printed", number=True),
        Column("Meaning"),
        Column("Place in the source"),
    )
    shown = frozenset(kept["parameter_id"])
    return BookTable(name, caption, columns, groups, "pharmacology", shown, left)


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
        Group(
            topic.capitalize(),
            [
                [
                    row["quantity"],
                    amount(row["low"], row["high"], row["unit"]),
                    row["meaning"],
                    Markup("{}").format(row["statement"]) + quiet(f" {row['note']}"),
                    f"{row['locator']} {row['cited_as']}".strip(),
                ]
                for _, row in rows.iterrows()
            ],
        )
        for topic, rows in kept.groupby("topic", sort=False)
    ]
    columns = (
        Column("Quantity"),
        Column("Value as printed", number=True),
        Column("Meaning"),
        Column("Statement"),
        Column("Place in the source"),
    )
    shown = frozenset(kept["value_id"])
    return BookTable(name, caption, columns, groups, "reference_values", shown, left)


def mechanisms(review: Review) -> BookTable:
    """Return every causal statement."""
    nodes = review.labels("mechanism_nodes")
    groups = [
        Group(
            Markup("Behind figure {} of the source").format(figures.replace(" ", " and "))
            if figures
            else "Stated in the text only",
            [
                [
                    f"{nodes[row['source_node']]} → {nodes[row['target_node']]}",
                    marked(review, "mechanisms", row["edge_id"], row["effect"]),
                    "; ".join(x for x in (row["driver"], row["phase"]) if x),
                    f"{row['cell']}, {row['evidence']}",
                    Markup("{}").format(f"{row['locator']} {row['cited_as']}".strip())
                    + quiet(f" {row['note']}" if row["note"] else ""),
                ]
                for _, row in rows.iterrows()
            ],
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


def conduct(review: Review) -> BookTable:
    """Return how the studies of reproduction were done, as far as they tell it."""
    studies = review.studies.set_index("study_id")
    about = review.characteristics["study_id"].isin(people_with(review, CONDITION))
    kept, left = leave_out(
        review.characteristics,
        "characteristic_id",
        [("of other studies, shown with them", ~about)],
    )
    groups = [
        Group(
            reference_link(review, studies.loc[study, "reference"]),
            [
                [
                    row["item"].capitalize(),
                    Markup("{}").format(row["statement"])
                    + quiet(f" {row['note']}" if row["note"] else ""),
                    row["reported"],
                    row["locator"],
                ]
                for _, row in rows.iterrows()
            ],
        )
        for study, rows in kept.groupby("study_id", sort=False)
    ]
    columns = (Column("Item"), Column("Statement"), Column("Reported"), Column("Place"))
    shown = frozenset(kept["characteristic_id"])
    caption = "How was the study done?"
    return BookTable(
        "conduct", caption, columns, groups, "characteristics", shown, left, folded=True
    )
