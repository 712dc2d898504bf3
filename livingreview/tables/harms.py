"""Harms over all conditions: what each study in people tells of each, arm beside arm."""

from __future__ import annotations

from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.evidence import EVERYTHING, people_with
from livingreview.tables.base import BookTable, Column, Group, lines, quiet, study_link
from livingreview.tables.left_out import leave_out
from livingreview.tables.phrases import value_phrase
from livingreview.tables.seen_on import place_phrase


def harms(review: Review) -> BookTable:
    """Return every count or share of people with a harm, by outcome, study and arm."""
    frame = review.measurements.merge(
        review.arms[["arm_id", "study_id", "label"]], on="arm_id", how="left"
    )
    family = frame["outcome_id"].map(review.labels("outcomes", "family"))
    kept, left = leave_out(
        frame,
        "measurement_id",
        [
            ("of other outcomes", family != "safety"),
            ("not in people", ~frame["study_id"].isin(people_with(review, EVERYTHING))),
        ],
    )
    order = {key: place for place, key in enumerate(review.outcomes["outcome_id"])}
    kept = kept.sort_values("outcome_id", key=lambda keys: keys.map(order), kind="stable")
    reference = review.labels("studies", "reference")
    design = review.labels("designs")
    about = review.labels("studies", "design")
    labels = review.labels("outcomes")
    groups = []
    for outcome, rows in kept.groupby("outcome_id", sort=False):
        body = []
        for study, cells in rows.groupby("study_id", sort=False):
            name = study_link(review, study, reference[study])
            body.append(
                [
                    name + quiet(f" {design[about[study]].removeprefix('a ')}"),
                    lines([_told(review, row) for row in cells.to_dict("records")]),
                ]
            )
        groups.append(Group(labels[outcome], body))
    columns = (Column("Study"), Column("People with it, of how many, in each group"))
    caption = "What harms were counted, in which study?"
    shown = frozenset(kept["measurement_id"])
    return BookTable("harms", caption, columns, groups, "measurements", shown, left)


def _told(review: Review, row: dict) -> Markup:
    inside = ", ".join(part for part in (row["label"], row["part"]) if part)
    place = quiet(Markup(" [{}] {}").format(place_phrase(review, row), row["note"]))
    return escape(inside) + ": " + value_phrase(review, row) + place
