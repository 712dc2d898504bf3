"""Tables with one row an outcome and one column an arm, for studies with two arms in people."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from livingreview.data import Review
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    leave_out,
    lines,
    marked,
    quiet,
    reference_link,
)
from livingreview.tables.phrases import effect_phrase, value_phrase

BEFORE, AFTER = "baseline", "after treatment"
TREATED, OTHER = "intervention", "other"


def reproduction_measurements(review: Review) -> pd.DataFrame:
    """Return the measurements of studies about reproduction, with study, side and family.

    ``side`` is ``intervention`` or ``other``: the role of the arm in its study.
    """
    return _joined(review, review.measurements)


def reproduction_comparisons(review: Review) -> pd.DataFrame:
    """Return the comparisons of studies about reproduction, with study, side and family."""
    return _joined(review, review.comparisons)


def _joined(review: Review, frame: pd.DataFrame) -> pd.DataFrame:
    group = dict(zip(review.conditions["condition_id"], review.conditions["group"], strict=True))
    studies = review.studies[["study_id", "reference", "conditions"]]
    frame = frame.merge(review.arms[["arm_id", "study_id", "role"]], on="arm_id", how="left")
    frame = frame.merge(studies, on="study_id", how="left")
    frame = frame.merge(review.outcomes[["outcome_id", "family"]], on="outcome_id", how="left")
    frame["reproduction"] = frame["conditions"].map(
        lambda cell: any(group[key] == "Reproduction" for key in cell.split(" "))
    )
    frame["side"] = frame["role"].where(frame["role"] == TREATED, OTHER)
    frame["in_table"] = frame["locator"].str.startswith("Table")
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
            ("of other studies", ~frame["reproduction"]),
            ("of other outcomes", ~frame["family"].isin(families)),
            ("stated in the text, shown with its table value", ~frame["in_table"]),
            ("at other times", ~frame["timepoint"].isin(times)),
        ],
    )
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
                    line.append(lines([value_phrase(review, r) for _, r in found.iterrows()]))
            line.append(p_values.get((study, outcome, locator), ""))
            body.append(line)
        sizes = rows.groupby("side")["n"].first()
        heading = reference_link(review, reference) + (
            f" (n = {sizes.get(TREATED, '?')} and {sizes.get(OTHER, '?')})"
        )
        groups.append(Group(heading, body))
    heads = [
        Column(f"{arm}{', ' + time if len(times) > 1 else ''}", number=True)
        for arm in ("Naltrexone", "Comparator")
        for time in times
    ]
    columns = (Column("Outcome"), *heads, Column("p as reported", number=True))
    return BookTable(
        name, caption, columns, groups, "measurements", frozenset(kept["measurement_id"]), left
    )


def _p_values(review: Review) -> dict[tuple[str, str, str], Markup]:
    frame = reproduction_comparisons(review)
    frame = frame[(frame["p"] != "") & frame["in_table"]]
    return {
        (row["study_id"], row["outcome_id"], row["locator"]): marked(
            review, "comparisons", row["comparison_id"], row["p"]
        )
        for _, row in frame.iterrows()
    }


def correlations(review: Review) -> BookTable:
    """Return the reported correlations of treatment with each outcome."""
    frame = reproduction_comparisons(review)
    kept, left = leave_out(
        frame,
        "comparison_id",
        [
            ("of other studies", ~frame["reproduction"]),
            ("p values, shown beside the values they belong to", frame["measure"] != "correlation"),
        ],
    )
    labels = review.labels("outcomes")
    groups = [
        Group(
            reference_link(review, reference),
            [
                [
                    Markup(labels[row["outcome_id"]]) + quiet(f" [{row['locator']}]"),
                    marked(review, "comparisons", row["comparison_id"], row["effect"]),
                    row["strength"],
                    Markup(effect_phrase({**row, "effect": ""})) + quiet(f" {row['note']}"),
                ]
                for _, row in rows.iterrows()
            ],
        )
        for reference, rows in kept.groupby("reference", sort=False)
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
