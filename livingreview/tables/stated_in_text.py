"""Tables of what abstract and text state of studies in reproduction, and of what is left."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.tables.base import BookTable, Column, Group, quiet, study_link
from livingreview.tables.by_arm import (
    TIMES,
    reproduction_comparisons,
    reproduction_measurements,
    shown_by_arm,
)
from livingreview.tables.left_out import OTHER_STUDIES, leave_out
from livingreview.tables.phrases import (
    comparison_phrases,
    measurement_phrases,
    records,
    value_phrase,
)


def stated_again(review: Review) -> BookTable:
    """Return values that abstract and text state, beside the table's value of the same thing."""
    frame = reproduction_measurements(review)
    kept, left = leave_out(
        frame,
        "measurement_id",
        [
            (OTHER_STUDIES, ~frame["reproduction"]),
            ("stated in a table of the source", frame["in_table"]),
        ],
    )
    same = ["study_id", "arm_id", "outcome_id", "timepoint"]
    tabled = frame[frame["in_table"]].set_index(same)
    labels, arms = review.labels("outcomes"), review.labels("arms")
    # whether a source agrees with itself is a question about what it prints
    printed = review.printed.measurements.set_index("measurement_id", drop=False)
    body: dict[tuple[str, str], list] = {}
    for _, row in kept.iterrows():
        key = tuple(row[same])
        other = tabled.loc[[key]].iloc[0] if key in tabled.index else None
        body.setdefault((row["study_id"], row["reference"]), []).append(
            [
                f"{labels[row['outcome_id']]}, {arms[row['arm_id']]}, {row['timepoint']}",
                value_phrase(review, row) + quiet(f" [{row['locator']}]"),
                ""
                if other is None
                else value_phrase(review, other) + quiet(f" [{other['locator']}]"),
                "no table value to compare"
                if other is None
                else _agreement(*(printed.loc[x["measurement_id"]] for x in (row, other))),
            ]
        )
    columns = (
        Column("What"),
        Column("In abstract or text", number=True),
        Column("In the table", number=True),
        Column("Do they agree, as printed?"),
    )
    caption = "Does the text of the source say what its tables say?"
    shown = frozenset(kept["measurement_id"])
    groups = [Group(study_link(review, *study), rows) for study, rows in body.items()]
    return BookTable(
        "stated-again",
        caption,
        columns,
        groups,
        "measurements",
        shown,
        left,
        folded=True,
    )


def _agreement(row: pd.Series, other: pd.Series) -> str:
    for column in ("mean", "value", "percent", "events"):
        if row[column]:
            match = other[column] or other["mean"]
            same = match != "" and float(match) == float(row[column])
            return "yes" if same else "no"
    return "no table value to compare"


def claims_again(review: Review) -> BookTable:
    """Return every claim about reproduction that does not stand beside its values."""
    frame = reproduction_comparisons(review)
    same = ["study_id", "outcome_id", "locator"]
    values = shown_by_arm(review)
    beside = pd.Series(
        [key in values for key in frame[same].itertuples(index=False, name=None)], frame.index
    )
    beside &= frame["in_table"] & (frame["p"] != "") & (frame["effect"] == "")
    kept, left = leave_out(
        frame,
        "comparison_id",
        [
            (OTHER_STUDIES, ~frame["reproduction"]),
            ("correlations, shown in their own table", frame["measure"] == "correlation"),
            ("p values, shown beside their values", beside),
        ],
    )
    rows = [
        [study_link(review, study, reference), phrase]
        for (study, reference), group in kept.groupby(["study_id", "reference"], sort=False)
        for phrase in comparison_phrases(review, records(group))
    ]
    columns = (Column("Study"), Column("Claim, with its place"))
    caption = "What do abstract and text claim?"
    shown = frozenset(kept["comparison_id"])
    return BookTable(
        "claims-again", caption, columns, [Group("", rows)], "comparisons", shown, left, folded=True
    )


def remaining(review: Review) -> BookTable:
    """Return every value of a study about reproduction that no other table here shows."""
    frame = reproduction_measurements(review)
    elsewhere = pd.Series(
        [
            time in TIMES.get(family, ())
            for family, time in zip(frame["family"], frame["timepoint"], strict=True)
        ],
        frame.index,
    )
    kept, left = leave_out(
        frame,
        "measurement_id",
        [
            (OTHER_STUDIES, ~frame["reproduction"]),
            ("stated in the text, shown with its table value", ~frame["in_table"]),
            ("shown in the tables by arm", elsewhere),
        ],
    )
    rows = [
        [study_link(review, study, reference), phrase]
        for (study, reference), group in kept.groupby(["study_id", "reference"], sort=False)
        for phrase in measurement_phrases(review, records(group))
    ]
    columns = (Column("Study"), Column("Value, with its place"))
    caption = "Which values fit none of the tables by arm?"
    shown = frozenset(kept["measurement_id"])
    return BookTable("remaining", caption, columns, [Group("", rows)], "measurements", shown, left)
