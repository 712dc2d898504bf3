"""Tables with one row an effect."""

from __future__ import annotations

from livingreview.data import Review
from livingreview.effects import RATIO, effects
from livingreview.tables.base import BookTable, Column, Group, quiet, reference_link


def absolute_effects(review: Review, condition: str) -> BookTable:
    """Return, for outcomes that are counted, numbers out of a thousand and numbers to treat."""
    rows = effects(review, condition)
    rows = rows[rows["measure"] == RATIO]
    groups = [
        Group(
            reference_link(review, reference),
            [
                [
                    quiet("") + row.outcome + quiet(f" [{row.place}]"),
                    _thousand(row.treated),
                    _thousand(row.comparator),
                    f"{1000 * row.difference:+.0f} "
                    f"({1000 * row.difference_low:+.0f} to {1000 * row.difference_high:+.0f})",
                    f"{row.estimate:.2f} ({row.low:.2f} to {row.high:.2f})",
                    row.nnt,
                ]
                for row in cells.itertuples(index=False)
            ],
        )
        for reference, cells in rows.groupby("reference", sort=False)
    ]
    columns = (
        Column("Outcome"),
        Column("With naltrexone, out of 1,000", number=True),
        Column("Without, out of 1,000", number=True),
        Column("Difference out of 1,000 (interval)", number=True),
        Column("Risk ratio (interval)", number=True),
        Column("Number to treat (interval)", number=True),
    )
    shown = frozenset(f"{row.study_id} {row.outcome}" for row in rows.itertuples(index=False))
    caption = "How many women out of a thousand, and how many must be treated for one?"
    return BookTable("absolute-effects", caption, columns, groups, "", shown)


def _thousand(text: str) -> str:
    events, _, n = text.partition(" of ")
    return f"{1000 * float(events) / float(n):.0f} ({text})"
