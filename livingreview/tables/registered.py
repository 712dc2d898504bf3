"""The trials board, the reports left out, and the flow of records."""

from __future__ import annotations

import math

from markupsafe import Markup, escape

from livingreview.data import Review, keys_of
from livingreview.registered import NONE_SEEN, STATES, record_flow, registered_trials
from livingreview.tables.base import BookTable, Column, Group, lines, quiet, study_link
from livingreview.tables.seen_on import page_link


def trials_board(review: Review) -> BookTable:
    """Return the registered trials by what they are to somebody who waits for a result."""
    frame = registered_trials(review)
    order = frame.sort_values("years", ascending=False, kind="stable")
    groups = [
        Group(state, [_trial(review, row) for _, row in rows.iterrows()])
        for state in STATES
        if len(rows := order[order["state"] == state])
    ]
    columns = (
        Column("Trial"),
        Column("Status when seen"),
        Column("People", number=True),
        Column("End", number=True),
        Column("Results"),
    )
    caption = "Which trials are registered, and what came or may come of them?"
    shown = frozenset(frame["registration_id"])
    return BookTable("trials-board", caption, columns, groups, "registrations", shown)


def _trial(review: Review, row) -> list[str | Markup]:
    labels = review.labels("conditions")
    about = ", ".join(labels[key] for key in keys_of(row["conditions"]))
    place = Markup(" {}, on {}").format(row["number"], page_link(row["url"]))
    late = "" if math.isnan(row["years"]) else f" {row['years']:.1f} years ago"
    reference = review.labels("studies", "reference")
    studies = [study_link(review, study, reference[study]) for study in row["reports"]]
    return [
        escape(row["title"]) + quiet(f" {about}.") + quiet(place),
        escape(row["status"]) + quiet(f" {row['note']}" if row["note"] else ""),
        row["enrolment"],
        escape(row["ended"]) + quiet(late),
        lines([_results(row["results"], row["here"]), *studies]),
    ]


def _results(seen: str, here: bool) -> str:
    """Say where results are: in a register or a report, and in the studies of the data."""
    if not here:
        return seen
    return "in this review" if seen == NONE_SEEN else f"{seen}, in this review"


def exclusions(review: Review) -> BookTable:
    """Return the records that were looked at and left out, with the reason."""
    rows = [
        [
            escape(row.report) + (Markup("<br>") + page_link(row.url) if row.url else ""),
            row.record,
            row.reason,
            row.why,
        ]
        for row in review.exclusions.itertuples(index=False)
    ]
    columns = (Column("Record"), Column("Kind"), Column("Reason"), Column("Why"))
    shown = frozenset(review.exclusions["exclusion_id"])
    caption = "Which records were left out, and why?"
    return BookTable("exclusions", caption, columns, [Group("", rows)], "exclusions", shown)


def record_counts(review: Review) -> BookTable:
    """Return the flow of records by kind: found, in the data, and left out by reason."""
    groups = []
    for flow in record_flow(review):
        rows = [["Found", str(flow.found)], ["In the data", str(flow.included)]]
        rows += [[f"Left out: {why}", str(count)] for why, count in flow.excluded.items()]
        rows.append(["Neither in nor left out", str(flow.lost)])
        groups.append(Group(f"{flow.record.capitalize()}s".replace("entrys", "entries"), rows))
    columns = (Column("What became of the records"), Column("Records", number=True))
    caption = "Do the records add up?"
    shown = frozenset(review.identification["identification_id"])
    return BookTable("record-flow", caption, columns, groups, "identification", shown)
