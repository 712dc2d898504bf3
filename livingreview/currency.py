"""How current the review is: to which day, when it is due again, and how much was checked.

The day on which the next update is due is no promise typed into a page: it follows from the
interval in the description of the data and from the day to which the evidence is current.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from livingreview.data import Review, load
from livingreview.faults import Fault, near_miss
from livingreview.project import CONTENTS, DATA_DIR, PACKAGE_FILE

SEARCHED, ADDED = "search run", "studies added"
INTERVAL = re.compile(r"P([1-9][0-9]?)M")  # ISO 8601, whole months alone


@dataclass(frozen=True)
class Clock:
    """How current the review is.

    Attributes
    ----------
    current_to : datetime.date
        Day of the last search, or of the last studies added while there was no search.
    searched : bool
        Whether a search has been run.
    changed : datetime.date
        Last day on which anything in the data changed.
    change : str
        The last update, in its own words.
    months : int
        Interval of updates.
    due : datetime.date
        Day of the next update: `months` after `current_to`.
    checked, values : int
        Rows of data that a second person compared with their source, and all of them.
    """

    current_to: date
    searched: bool
    changed: date
    change: str
    months: int
    due: date
    checked: int
    values: int


def clock(review: Review) -> Clock:
    """Return how current the review is.

    Raises
    ------
    ValueError
        If the interval of updates is no number of months, or nothing was ever added:
        `currency_faults` says so first.
    """
    months = INTERVAL.fullmatch(review.package.interval)
    updates = review.updates.sort_values("date", kind="stable")
    searches, additions = (updates[updates["kind"] == kind] for kind in (SEARCHED, ADDED))
    looked = searches if len(searches) else additions
    if months is None or looked.empty:
        raise ValueError("the interval of updates or the first update is missing")
    current_to = looked["date"].max()
    dated = [frame for frame in review.whole.tables.values() if "checked" in frame]
    days = [frame[name].max() for frame in dated for name in ("extracted", "checked")]
    return Clock(
        current_to=current_to.date(),
        searched=len(searches) > 0,
        changed=max(day for day in (updates["date"].max(), *days) if pd.notna(day)).date(),
        change=updates["summary"].iloc[-1],
        months=int(months[1]),
        due=(current_to + pd.DateOffset(months=int(months[1]))).date(),
        checked=sum(int(frame["checked"].notna().sum()) for frame in dated),
        values=sum(len(frame) for frame in dated),
    )


def currency_faults(root: Path) -> list[Fault]:
    """Return a fault for whatever keeps the first page from saying what is known, and of when.

    The data must be free of other faults (see `livingreview.checks`).
    """
    review = load(root)
    return [*_clock_faults(review), *_answer_faults(review)]


def _clock_faults(review: Review) -> Iterator[Fault]:
    interval = review.package.interval
    if not INTERVAL.fullmatch(interval):
        why = "accrualPeriodicity is no number of months: when is the next update due?"
        remedy = "Write how often the review is to be updated, for example P3M"
        yield Fault(f"{DATA_DIR}/{PACKAGE_FILE}", 0, "", interval, why, remedy)
    if not review.updates["kind"].isin([SEARCHED, ADDED]).any():
        why = f"no row is of kind {SEARCHED} or {ADDED}: to which day is the evidence current?"
        yield Fault(f"{DATA_DIR}/updates.csv", 0, "kind", "", why, "Add the row")


def _answer_faults(review: Review) -> Iterator[Fault]:
    """Name each answer that leads to no page; a copy of the data alone has no pages."""
    file = f"{DATA_DIR}/certainty.csv"
    contents = review.root / CONTENTS
    if not contents.is_file():
        return
    if not (review.certainty["answered_on"] != "").any():
        why = "no question names the page that answers it, so the first page has no answer to show"
        remedy = "Name the chapter that answers a question, for example chapters/summary"
        yield Fault(file, 0, "answered_on", "", why, remedy)
    pages = re.findall(r"file: (\S+)", contents.read_text(encoding="utf-8"))
    for row in review.certainty.itertuples():
        if row.answered_on and row.answered_on not in pages:
            why = f"question {row.certainty_id}: {CONTENTS} has no such page to lead readers to"
            remedy = f"Name the chapter that answers it{near_miss(row.answered_on, pages)}"
            line = row.Index + 2  # one for the header, one as lines are counted from 1
            yield Fault(file, line, "answered_on", row.answered_on, why, remedy)
