"""From the tables to effects with intervals, for the studies in people of a condition."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from livingreview.data import Review, once
from livingreview.effects.as_reported import degrees_of_freedom, of_report, reports
from livingreview.effects.cells import corrected
from livingreview.effects.from_arms import (
    COUNTS,
    of_counts,
    of_interval,
    of_means,
    of_the_pregnant,
    pairs,
)
from livingreview.effects.measures import CELLS, COLUMNS, DIFFERENCE, FROM_ARMS, REPORTED
from livingreview.evidence import people_with, studies_that_are


@once
def effects(review: Review, about: str, family: str = "") -> pd.DataFrame:
    """Return one effect for each outcome and pair of arms, at the time that stands for a study.

    Where both arms report, events become a risk ratio (Wald interval on the log scale) with the
    risk difference (Newcombe's interval) and the number needed to treat; means become Hedges' g,
    or a mean difference where another study of the outcome prints only that, in the same unit.
    Otherwise an effect printed with its precision stands as reported. It comes first in a crossover
    trial, because only it knows that the same people took both, and where the spread of the means
    is known from their intervals alone, because it may be adjusted for the start. Where a study
    reports pregnancies and miscarriages, miscarriage stands twice: of all women, and of those who
    were pregnant. A study with more than two arms gives an effect for each pair, named by its arms.
    A cell with a correction counts as corrected, and the effect says so; a corrected percentage
    changes no effect, since counts are taken and not percentages.

    Parameters
    ----------
    review : Review
        The data.
    about : str
        Condition or group of conditions, for example ``"implantation_failure"`` or ``"Pain"``, or
        `EVERYTHING`; only studies in people are taken.
    family : str
        Family of outcomes to take; all unless told.

    Returns
    -------
    DataFrame
        ``study_id``, ``reference``, ``outcome_id``, ``topic`` (label of the outcome), ``outcome``
        (the same, with arms and part where a study has several), ``better``, ``measure``,
        ``unit`` (of mean differences), ``estimate``, ``low``, ``high`` (on the printed scale:
        ratios not in logarithms), ``yi``, ``vi`` (on the analysis scale), ``weight`` (inverse
        variance), ``treated`` and ``comparator`` (what each arm reports), ``arm_id``,
        ``comparator_id``, ``part``, ``timepoint``, ``given`` (`FROM_ARMS` or `REPORTED`),
        ``difference``, ``difference_low``, ``difference_high`` (risk difference, NaN for others),
        ``nnt`` (words), ``place``, ``corrected`` (words on each corrected cell it rests on; mostly
        empty), and the cells it rests on, tuples of table, key and column: ``treated_cells``,
        ``comparator_cells`` and, of an effect as reported, ``effect_cells``.
    """
    studies = people_with(review, about)
    crossover = studies_that_are(review, "crossover")
    reference = dict(zip(review.studies["study_id"], review.studies["reference"], strict=True))
    found = [pair for pair in pairs(review) if pair[0]["study_id"] in studies]
    printed = [row for row in reports(review) if row["study_id"] in studies]
    told = {_key(row) for row in printed}
    paired = {_key(row) for row in printed if row["study_id"] in crossover}
    paired |= {
        key for pair in found if any(map(of_interval, pair)) and (key := _key(*pair)) in told
    }
    found = [(one, other) for one, other in found if _key(one, other) not in paired]
    known = {_key(one, other) for one, other in found}
    printed = [row for row in printed if _key(row) not in known]
    outcomes = review.outcomes.set_index("outcome_id")
    if family:
        kept = set(outcomes.index[outcomes["family"] == family])
        found = [pair for pair in found if pair[0]["outcome_id"] in kept]
        printed = [row for row in printed if row["outcome_id"] in kept]
    rows = []
    for row, topic, columns in [
        *_from_arms(found, printed, outcomes),
        *_as_reported(printed, crossover, outcomes["label"]),
    ]:
        rows.append(
            {
                **{name: row[name] for name in ("study_id", "outcome_id", "part", "timepoint")},
                **columns,
                "reference": reference[row["study_id"]],
                "topic": topic,
                "better": outcomes.loc[row["outcome_id"], "better"],
                "arm_id": row["arm_id"],
                "place": row["locator"],
                "corrected": corrected(review, [c for name in CELLS for c in columns[name]]),
            }
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = {study: place for place, study in enumerate(review.studies["study_id"])}
    frame = frame.sort_values("study_id", key=lambda keys: keys.map(order), kind="stable")
    return _named(review, frame.reset_index(drop=True))


def _key(one: dict, other: dict | None = None) -> tuple[str, str, str, str]:
    comparator = other["arm_id"] if other else one["comparator_id"]
    return one["arm_id"], comparator, one["outcome_id"], one["part"]


def _from_arms(found: list, printed: list, outcomes: pd.DataFrame) -> Iterator[tuple]:
    """Yield row of the treated arm, topic and columns."""
    differences = {
        (row["outcome_id"], row["unit"]) for row in printed if row["measure"] == DIFFERENCE
    }
    labels = outcomes["label"]
    pregnant = [
        (pair, f"{labels[pair[0]['outcome_id']]}, of the women pregnant")
        for pair in of_the_pregnant(found)
    ]
    for (one, other), topic in [*((p, labels[p[0]["outcome_id"]]) for p in found), *pregnant]:
        if one["kind"] == COUNTS:
            harmful = outcomes.loc[one["outcome_id"], "better"] == "lower"
            columns = of_counts(one, other, harmful)
        else:
            columns = of_means(one, other, (one["outcome_id"], one["unit"]) in differences)
        if columns:
            yield one, topic, {**columns, "comparator_id": other["arm_id"], "given": FROM_ARMS}


def _as_reported(printed: list, crossover: set[str], labels: pd.Series) -> Iterator[tuple]:
    for row in printed:
        df = degrees_of_freedom(row, paired=row["study_id"] in crossover)
        columns = {**of_report(row, df), "comparator_id": row["comparator_id"], "given": REPORTED}
        yield row, labels[row["outcome_id"]], columns


def _named(review: Review, frame: pd.DataFrame) -> pd.DataFrame:
    """Name the arms of a pair where a study has several, and the part of a study."""
    arms = review.labels("arms")
    several = frame.groupby(["study_id", "topic", "part", "measure"]).transform("size") > 1
    frame["outcome"] = [
        row.topic
        + (f", {row.part}" if row.part else "")
        + (f" ({arms[row.arm_id]} v {arms[row.comparator_id]})" if many else "")
        for row, many in zip(frame.itertuples(index=False), several, strict=True)
    ]
    return frame
