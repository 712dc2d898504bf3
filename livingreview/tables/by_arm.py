"""Tables with one row an outcome and one column an arm, for studies with two arms in people."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from livingreview.data import Review, once
from livingreview.evidence import people_with
from livingreview.tables.base import BookTable, Column, Group, Written, lines, quiet, study_link
from livingreview.tables.left_out import OTHER_STUDIES, leave_out
from livingreview.tables.marks import MarkedRow
from livingreview.tables.phrases import direction_phrase, value_phrase

CONDITION = "implantation_failure"  # what the chapter with these tables is about
BEFORE, AFTER = "baseline", "after treatment"
TREATED, OTHER = "intervention", "other"
# which times of which family of outcomes have a column in a table by arm
TIMES = {
    "baseline": (BEFORE,),
    "hormones": (BEFORE, AFTER),
    "immune response": (BEFORE, AFTER),
    "endometrium and ovary": (BEFORE, AFTER),
    "pregnancy": (AFTER,),
}


@once
def reproduction_measurements(review: Review) -> pd.DataFrame:
    """Return the measurements of studies about reproduction, with study, side and family.

    ``side`` is ``intervention`` or ``other``: the role of the arm in its study.
    """
    return _joined(review, review.measurements)


@once
def reproduction_comparisons(review: Review) -> pd.DataFrame:
    """Return the comparisons of studies about reproduction, with study, side and family."""
    return _joined(review, review.comparisons)


def _joined(review: Review, frame: pd.DataFrame) -> pd.DataFrame:
    studies = review.studies[["study_id", "reference"]]
    arms = review.arms[["arm_id", "study_id", "role", "label"]]
    frame = frame.merge(arms, on="arm_id", how="left")
    frame = frame.merge(studies, on="study_id", how="left")
    frame = frame.merge(review.outcomes[["outcome_id", "family"]], on="outcome_id", how="left")
    frame["reproduction"] = frame["study_id"].isin(people_with(review, CONDITION))
    frame["side"] = frame["role"].where(frame["role"] == TREATED, OTHER)
    frame["in_table"] = frame["locator"].str.contains("Table", regex=False)
    return frame


def baseline(review: Review) -> BookTable:
    """Return the baseline of both arms."""
    return _arm_table(
        review,
        "baseline",
        "Were the two groups alike at the start?",
        ("baseline",),
        (BEFORE,),
    )


def before_after(review: Review, family: str, name: str, caption: str) -> BookTable:
    """Return outcomes of one family before and after treatment in both arms."""
    return _arm_table(review, name, caption, (family,), (BEFORE, AFTER))


def pregnancy(review: Review) -> BookTable:
    """Return the outcomes of pregnancy in both arms."""
    return _arm_table(
        review,
        "pregnancy",
        "How many women became pregnant, and how many lost the pregnancy?",
        ("pregnancy",),
        (AFTER,),
    )


def _arm_table(
    review: Review, name: str, caption: str, families: tuple[str, ...], times: tuple[str, ...]
) -> BookTable:
    frame = reproduction_measurements(review)
    kept, left = leave_out(
        frame,
        "measurement_id",
        [
            (OTHER_STUDIES, ~frame["reproduction"]),
            ("of other outcomes", ~frame["family"].isin(families)),
            ("stated in the text, shown with its table value", ~frame["in_table"]),
            ("at other times", ~frame["timepoint"].isin(times)),
        ],
    )

    def write() -> list[Group]:
        p_values = _p_values(review)
        labels = review.labels("outcomes")
        groups = []
        for (study, reference), rows in kept.groupby(["study_id", "reference"], sort=False):
            body = []
            for (outcome, locator), cells in rows.groupby(["outcome_id", "locator"], sort=False):
                line: list[str | Markup] = [Markup(labels[outcome]) + quiet(f" [{locator}]")]
                for side in (TREATED, OTHER):
                    for time in times:
                        found = cells[(cells["side"] == side) & (cells["timepoint"] == time)]
                        line.append(_values(review, found))
                line.append(lines(p_values.get((study, outcome, locator), [])))
                body.append(line)
            sizes = rows.drop_duplicates("arm_id")
            heading = study_link(review, study, reference) + (
                " (" + ", ".join(f"{a.label}: n = {a.n or '?'}" for a in sizes.itertuples()) + ")"
            )
            groups.append(Group(heading, body))
        return groups

    heads = [
        Column(f"{arm}{', ' + time if len(times) > 1 else ''}", number=True)
        for arm in ("Naltrexone", "Comparator")
        for time in times
    ]
    columns = (Column("Outcome"), *heads, Column("p as reported", number=True))
    return BookTable(
        name,
        caption,
        columns,
        Written(write),
        "measurements",
        frozenset(kept["measurement_id"]),
        left,
    )


def _values(review: Review, found: pd.DataFrame) -> Markup:
    """Return the values of one side; where it has several arms, each under its name."""
    named = found["arm_id"].nunique() > 1
    return lines(
        [
            (Markup("{}: ").format(row["label"]) if named else Markup(""))
            + value_phrase(review, row)
            for _, row in found.iterrows()
        ]
    )


@once
def _p_values(review: Review) -> dict[tuple[str, str, str], list[Markup]]:
    """Return every p value of the tables by study, outcome and place."""
    frame = reproduction_comparisons(review)
    frame = frame[(frame["p"] != "") & frame["in_table"]]
    found: dict[tuple[str, str, str], list[Markup]] = {}
    for key, rows in frame.groupby(["study_id", "outcome_id", "locator"], sort=False):
        found[key] = [_p_value(review, row, len(rows) > 1) for _, row in rows.iterrows()]
    return found


def _p_value(review: Review, row: pd.Series, several: bool) -> Markup:
    """Return a p value with its note; where there are several, with its arms and time."""
    labels = review.labels("arms")
    cells = MarkedRow(review, "comparisons", row)
    arms = f" {labels[row['arm_id']]} v {labels.get(row['comparator_id'], '?')}, {row['timepoint']}"
    words = cells.show("p") + quiet(arms if several else "")
    return words + quiet(f" {row['note']}" if row["note"] else "") + cells.rest()


@once
def shown_by_arm(review: Review) -> set[tuple[str, str, str]]:
    """Return study, outcome and place of every row of the tables by arm."""
    frame = reproduction_measurements(review)
    timed = pd.Series(
        [
            time in TIMES.get(family, ())
            for family, time in zip(frame["family"], frame["timepoint"], strict=True)
        ],
        frame.index,
    )
    frame = frame[frame["reproduction"] & frame["in_table"] & timed]
    keys = frame[["study_id", "outcome_id", "locator"]]
    return set(keys.itertuples(index=False, name=None))


def correlations(review: Review) -> BookTable:
    """Return the reported correlations of treatment with each outcome."""
    frame = reproduction_comparisons(review)
    kept, left = leave_out(
        frame,
        "comparison_id",
        [
            (OTHER_STUDIES, ~frame["reproduction"]),
            ("p values, shown beside the values they belong to", frame["measure"] != "correlation"),
        ],
    )
    groups = [
        Group(
            study_link(review, study, reference),
            [_correlation(review, row) for _, row in rows.iterrows()],
        )
        for (study, reference), rows in kept.groupby(["study_id", "reference"], sort=False)
    ]
    columns = (
        Column("Outcome"),
        Column("r with treatment, as reported", number=True),
        Column("Strength in the words of the source"),
        Column("Direction claimed"),
    )
    caption = "How strongly is treatment said to go along with each outcome?"
    shown = frozenset(kept["comparison_id"])
    return BookTable("correlations", caption, columns, groups, "comparisons", shown, left)


def _correlation(review: Review, row: pd.Series) -> list[Markup]:
    cells = MarkedRow(review, "comparisons", row)
    outcome = review.labels("outcomes")[row["outcome_id"]]
    return [
        cells.show("outcome_id", outcome) + quiet(f" [{row['locator']}]"),
        cells.show("effect"),
        cells.show("strength"),
        direction_phrase(cells) + quiet(f" {row['note']}") + cells.rest(),
    ]
