"""Timepoints in the words of the data: which one stands for a study, and which go together."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

AFTER = "after treatment"
BEFORE = ("baseline", "before treatment")

_END = re.compile(r"\b(after treatment|end of (the )?(treatment|study|trial|period)|final)\b", re.I)
_LATER = re.compile(r"\b(follow-up|after stopping|after the end|washout)\b", re.I)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LENGTH = re.compile(
    rf"\b(\d+(?:\.\d+)?|{'|'.join(_NUMBERS)})[ -]?(h|hour|day|week|month|year)s?\b", re.I
)
_DAYS = {"h": 1 / 24, "hour": 1 / 24, "day": 1, "week": 7, "month": 30.4375, "year": 365.25}
_DURING = re.compile(r"^during\b", re.I)
_SHORT, _LONG = 92, 366  # days in the longest three months, and in the longest year


def days(timepoint: str) -> float:
    """Return the longest length of time that a text names, in days; NaN where it names none."""
    found = [
        (float(_NUMBERS.index(size.lower()) + 1) if size.lower() in _NUMBERS else float(size))
        * _DAYS[unit.lower()]
        for size, unit in _LENGTH.findall(timepoint)
    ]
    return max(found, default=math.nan)


def last(timepoints: Iterable[str]) -> str:
    """Return the timepoint that stands for a study.

    The one that its row calls the end of treatment or of the study; failing that the longest time
    told; failing that any other, and follow-up after the treatment only where there is no other.
    Of several that rank alike, the last in the data. A change from the baseline gives way to the
    value at the same time.

    Raises
    ------
    ValueError
        If there is no timepoint.
    """

    def rank(timepoint: str) -> tuple[int, float, bool]:
        length = days(timepoint)
        told = 0.0 if math.isnan(length) else length
        if _LATER.search(timepoint):
            kind = 0
        elif _END.search(timepoint):
            kind = 4
        else:
            kind = 3 if told else 2 if timepoint else 1
        return kind, told, not is_change(timepoint)

    # max() keeps the first of equals, and the last is wanted
    return max(reversed(list(timepoints)), key=rank)


def is_change(timepoint: str) -> bool:
    """Tell whether a timepoint is a change from the baseline, not a value at a time."""
    return timepoint not in BEFORE and bool(re.search(r"\b(baseline|change)\b", timepoint, re.I))


def period(timepoint: str) -> str:
    """Return the class of a timepoint: studies are pooled within one.

    What happened ``during treatment``, such as adverse events, is a class whatever the length. Up
    to three months, to a year, and longer are classes by length; so are follow-up after
    treatment, and the end of a treatment whose length is not told. Any other time is its own class.
    """
    length = days(timepoint)
    if _DURING.search(timepoint):
        return "during treatment"
    if _LATER.search(timepoint):
        return "follow-up after treatment"
    if length <= _SHORT:
        return "up to three months"
    if length <= _LONG:
        return "three months to a year"
    if length > _LONG:
        return "more than a year"
    if _END.search(timepoint):
        return "after treatment, length not told"
    return timepoint or "time not told"
