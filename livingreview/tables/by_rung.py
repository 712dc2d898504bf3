"""The table of the ladder from dish to trial: a row a rung of each condition, in full words."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from livingreview.data import Review
from livingreview.ladder import (
    COUNTED,
    DIRECTIONS,
    LEAST,
    PLACES,
    PRINTED,
    SCALED,
    doses_in_people,
    ladder,
    studies_on_the_ladder,
)
from livingreview.tables.base import BookTable, Column, Group, Written, lines, quiet, study_link
from livingreview.tables.dose_words import dose_in_people, other_antagonists
from livingreview.tables.left_out import LeftOut

COLUMNS = (
    Column("Rung, studies, people"),
    Column("Dose of naltrexone in an adult"),
    Column("Which way it points"),
    Column("What is not known"),
)
# how each scale reads after a dose
MEANING = {
    LEAST: "the least dose by mouth that could give this concentration in the blood",
    SCALED: "scaled by body surface",
    PRINTED: "as printed",
}


def dish_to_trial(review: Review) -> BookTable:
    """Return, for each condition, what is known at each rung, and where there is nothing.

    The rows accounted for are those of ``doses``: each counted, or left out for its reason.
    """
    doses = doses_in_people(review)
    reasons = dict(zip(doses["dose_id"], doses["use"], strict=True))
    left = {
        dose: reasons.get(dose, "of other agents")
        for dose in review.doses["dose_id"]
        if reasons.get(dose) != COUNTED
    }
    shown = frozenset(doses.loc[doses["use"] == COUNTED, "dose_id"])
    caption = "How far up does the evidence reach, and was that at a dose a person takes?"
    groups = Written(lambda: _groups(review))
    return BookTable(
        "dish-to-trial", caption, COLUMNS, groups, "doses", shown, LeftOut(left), folded=True
    )


def _groups(review: Review) -> list[Group]:
    rows, studies = ladder(review), studies_on_the_ladder(review)
    groups = []
    names = review.labels("conditions")
    for condition, cells in rows.groupby("condition_id", sort=False):
        here = studies[studies["condition_id"] == condition]
        empty = ", ".join(cells.loc[cells["studies"] == 0, "rung"].str.lower())
        heading = Markup("{}{}").format(
            names[condition], quiet(f" No study: {empty}." if empty else "")
        )
        filled = cells[cells["studies"] > 0]
        groups.append(
            Group(
                heading,
                [
                    _row(review, row, here[here["rung"] == row.rung])
                    for row in filled.itertuples(index=False)
                ],
            )
        )
    return groups


def _row(review: Review, row, studies: pd.DataFrame) -> list[str | Markup]:
    ways = studies.groupby("direction")["other_drug"].agg(["size", "sum"])
    others = other_antagonists(review, set(studies["study_id"]))
    return [
        Markup("{}<br>{}").format(
            row.rung, quiet(_studies(review, studies) + _people(row, studies))
        ),
        _dose(row, others),
        lines(
            [_way(way, *ways.loc[way], others) for way in DIRECTIONS.values() if way in ways.index]
        ),
        lines(_unknown(row)),
    ]


def _studies(review: Review, studies: pd.DataFrame) -> Markup:
    names = [
        study_link(review, row.study_id, row.reference)
        + (" with another agent" if row.combined else "")
        for row in studies.itertuples(index=False)
    ]
    return Markup("{}: {}").format(len(studies), Markup("; ").join(names))


def _people(row, studies: pd.DataFrame) -> Markup:
    if not studies["in_people"].any():
        return Markup("")
    number = f"{row.people:,} people" if row.uncounted < row.studies else "number not printed"
    shared = studies["in_people"] & studies["shared"]
    tail = ", counted in other conditions too" if shared.any() else ""
    return Markup("<br>{}{}").format(number, tail)


def _dose(row, others: str) -> str | Markup:
    if not row.doses:
        return f"none; {others}" if row.other_drug and not row.undosed else "not printed"
    lying = {where: getattr(row, where) for where in PLACES}
    lying["across an edge"] = row.doses - sum(lying.values())
    counts = ", ".join(f"{count} {where}" for where, count in lying.items() if count)
    meaning = "; ".join(MEANING[scale] for scale in row.scale.split(", "))
    return Markup("{}{}").format(
        dose_in_people(row.low, row.high, row.scale),
        quiet(f" {meaning}. Doses against the low-dose band: {counts}."),
    )


def _way(way: str, size: int, of_others: int, others: str) -> Markup:
    mark = f" {of_others} of {others}" if of_others else ""
    return Markup("{}: {}{}").format(way, size, quiet(mark))


def _unknown(row) -> list[str]:
    missing = {
        "dose of naltrexone": row.undosed,
        "number of people": row.uncounted,
        "which way it points": row.unstated,
    }
    said = [
        what + ("" if count == row.studies else f", in {count} of {row.studies} studies")
        for what, count in missing.items()
        if count
    ]
    further = row.unprinted - row.undosed
    return [*said, f"amounts of further doses: {further}"] if further > 0 else said
