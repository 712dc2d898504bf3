"""Tables with one row an effect."""

from __future__ import annotations

from markupsafe import escape

from livingreview.data import Review
from livingreview.effects import RATIO, effects
from livingreview.tables.base import BookTable, Column, Group, quiet, reference_link
from livingreview.tables.marks import measured


def absolute_effects(review: Review, condition: str) -> BookTable:
    """Return, for outcomes that are counted, numbers out of a thousand and numbers to treat."""
    rows = effects(review, condition)
    rows = rows[rows["measure"] == RATIO]
    groups = [
        Group(
            reference_link(review, reference),
            [
                [
                    escape(row.outcome) + quiet(f" [{row.place}]"),
                    measured(review, _thousand(row.treated), row.treated_cells),
                    measured(review, _thousand(row.comparator), row.comparator_cells),
                    f"{1000 * row.difference:+.0f} "
                    f"({1000 * row.difference_low:+.0f} to {1000 * row.difference_high:+.0f})",
                    escape(f"{row.estimate:.2f} ({row.low:.2f} to {row.high:.2f})")
                    + quiet(f" {row.corrected}" if row.corrected else ""),
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
    basis = "Computed from the counts as printed, or as corrected where the effect says so."
    return BookTable("absolute-effects", caption, columns, groups, "", shown, basis=basis)


def _thousand(text: str) -> str:
    events, _, n = text.partition(" of ")
    return f"{1000 * float(events) / float(n):.0f} ({text})"
