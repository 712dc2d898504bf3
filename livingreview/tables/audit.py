"""Tables of the audit of the sources: their faults and their citations."""

from __future__ import annotations

from itertools import chain

from markupsafe import Markup

from livingreview.data import Review
from livingreview.effects import CELLS, effects
from livingreview.recompute import recompute
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    opens,
    quiet,
    reference_link,
    study_link,
)
from livingreview.tables.left_out import leave_out


def discrepancies(review: Review) -> BookTable:
    """Return the faults found in the sources."""
    groups = [
        Group(
            reference_link(review, review.sources.set_index("source_id").loc[source, "reference"]),
            [
                [
                    row["kind"].capitalize(),
                    f"{row['printed']} [{row['locator']}]",
                    f"{row['other_printed']} [{row['other_locator']}]"
                    if row["other_locator"]
                    else "",
                    row["why"],
                    row["likely"] + f" ({row['established']})",
                    row["effect"],
                ]
                for _, row in rows.iterrows()
            ],
        )
        for source, rows in review.discrepancies.groupby("source_id", sort=False)
    ]
    columns = (
        Column("Kind"),
        Column("Printed"),
        Column("Against"),
        Column("Why it is a fault"),
        Column("Likely correct, and how established"),
        Column("What it does to our conclusions"),
    )
    shown = frozenset(review.discrepancies["discrepancy_id"])
    caption = "Which faults did we find in the sources?"
    return BookTable("discrepancies", caption, columns, groups, "discrepancies", shown, folded=True)


def corrections(review: Review) -> BookTable:
    """Return every printed cell that we correct, and the effects that rest on it."""
    frame = review.discrepancies
    kept, left = leave_out(
        frame,
        "discrepancy_id",
        [
            ("that touch no cell", frame["row"] == ""),
            ("whose cell stays as printed", frame["corrected"] == ""),
        ],
    )
    uses = _effects_by_cell(review)
    documents = review.sources.set_index("source_id")["reference"]
    groups = []
    for source, rows in kept.groupby("source_id", sort=False):
        body = []
        for row in rows.to_dict("records"):
            table = review.printed.tables[row["table"]]
            key = review.package.tables[row["table"]].primary_key[0]
            printed = table.loc[table[key] == row["row"], row["column"]].iloc[0]
            cell = Markup("<code>{table}.csv</code>, {row}, {column}").format(**row)
            used = uses.get((row["table"], row["row"], row["column"]), [])
            body.append(
                [cell, printed, row["corrected"], row["established"], ", ".join(used) or "none"]
            )
        groups.append(Group(reference_link(review, documents[source]), body))
    columns = (
        Column("Table, row and column"),
        Column("In the data, as printed"),
        Column("Shown in the book, corrected"),
        Column("How established"),
        Column("Effects that change with it"),
    )
    caption = "Which printed values does the book correct, and does an effect change?"
    shown = frozenset(kept["discrepancy_id"])
    return BookTable("corrections", caption, columns, groups, "discrepancies", shown, left)


def _effects_by_cell(review: Review) -> dict[tuple[str, str, str], list[str]]:
    """Return the outcomes of the effects computed from each cell, by table, row and column."""
    uses: dict[tuple[str, str, str], list[str]] = {}
    for group in review.conditions["group"].unique():
        for effect in effects(review, group).itertuples(index=False):
            for cell in chain(*(getattr(effect, name) for name in CELLS)):
                uses.setdefault(cell, []).append(effect.outcome)
    return uses


def recomputed(review: Review) -> BookTable:
    """Return every reported statistic beside what the printed numbers give."""
    frame = recompute(review)
    # what could be assessed comes first
    frame = frame.sort_values("verdict", key=lambda v: v == "not assessable", kind="stable")
    reference = dict(zip(review.studies["study_id"], review.studies["reference"], strict=True))
    groups = [
        Group(
            study_link(review, study, reference[study]),
            [
                [
                    Markup("{}").format(row.outcome) + quiet(f" [{row.locator}]"),
                    f"{row.statistic}: {row.reported}",
                    row.recomputed + (f" ({row.low} to {row.high})" if row.low != row.high else ""),
                    row.test,
                    Markup("{}").format(row.verdict)
                    + (opens("how", "The arithmetic", row.arithmetic) if row.arithmetic else "")
                    + quiet(f" {row.why}" if row.why else ""),
                ]
                for row in rows.itertuples(index=False)
            ],
        )
        for study, rows in frame.groupby("study_id", sort=False)
    ]
    columns = (
        Column("Outcome"),
        Column("Reported", number=True),
        Column("Recomputed (range by rounding)", number=True),
        Column("Test that comes nearest"),
        Column("Verdict"),
    )
    shown = frozenset(str(number) for number in range(len(frame)))
    caption = "Do the reported statistics follow from the numbers printed beside them?"
    return BookTable("recomputed", caption, columns, groups, "", shown)


def citations(review: Review) -> BookTable:
    """Return the citations of the sources whose entry is not what the sentence is about."""
    kept, left = leave_out(
        review.citations,
        "citation_id",
        [("that fit their entry", review.citations["verdict"] == "supports")],
    )
    entries = {
        (row.source_id, row.number): row.reference
        for row in review.reference_lists.itertuples(index=False)
    }
    documents = review.sources.set_index("source_id")["reference"]
    groups = [
        Group(
            reference_link(review, documents[source]),
            [
                [
                    f"{row['printed']} [{row['locator']}]",
                    row["cites_for"],
                    reference_link(review, entries[source, row["number"]])
                    + Markup(": {}").format(row["entry_is_about"]),
                    row["verdict"],
                    Markup(", ").join(
                        Markup("[{}] ").format(number)
                        + reference_link(review, entries[source, int(number)])
                        for number in row["should_be"].split()
                    ),
                    row["established"],
                ]
                for _, row in rows.iterrows()
            ],
        )
        for source, rows in kept.groupby("source_id", sort=False)
    ]
    columns = (
        Column("Citation"),
        Column("Cited for"),
        Column("The entry of that number"),
        Column("Verdict"),
        Column("Entry that fits"),
        Column("How established"),
    )
    caption = "Which citations of the sources point to a work that is about something else?"
    shown = frozenset(kept["citation_id"])
    return BookTable("citations", caption, columns, groups, "citations", shown, left, folded=True)
