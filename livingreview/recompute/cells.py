"""Which typed cells a claim is to be compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Generic, TypeVar

from livingreview.data import Review
from livingreview.effects import AFTER, BEFORE
from livingreview.recompute.counts import Counts
from livingreview.recompute.means import Group
from livingreview.recompute.spans import Rounded, rounded, whole

Row = Mapping[str, str]
T = TypeVar("T", Group, Counts)


@dataclass(frozen=True)
class Pair(Generic[T]):
    """What the two arms of a claim report.

    Attributes
    ----------
    treated, other : Group or Counts
        The arm that the claim is about, and its comparator.
    timepoint : str
        When.
    place : str
        Where the values stand, with the source where it is another than that of the claim.
    """

    treated: T
    other: T
    timepoint: str
    place: str


class AmbiguousError(Exception):
    """The data give several values for one arm, outcome and time."""


def read_group(row: Row) -> Group | None:
    """Return mean, SD and size of a measurement, or None where they are not all printed.

    A printed standard error becomes an SD with its rounding: SE × sqrt(n).
    """
    mean, n = rounded(row["mean"]), whole(row["n"])
    sd, se = rounded(row["sd"]), rounded(row["se"])
    if mean is None or n is None or n < 2 or (sd is None and se is None):
        return None
    if sd is None:
        factor = sqrt(n)
        sd = Rounded(f"({se.text}×√{n})", *(factor * x for x in (se.value, se.low, se.high)))
    return Group(mean, sd, n)


def read_counts(row: Row) -> Counts | None:
    """Return events and size of a measurement, or None where they are not both printed."""
    events, n = whole(row["events"]), whole(row["n"])
    if events is None or n is None or not 0 <= events <= n or n < 1:
        return None
    return Counts(events, n)


class Cells:
    """Measurements and arms of a review, looked up by what a claim names.

    Parameters
    ----------
    review : Review
        The data.
    """

    def __init__(self, review: Review) -> None:
        self._rows: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in review.measurements.to_dict("records"):
            self._rows[row["arm_id"], row["outcome_id"], row["part"]].append(row)
        self.study = review.labels("arms", "study_id")
        self._sizes = review.labels("arms", "n")
        self.binary = {
            (self.study[row["arm_id"]], row["outcome_id"])
            for row in review.measurements.to_dict("records")
            if row["events"]
        }

    def rows(self, claim: Row, side: str) -> list[Row]:
        """Return the measurements of one arm (``arm_id`` or ``comparator_id``) of a claim."""
        return self._rows.get((claim[side], claim["outcome_id"], claim["part"]), [])

    def size(self, claim: Row) -> int | None:
        """Return the participants of both arms together, as the arms themselves give them."""
        sizes = [whole(self._sizes.get(claim[side], "")) for side in ("arm_id", "comparator_id")]
        return None if None in sizes else sum(sizes)

    def pair(
        self, claim: Row, read: Callable[[Row], T | None], times: tuple[str, ...] = ()
    ) -> Pair[T] | None:
        """Return what both arms of a claim report at one time.

        Parameters
        ----------
        claim : mapping
            A row of the table ``comparisons``.
        read : callable
            `read_group` or `read_counts`.
        times : tuple of str
            Times to look at, the first that both arms report; the time of the claim by default.
            A claim without a time is about the only time after treatment began that both arms
            report, or the one named `AFTER`; failing that, about the baseline.

        Returns
        -------
        Pair or None
            Values from the place of the claim where both arms are complete there, otherwise from
            tables of the same source, then its text, then other sources. None if there are none.

        Raises
        ------
        AmbiguousError
            If the data give an arm two different values there, or several times would do.
        """
        wanted = times or ((claim["timepoint"],) if claim["timepoint"] else ())
        for time in wanted or self._times(claim, read):
            for there in _places(claim):
                found = [
                    {
                        value: _named(row, claim)
                        for row in self.rows(claim, side)
                        if row["timepoint"] == time
                        and there(row)
                        and (value := read(row)) is not None
                    }
                    for side in ("arm_id", "comparator_id")
                ]
                if not all(found):
                    continue
                if any(len(values) > 1 for values in found):
                    raise AmbiguousError("the data give an arm several values at that time")
                (treated, place), (other, _) = (next(iter(values.items())) for values in found)
                return Pair(treated, other, time, place)
        return None

    def _times(self, claim: Row, read: Callable[[Row], T | None]) -> tuple[str, ...]:
        both = [
            {row["timepoint"] for row in self.rows(claim, side) if read(row) is not None}
            for side in ("arm_id", "comparator_id")
        ]
        shared = sorted(both[0] & both[1])
        later = [time for time in shared if time not in BEFORE]
        if AFTER in later:
            return (AFTER,)
        if len(later) > 1:
            raise AmbiguousError("the claim names no time and both arms report several")
        return tuple(later or shared)


def _places(claim: Row) -> tuple[Callable[[Row], bool], ...]:
    """Return where to look, the best place first: what is printed together belongs together."""
    same = claim["source_id"]
    return (
        lambda row: row["source_id"] == same and row["locator"] == claim["locator"],
        lambda row: row["source_id"] == same and row["locator"].startswith("Table"),
        lambda row: row["source_id"] == same,
        lambda row: row["locator"].startswith("Table"),
        lambda row: True,
    )


def _named(row: Row, claim: Row) -> str:
    of = "" if row["source_id"] == claim["source_id"] else f" of {row['source_id']}"
    return row["locator"] + of


def share(counts: Counts) -> Fraction:
    """Return events over size in percent, exactly."""
    return Fraction(100 * counts.events, counts.n)
