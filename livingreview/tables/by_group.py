"""Tables of the studies of one group of conditions, the same for every group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.evidence import people_with, studies_that_are, studies_view
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    Written,
    anchor,
    lines,
    quiet,
    study_link,
)
from livingreview.tables.by_study import study_table
from livingreview.tables.left_out import OTHER_CONDITIONS, OTHER_STUDIES, leave_out
from livingreview.tables.marks import MarkedRow
from livingreview.tables.phrases import (
    Row,
    effect_phrase,
    p_phrase,
    records_by_study,
    value_phrase,
)
from livingreview.tables.seen_on import place_phrase
from livingreview.timepoints import BEFORE, is_change

NO_COUNTS = "Percentages whose counts are not printed: nothing can be computed from them."


def studies_of(review: Review, group: str) -> BookTable:
    """Return the studies of a group of conditions, strongest design first, with their findings."""
    frame = studies_view(review)
    inside = frame["groups"].map(lambda groups: group in groups)
    table = study_table(
        review,
        anchor("studies", group),
        "Which studies are there, and what was found?",
        [(OTHER_CONDITIONS, ~inside)],
    )
    return replace(table, groups=Written(lambda: table.groups[::-1]))


def percentages(review: Review, group: str) -> BookTable:
    """Return percentages that are printed without counts, arm beside arm."""
    frame = _of_people(review, review.measurements)
    kept, left = leave_out(
        frame,
        "measurement_id",
        [
            (OTHER_STUDIES, ~frame["study_id"].isin(people_with(review, group))),
            ("without a percentage", frame["percent"] == ""),
            ("with its count, from which effects are computed", frame["events"] != ""),
        ],
    )
    labels = review.labels("outcomes")
    groups = []
    for study, rows in kept.groupby("study_id", sort=False):
        body = []
        same = ["outcome_id", "part", "timepoint", "locator", "source_id"]
        for key, cells in rows.groupby(same, sort=False):
            told = [
                Markup("{}: {}").format(row["label"], value_phrase(review, row))
                for row in cells.to_dict("records")
            ]
            place = quiet(Markup(" [{}]").format(place_phrase(review, cells.iloc[0])))
            what = ", ".join(part for part in (labels[key[0]], *key[1:3]) if part)
            notes = dict.fromkeys(note for note in cells["note"] if note)
            body.append([escape(what) + place, lines(told), " ".join(notes)])
        groups.append(Group(_name(review, study), body))
    return BookTable(
        anchor("percentages", group),
        "Which results are printed as a percentage alone?",
        (Column("Outcome"), Column("Percentage in each group"), Column("Note")),
        groups,
        "measurements",
        frozenset(kept["measurement_id"]),
        left,
        none=f"No such result. {NO_COUNTS}",
    )


def without_control(review: Review, group: str) -> BookTable:
    """Return values before and after in studies without a control group."""
    frame = _of_people(review, review.measurements)
    alone = people_with(review, group) - studies_that_are(review, "comparative")
    kept, left = leave_out(
        frame,
        "measurement_id",
        [(OTHER_STUDIES, ~frame["study_id"].isin(alone))],
    )
    changes = _of_people(review, review.comparisons)
    changes = changes[changes["study_id"].isin(alone) & (changes["comparator_id"] == "")]
    values, told = records_by_study(kept), records_by_study(changes)
    groups = [
        Group(_name(review, study), body)
        for study in review.studies["study_id"]
        if (body := list(_before_after(review, values.get(study, []), told.get(study, []))))
    ]
    columns = (
        Column("Outcome"),
        Column("Before", number=True),
        Column("Later", number=True),
        Column("Change as reported", number=True),
    )
    return BookTable(
        anchor("without-control", group),
        "What changed in people where nobody stood beside them for comparison?",
        columns,
        groups,
        "measurements",
        frozenset(kept["measurement_id"]),
        left,
        none="No study without a control group prints a value.",
    )


def _before_after(review: Review, values: list[Row], changes: list[Row]) -> Iterator[list[Markup]]:
    """Yield the cells of each outcome, part and arm of a study."""
    labels = review.labels("outcomes")
    several = len({row["arm_id"] for row in (*values, *changes)}) > 1
    places: dict[tuple[str, str, str], list[list[Markup]]] = {}
    names = {}
    for row, printed in [(r, False) for r in values] + [(r, True) for r in changes]:
        key = row["outcome_id"], row["part"], row["arm_id"]
        names[key] = (labels[key[0]], key[1], row["label"] if several else "")
        before, later, changed = places.setdefault(key, [[], [], []])
        if printed:
            changed.append(_change(review, row))
        elif row["timepoint"] in BEFORE:
            before.append(_value(review, row, False))
        else:
            (changed if is_change(row["timepoint"]) else later).append(_value(review, row))
    for key, columns in places.items():
        yield [escape(", ".join(filter(None, names[key]))), *map(lines, columns)]


def _value(review: Review, row: dict, timed: bool = True) -> Markup:
    time = f", {row['timepoint']}" if timed and row["timepoint"] else ""
    tail = quiet(Markup("{} [{}]").format(time, place_phrase(review, row)))
    return value_phrase(review, row) + tail


def _change(review: Review, row: dict) -> Markup:
    cells = MarkedRow(review, "comparisons", row)
    words = effect_phrase(cells)
    if row["p"]:
        words += Markup(", ") + cells.show("p", f"p {p_phrase(row['p'])}")
    tail = quiet(Markup(", {} [{}]").format(row["timepoint"], place_phrase(review, row)))
    return words + tail + cells.rest()


def _of_people(review: Review, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.merge(review.arms[["arm_id", "study_id", "label"]], on="arm_id", how="left")


def _name(review: Review, study: str) -> Markup:
    return study_link(review, study, review.labels("studies", "reference")[study])
