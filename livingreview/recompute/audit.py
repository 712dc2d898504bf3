"""The audit as a table: one row for each statistic that a study reports."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from livingreview.data import Review, once
from livingreview.recompute.cells import Cells, Row
from livingreview.recompute.claims import CORRELATION, assess_p, assess_r
from livingreview.recompute.measured import assess_mean, assess_percent, assess_sd
from livingreview.recompute.verdicts import Assessment

PUBLISHED = [
    "study_id",
    "outcome",
    "statistic",
    "locator",
    "reported",
    "recomputed",
    "low",
    "high",
    "test",
    "verdict",
]
COLUMNS = [*PUBLISHED, "why", "row_table", "row_key", "arithmetic"]


@once
def recompute(review: Review) -> pd.DataFrame:
    """Recompute every reported statistic that the typed cells allow, and give a verdict.

    Parameters
    ----------
    review : Review
        The data; all studies are audited, and none is known by name. Its printed values are
        taken: an audit of corrected ones would find what we put there.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS`, all texts. One row for each percentage, for each mean and SD of
        counts with a size, for each p value and for each correlation, in the order of
        ``measurements`` and then of ``comparisons``. ``reported`` is as printed; ``recomputed``
        is from the printed numbers themselves, ``low`` and ``high`` over all numbers that round
        to them, of the closest test (``test``); ``verdict`` is one of `VERDICTS`.
    """
    review = review.printed
    cells, outcomes = Cells(review), review.labels("outcomes")
    rows = []
    for table, key, record, statistic, reported, assessed in _statistics(review, cells):
        rows.append(
            {
                "study_id": cells.study[record["arm_id"]],
                "outcome": outcomes[record["outcome_id"]],
                "statistic": statistic,
                "locator": record["locator"],
                "reported": reported,
                "recomputed": assessed.recomputed,
                "low": assessed.low,
                "high": assessed.high,
                "test": assessed.test,
                "verdict": assessed.verdict,
                "why": assessed.why,
                "row_table": table,
                "row_key": record[key],
                "arithmetic": assessed.arithmetic,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def published(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the ten columns of an audit that are published as data."""
    return frame[PUBLISHED].copy()


def _statistics(
    review: Review, cells: Cells
) -> Iterator[tuple[str, str, Row, str, str, Assessment]]:
    """Yield table, name of its key, row, statistic, its printed text, and the assessment."""
    for row in review.measurements.to_dict("records"):
        where = "measurements", "measurement_id", row
        if row["percent"]:
            yield *where, "percent", row["percent"], assess_percent(row, cells)
        if (assessed := assess_mean(row)) is not None:
            yield *where, "mean", row["mean"], assessed
        if (assessed := assess_sd(row, cells)) is not None:
            yield *where, "sd", row["sd"], assessed
    for row in review.comparisons.to_dict("records"):
        where = "comparisons", "comparison_id", row
        if row["p"]:
            yield *where, "p", row["p"], assess_p(row, cells)
        if row["measure"] == CORRELATION:
            yield *where, "r", row["effect"], assess_r(row, cells)
