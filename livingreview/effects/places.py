"""Where a value stands, and which place is read where a source states a value at several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pandas as pd

from livingreview.data import Review
from livingreview.timepoints import BEFORE, last

Row = dict[str, str]
TABLE = "Table"
# how near a document is to the study, nearest first; all others come last
HANDS = {"primary report": 0, "abstract page": 1, "registry": 1}
REPEATS = ("Abstract", "Conclusion")


def from_the_best_place(review: Review, rows: Iterable[Row]) -> list[Row]:
    """Return rows so that the place to read a value from comes first.

    A report of the study itself comes before a page with its abstract, and that before what tells
    of it in other words; in a document a table comes before
    the text, and the text before abstract and conclusions, which repeat.
    """
    kind = review.labels("sources", "kind")

    def rank(row: Row) -> tuple[int, int]:
        locator = row["locator"]
        place = 0 if TABLE in locator else 2 if locator.startswith(REPEATS) else 1
        return HANDS.get(kind[row["source_id"]], len(HANDS)), place

    return sorted(rows, key=rank)


def of_the_whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows without those of a part of a study whose whole has a row for the outcome."""
    keys = pd.MultiIndex.from_frame(frame[["study_id", "outcome_id"]])
    return frame[(frame["part"] == "") | ~keys.isin(keys[frame["part"] == ""])]


def at_the_end(rows: Sequence[Row], times: Collection[str] | None = None) -> list[Row]:
    """Return the rows of the timepoint that stands for their study; see `timepoints.last`.

    Parameters
    ----------
    rows : sequence of dict
        Rows of one study and outcome, in the order of the data.
    times : collection of str, optional
        Timepoints to choose from; by default all but the baseline.
    """
    told = [row["timepoint"] for row in rows]
    told = [t for t in told if t not in BEFORE and (times is None or t in times)]
    end = last(told) if told else None
    return [row for row in rows if row["timepoint"] == end]


def grouped(frame: pd.DataFrame, columns: Sequence[str]) -> list[list[Row]]:
    """Return rows that are alike in some columns, as lists, in the order of the data."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in frame.to_dict("records"):
        groups.setdefault(tuple(row[column] for column in columns), []).append(row)
    return list(groups.values())
