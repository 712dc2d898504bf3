"""Where a value stands, and which place is read where a source states a value at several."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.timepoints import BEFORE, last

TABLE = "Table"
# how near a document is to the study, nearest first; all others come last
HANDS = {"primary report": 0, "abstract page": 1, "registry": 1}
REPEATS = ("Abstract", "Conclusion")


def from_the_best_place(review: Review, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows so that the place to read a value from comes first.

    A report of the study itself comes before a page with its abstract, and that before what tells
    of it in other words; in a document a table comes before
    the text, and the text before abstract and conclusions, which repeat.
    """
    kind = review.labels("sources", "kind")
    place = [
        0 if TABLE in locator else 2 if locator.startswith(REPEATS) else 1
        for locator in frame["locator"]
    ]
    second_hand = frame["source_id"].map(lambda source: HANDS.get(kind[source], len(HANDS)))
    order = frame.assign(_second_hand=second_hand, _place=place)
    order = order.sort_values(["_second_hand", "_place"], kind="stable")
    return order.drop(columns=["_second_hand", "_place"])


def of_the_whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows without those of a part of a study whose whole has a row for the outcome."""
    keys = pd.MultiIndex.from_frame(frame[["study_id", "outcome_id"]])
    return frame[(frame["part"] == "") | ~keys.isin(keys[frame["part"] == ""])]


def at_the_end(frame: pd.DataFrame, times: set[str] | None = None) -> pd.DataFrame:
    """Return the rows of the timepoint that stands for their study; see `timepoints.last`.

    Parameters
    ----------
    frame : DataFrame
        Rows of one study and outcome.
    times : set of str, optional
        Timepoints to choose from; by default all but the baseline.
    """
    told = [t for t in frame["timepoint"] if t not in BEFORE and (times is None or t in times)]
    return frame[frame["timepoint"] == last(told)] if told else frame.iloc[:0]
