"""Rows of the data that were added, changed or removed, and the studies they belong to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from livingreview.data import Review
from livingreview.evidence_diff.report import Cell, Section
from livingreview.evidence_diff.wording import shortened, wording
from livingreview.project import BIBLIOGRAPHY
from livingreview.study_pages.records import Records, texts

ADDED, CHANGED, REMOVED, RETRACTED = "added", "changed", "removed", "retracted"
FAULTS, TWICE = "discrepancies.csv", "second_readings.csv"
FOLDED_FROM = 10  # rows from which a table of the report is folded
Row = dict[str, str]


@dataclass(frozen=True)
class RowChange:
    """One row that differs; `before` or `after` is None where it is not there.

    `study` is the study that the row belongs to, or empty.
    """

    file: str
    key: str
    study: str
    before: Row | None
    after: Row | None

    @property
    def kind(self) -> str:
        """`ADDED`, `CHANGED` or `REMOVED`."""
        if self.before is None:
            return ADDED
        return REMOVED if self.after is None else CHANGED


class Rows:
    """The rows of one side as printed, by file and key; references count as a file of the data.

    Parameters
    ----------
    review : Review
        The data.

    Attributes
    ----------
    files : dict of dict of Row
        Rows by name of the file and by primary key.
    """

    def __init__(self, review: Review):
        self._owner = Records(review).owner
        self.files = {f"{name}.csv": _by_key(review, name) for name in review.package.tables}
        self.files[BIBLIOGRAPHY] = {
            key: asdict(entry) | {"authors": "; ".join(entry.authors)}
            for key, entry in review.references.items()
        }

    def study(self, file: str, key: str) -> str:
        """Return the study that a row belongs to or is a fault of; empty where it is of none."""
        row = self.files[file][key]
        if file in (FAULTS, TWICE):
            return self._owner.get((row["table"], row["row"]), "")
        return self._owner.get((file.removesuffix(".csv"), key), "")


def _by_key(review: Review, name: str) -> dict[str, Row]:
    columns = review.package.tables[name].primary_key
    rows = [
        {column: "" if pd.isna(cell) else str(cell) for column, cell in row.items()}
        for row in texts(review.whole.printed.tables[name])
    ]
    return {" / ".join(row[column] for column in columns or row): row for row in rows}


def changed_rows(before: Rows, after: Rows) -> list[RowChange]:
    """Return every row that differs, file by file.

    A row is known by its primary key, so one whose key changes is removed and added.
    """
    changes = []
    for file in dict.fromkeys((*before.files, *after.files)):
        old, new = before.files.get(file, {}), after.files.get(file, {})
        for key in dict.fromkeys((*old, *new)):
            if old.get(key) != new.get(key):
                study = (after if key in new else before).study(file, key)
                changes.append(RowChange(file, key, study, old.get(key), new.get(key)))
    return changes


def studies_section(before: Review, after: Review, changes: Sequence[RowChange]) -> Section:
    """Return the studies added, changed, retracted, removed, with how many rows of which table."""
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for change in changes:
        if change.study:
            counts[change.study][change.kind, change.file] += 1
    current, whole = (
        [set(review.studies["study_id"]) for review in pair]
        for pair in ((before, after), (before.whole, after.whole))
    )
    rows = []
    # one that is retracted, or no longer, changes though none of its rows does
    for study in dict.fromkeys((*counts, *sorted(current[0] ^ current[1]))):
        count, there = counts[study], [study in keys for keys in whole]
        kind = CHANGED if all(there) else ADDED if there[1] else REMOVED
        if there[1] and study not in current[1] and (study in current[0] or not there[0]):
            kind = RETRACTED
        review = (after if there[1] else before).whole
        told = ", ".join(f"{n} {what} in {file}" for (what, file), n in count.items())
        rows.append((study, kind, _told(review, study), told))
    return Section("Studies", ("Study", "What", "Of what", "Rows"), tuple(rows))


def _told(review: Review, study: str) -> str:
    row = review.studies[review.studies["study_id"] == study].iloc[0]
    size = f", n = {row['n']}" if row["n"] else ""
    short = review.references[row["reference"]].short
    return f"{short}: {row['model']} ({row['design']}{size})"


def row_sections(changes: Sequence[RowChange]) -> Iterator[Section]:
    """Yield a table of changed cells for each table of the data."""
    files: dict[str, list[tuple[Cell, ...]]] = defaultdict(list)
    for change in changes:
        files[change.file] += _cells(change)
    for name, rows in files.items():
        columns = ("Row", "Column", "Before → after")
        yield Section(f"Rows of {name}", columns, tuple(rows), folded=len(rows) >= FOLDED_FROM)


def _cells(change: RowChange) -> Iterator[tuple[Cell, ...]]:
    if change.kind == CHANGED:
        for column in dict.fromkeys((*change.before, *change.after)):
            old, new = (row.get(column, "") for row in (change.before, change.after))
            if old != new:
                yield change.key, column, shortened(wording(old, new))
        return
    row = change.after or change.before
    content = "; ".join(f"{column}: {cell}" for column, cell in row.items() if cell)
    yield change.key, f"row {change.kind}", content
