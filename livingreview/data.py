"""The only place that opens a table: `load` gives all of them, typed and checked, or an error."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from livingreview.bibliography import Reference, read_bibliography
from livingreview.checks import read_checked
from livingreview.corrections import apply_corrections, faults_by_row
from livingreview.printed import number
from livingreview.project import find_root
from livingreview.schema import Package


@dataclass(frozen=True)
class Review:
    """All tables of the review, with the corrections of ``discrepancies`` applied.

    A table is an attribute: ``review.studies`` is a pandas DataFrame with the columns of the
    schema; ``review.printed.studies`` holds the same rows as the source prints them. Values stay
    text; `numeric` reads a column of them as numbers. An empty cell is an empty text. Every frame
    is read once and must not be changed by those who use it.

    Attributes
    ----------
    root : Path
        Folder of the project.
    package : Package
        Description of the tables.
    tables : dict of DataFrame
        The tables by name.
    uncorrected : dict of DataFrame
        The tables that hold a corrected cell, as printed.
    """

    root: Path
    package: Package
    tables: dict[str, pd.DataFrame]
    uncorrected: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return the table of that name."""
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"no table named {name!r}; there are {', '.join(tables)}")

    @cached_property
    def references(self) -> dict[str, Reference]:
        """References by key."""
        return read_bibliography(self.root)[0]

    @property
    def printed(self) -> Review:
        """The same data before any correction, for whatever is about what a source prints."""
        return Review(self.root, self.package, self.tables | self.uncorrected)

    @cached_property
    def faults(self) -> dict[tuple[str, str], list[tuple]]:
        """Discrepancies that touch a cell, by table and key of the row."""
        return faults_by_row(self.discrepancies)

    def labels(self, table: str, column: str = "label") -> dict[str, str]:
        """Return one column of a table by the table's key, for example labels of outcomes."""
        frame = self.tables[table]
        return dict(
            zip(frame[self.package.tables[table].primary_key[0]], frame[column], strict=True)
        )


def load(root: Path | str | None = None) -> Review:
    """Read all tables of the project.

    Parameters
    ----------
    root : path, optional
        The project's folder or one inside it; the current folder by default.

    Returns
    -------
    Review
        The tables, typed: dates as dates, whole numbers as integers, all else as text; with the
        corrections applied, and the tables as printed under `Review.printed`.

    Raises
    ------
    ProjectNotFoundError
        If there is no project.
    DataError
        If any table has a fault; nothing is filled, converted or dropped to avoid it.
    """
    folder = find_root(root)
    package, raws = read_checked(folder)
    tables = {}
    for name, table in package.tables.items():
        frame = pd.DataFrame([row for _, row in raws[name].rows], columns=list(table.by_name))
        for column in table.fields:
            if column.type == "integer":
                frame[column.name] = pd.to_numeric(frame[column.name])
            elif column.type == "date":
                frame[column.name] = pd.to_datetime(frame[column.name], format="%Y-%m-%d")
        tables[name] = frame
    corrected = apply_corrections(package, tables)
    printed = {name: tables[name] for name in corrected}
    return Review(folder, package, tables | corrected, printed)


def numeric(column: pd.Series) -> pd.Series:
    """Return a column of printed numbers as floats; empty cells become NaN."""
    return column.map(number).astype(float)


def keys_of(cell: str) -> list[str]:
    """Return the keys in a cell that lists several, separated by a space."""
    return cell.split(" ") if cell else []
