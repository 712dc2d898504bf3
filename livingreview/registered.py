"""Registered trials against the day of the review, and the flow of records into it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import pandas as pd

from livingreview.data import Review, keys_of, once

# what a trial is to somebody who waits for its result; the order in which the board shows them
STATES = OVERDUE, EXPECTED, UNTOLD, KNOWN, WITHDRAWN = (
    "Results overdue: the end is past and no result was seen",
    "Still to come: the end lies ahead",
    "No result was seen, and no end is told",
    "With results",
    "Withdrawn before anybody took part",
)
NONE_SEEN = "none seen"
PAGES = ("abstract page", "summary page", "registry")  # kinds of sources that are public pages


def day_of_review(review: Review) -> date:
    """Return the day to which the evidence is current: that of the last update."""
    return max(review.updates["date"]).date()


def last_day(text: str) -> date:
    """Return the last day that a date as printed can mean: ``2023-09`` is 30 September 2023."""
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


@once
def registered_trials(review: Review) -> pd.DataFrame:
    """Return the registered trials with what they are to somebody who waits for a result.

    A trial has results if a register or a report was seen to have them, or if a study with values
    in the data reports it: one that is named beside it or carries its number. Otherwise it is
    overdue once the last day that its end can mean lies before the day of the review, whoever says
    that it still recruits.

    Returns
    -------
    DataFrame
        The table ``registrations`` with ``reports`` (studies in the data, list), ``here`` (bool:
        one of them holds values), ``state`` (one of `STATES`), ``end`` (date or None) and
        ``years`` (overdue, else NaN).
    """
    today = day_of_review(review)
    by_number = review.studies[review.studies["registration"] != ""]
    by_number = by_number.groupby("registration")["study_id"].agg(list).to_dict()
    study = review.labels("arms", "study_id")
    with_values = {
        study[arm] for frame in (review.measurements, review.comparisons) for arm in frame["arm_id"]
    }
    frame = review.registrations.copy()
    frame["reports"] = [
        list(dict.fromkeys([*keys_of(row.studies), *by_number.get(row.number, [])]))
        for row in frame.itertuples(index=False)
    ]
    frame["here"] = [not with_values.isdisjoint(found) for found in frame["reports"]]
    frame["end"] = [last_day(text) if text else None for text in frame["ended"]]

    def state(row) -> str:
        if row.here or row.results != NONE_SEEN:
            return KNOWN
        if row.status == "withdrawn":
            return WITHDRAWN
        if row.end is None:
            return UNTOLD
        return OVERDUE if row.end < today else EXPECTED

    frame["state"] = [state(row) for row in frame.itertuples(index=False)]
    frame["years"] = [
        (today - row.end).days / 365.25 if row.state == OVERDUE else float("nan")
        for row in frame.itertuples(index=False)
    ]
    return frame


@dataclass(frozen=True)
class Flow:
    """Records of one kind on their way into the review, as PRISMA counts them.

    Attributes
    ----------
    record : str
        Kind of record: ``report`` or ``register entry``.
    found, included : int
        Records found, and those that stand in the data.
    excluded : dict of str to int
        Records left out, by reason.
    """

    record: str
    found: int
    included: int
    excluded: dict[str, int]

    @property
    def lost(self) -> int:
        """Records that are neither in nor left out with a reason: must be none."""
        return self.found - self.included - sum(self.excluded.values())


def record_flow(review: Review) -> list[Flow]:
    """Return for each kind of record how many were found, entered, and left out with a reason.

    A report is entered where a study of the data was read from a public page about it, a register
    entry where it is a row of ``registrations``.
    """
    kind = review.labels("sources", "kind")
    entered = {
        "report": int(review.studies["source_id"].map(kind).isin(PAGES).sum()),
        "register entry": len(review.registrations),
    }
    flows = []
    for record, rows in review.identification.groupby("record", sort=False):
        left = review.exclusions[review.exclusions["record"] == record]
        reasons = left["reason"].value_counts(sort=False).to_dict()
        found = int(rows["records"].astype(int).sum())
        flows.append(Flow(str(record), found, entered[str(record)], reasons))
    return flows
